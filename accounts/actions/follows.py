"""Following, asking to, and the answers. A request is no follow until its followee says so, whatever happens."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import policies, queries
from accounts.actions import pairs
from accounts.models import Follow, User
from accounts.people import Following, Relation
from accounts.queries.people import as_kept, nobody, standing
from core import sql
from core.problems import Conflict, Invalid, NotFound
from core.statement import Statement
from events import outbox, types
from events.types import FollowRequested, FollowRequestEnded, UserFollowed, UserUnfollowed

_FOLLOWEE = outbox.blank()


def follow_user(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Follow a person, or ask a private one; return how the two stand then. Again: changes and announces nothing.

    Whoever waits for somebody who has become public follows them by doing it again, and not before: were requests
    granted with the switch, a minute in public would make followers for good.

    Raises:
        NotFound: if there is no such person, or they have blocked the actor.
        Invalid: if it is the actor.
        Conflict: if the actor has blocked them.
    """
    events = {
        "granted": FollowRequestEnded(follower_id=actor_id, followee_id=_FOLLOWEE, how="granted"),
        "followed": UserFollowed(follower_id=actor_id, followee_id=_FOLLOWEE, mut=mut),
        "asked": FollowRequested(follower_id=actor_id, followee_id=_FOLLOWEE, mut=mut),
    }
    person = _write(_FOLLOW, username, actor_id, events, itself=_("You cannot follow yourself."))
    if person.blocking:
        raise Conflict(_("You have blocked this person. Unblock them first."))
    following: Following = "yes" if person.follows or not person.is_private else "requested"
    return Relation(following, person.followed_by, blocking=False, muting=person.muting)


def unfollow_user(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Take a follow or a request back; return how the two stand then. Without either: nothing changes.

    Raises:
        NotFound: if there is no such person, or they have blocked the actor.
        Invalid: if it is the actor.
    """
    events = {
        "withdrawn": FollowRequestEnded(follower_id=actor_id, followee_id=_FOLLOWEE, how="withdrawn", mut=mut),
        "unfollowed": UserUnfollowed(follower_id=actor_id, followee_id=_FOLLOWEE, mut=mut),
        "cut": UserUnfollowed(follower_id=actor_id, followee_id=_FOLLOWEE, cut=True, mut=mut),
    }
    person = _write(_UNFOLLOW, username, actor_id, events, itself=_("You cannot unfollow yourself."))
    return Relation("no", person.followed_by, person.blocking, person.muting)


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
            _let_follow(follower_id, actor_id)
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


class _Stands(NamedTuple):
    """A person, and how they and the actor stood to each other before."""

    id: int
    is_private: bool
    follows: bool
    followed_by: bool
    blocking: bool
    muting: bool
    happened: int  # events


def _write(
    statement: Statement, username: str, actor_id: int, events: Mapping[str, types.Event], *, itself: str
) -> _Stands:
    """Lock the two, change what is to change and record it: one transaction, one round trip."""
    who = {"username": as_kept(username), "actor": actor_id}
    encoded = {name: types.encode(event) for name, event in events.items()}
    with sql.pipeline():  # without a transaction around it, it is one
        pairs.LOCK.later(**who)
        stands = statement.later(**who, **encoded, **outbox.origin())
    person = next((_Stands(*row) for row in stands()), None)
    if person is None:
        raise nobody()
    if person.id == actor_id:
        raise Invalid(itself, field="username")
    if person.happened:
        outbox.wake_after_commit(outbox.shard_of(person.id))
    return person


def _person(username: str, actor: int) -> QuerySet[Any, Any]:
    """The person, if the actor may name them."""
    found = User.objects.filter(policies.named_to(actor), username=username).annotate(**standing(actor))
    stands: QuerySet[Any, Any] = found.values_list(*_Stands._fields[:-1])  # all but what is to happen
    return stands


def _statement(changes: str, happened: str) -> Statement:
    """Changes by the names of events, and the rows `(for_user, event, place)` that they come to, in order of place."""
    text = f"""
        WITH person AS MATERIALIZED ({{person}}), {changes}, happened AS (
            SELECT for_user, {outbox.filled("event", {_FOLLOWEE: "for_user"})} AS event
            FROM ({happened}) AS told ORDER BY place
        ), recorded AS (
            {outbox.RECORDED}
        )
        SELECT person.*, (SELECT count(*) FROM happened) FROM person
    """  # noqa: S608 -- of constants
    return Statement(text, person=_person)


# Who has become public has no requests: the follow ends the one that waits.
_FOLLOW = _statement(
    """
        able AS (
            SELECT id, is_private FROM person WHERE NOT follows AND NOT blocking AND id <> %(actor)s::bigint
        ), granted AS (
            DELETE FROM accounts_follow_request
            WHERE follower_id = %(actor)s::bigint AND followee_id = (SELECT id FROM able WHERE NOT is_private)
            RETURNING followee_id
        ), followed AS (
            INSERT INTO accounts_follow (follower_id, followee_id)
            SELECT %(actor)s::bigint, id FROM able WHERE NOT is_private
            ON CONFLICT (follower_id, followee_id) DO NOTHING RETURNING followee_id
        ), asked AS (
            INSERT INTO accounts_follow_request (follower_id, followee_id)
            SELECT %(actor)s::bigint, id FROM able WHERE is_private
            ON CONFLICT (follower_id, followee_id) DO NOTHING RETURNING followee_id
        )
    """,
    """
        SELECT followee_id AS for_user, %(granted)s::text AS event, 1 AS place FROM granted
        UNION ALL SELECT followee_id, %(followed)s::text, 2 FROM followed
        UNION ALL SELECT followee_id, %(asked)s::text, 3 FROM asked
    """,
)
_UNFOLLOW = _statement(
    """
        withdrawn AS (
            DELETE FROM accounts_follow_request
            WHERE follower_id = %(actor)s::bigint AND followee_id = (SELECT id FROM person) RETURNING followee_id
        ), unfollowed AS (
            DELETE FROM accounts_follow
            WHERE follower_id = %(actor)s::bigint AND followee_id = (SELECT id FROM person) RETURNING followee_id
        )
    """,
    """
        SELECT followee_id AS for_user, %(withdrawn)s::text AS event, 1 AS place FROM withdrawn
        UNION ALL SELECT followee_id, CASE WHEN opens THEN %(cut)s::text ELSE %(unfollowed)s::text END, 2
        FROM unfollowed, (SELECT is_private OR followed_by AS opens FROM person) AS before
    """,
)


def _let_follow(follower_id: int, followee_id: int) -> None:
    Follow.objects.create(follower_id=follower_id, followee_id=followee_id)
    # The counts are derived when the outbox is drained.
    outbox.record(UserFollowed(follower_id=follower_id, followee_id=followee_id), for_user=followee_id)
