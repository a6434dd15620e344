"""Following, asking to, and the answers. A request is no follow until its followee says so, whatever happens."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import policies, queries
from accounts.actions import pairs
from accounts.models import Follow, FollowRequest, User
from accounts.people import Relation
from core.problems import Conflict, NotFound
from events import outbox
from events.types import FollowRequested, UserFollowed


def follow_user(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Follow a person, or ask a private one; return how the two stand then. Again: changes and announces nothing.

    Whoever waits for somebody who has become public follows them by doing it again, and not before: were requests
    granted with the switch, a minute in public would make followers for good.

    Raises:
        NotFound: if there is no such person, or they have blocked the actor.
        Invalid: if it is the actor.
        Conflict: if the actor has blocked them.
    """
    followee_id = pairs.other(username, actor_id, otherwise=_("You cannot follow yourself."))
    with transaction.atomic():
        pairs.lock(actor_id, followee_id)
        _check_silence(actor_id, followee_id)
        if not Follow.objects.filter(follower_id=actor_id, followee_id=followee_id).exists():
            if User.objects.filter(id=followee_id, is_private=True).exists():
                _request(actor_id, followee_id, mut=mut)
            else:
                pairs.drop_request(actor_id, followee_id, how="granted")
                _follow(actor_id, followee_id, mut=mut)
    return queries.relation(actor_id, followee_id)


def unfollow_user(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Take a follow or a request back; return how the two stand then. Without either: nothing changes.

    Raises:
        NotFound: if there is no such person, or they have blocked the actor.
        Invalid: if it is the actor.
    """
    followee_id = pairs.other(username, actor_id, otherwise=_("You cannot unfollow yourself."))
    with transaction.atomic():
        pairs.lock(actor_id, followee_id)
        pairs.drop_request(actor_id, followee_id, how="withdrawn", mut=mut)
        pairs.drop_follow(actor_id, followee_id, mut=mut)
    return queries.relation(actor_id, followee_id)


def approve_request(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Let a person who asked follow; return how the two stand then. Again: changes and announces nothing.

    Raises:
        NotFound: if that person neither asked nor follows.
        Invalid: if it is the actor.
    """
    follower_id = pairs.other(username, actor_id, otherwise=_("You cannot follow yourself."))
    with transaction.atomic():
        pairs.lock(actor_id, follower_id)
        if pairs.drop_request(follower_id, actor_id, how="granted", mut=mut):
            _follow(follower_id, actor_id)
        elif not Follow.objects.filter(follower_id=follower_id, followee_id=actor_id).exists():
            raise NotFound(_("This person does not ask to follow you."))
    return queries.relation(actor_id, follower_id)


def reject_request(*, username: str, actor_id: int, mut: str | None = None) -> None:
    """Refuse a person who asked; they may ask again. Without a request it changes and announces nothing.

    Raises:
        NotFound: if there is no such person.
        Invalid: if it is the actor.
    """
    follower_id = pairs.other(username, actor_id, otherwise=_("You cannot follow yourself."))
    with transaction.atomic():
        pairs.lock(actor_id, follower_id)
        pairs.drop_request(follower_id, actor_id, how="refused", mut=mut)


def remove_follower(*, username: str, actor_id: int) -> None:
    """Take a follower away, who is not told. Somebody who does not follow stays as they are.

    Raises:
        NotFound: if there is no such person.
        Invalid: if it is the actor.
    """
    follower_id = pairs.other(username, actor_id, otherwise=_("You cannot follow yourself."))
    with transaction.atomic():
        pairs.lock(actor_id, follower_id)
        pairs.drop_follow(follower_id, actor_id)


def _follow(follower_id: int, followee_id: int, *, mut: str | None = None) -> None:
    Follow.objects.create(follower_id=follower_id, followee_id=followee_id)
    # The counts are derived when the outbox is drained.
    event = UserFollowed(follower_id=follower_id, followee_id=followee_id, mut=mut)
    outbox.record(event, for_user=followee_id)


def _request(follower_id: int, followee_id: int, *, mut: str | None = None) -> None:
    _, created = FollowRequest.objects.get_or_create(follower_id=follower_id, followee_id=followee_id)
    if created:
        event = FollowRequested(follower_id=follower_id, followee_id=followee_id, mut=mut)
        outbox.record(event, for_user=followee_id)


def _check_silence(actor_id: int, followee_id: int) -> None:
    """Ask again, now that nobody else can change it."""
    if policies.can_view_profile(actor_id, followee_id):
        return
    if policies.blocks(actor_id, followee_id):
        raise Conflict(_("You have blocked this person. Unblock them first."))
    raise NotFound(_("There is nobody of that name here."))
