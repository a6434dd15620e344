"""Blocking and unblocking. A block is silence both ways, everywhere, at once; lifting it brings no follow back."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions import pairs
from accounts.models import Block
from accounts.people import Relation
from events import outbox
from events.types import SilenceChanged, UserBlocked, UserUnblocked


def block_user(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Block a person; follows and requests between the two end with it. Again: changes and announces nothing.

    Raises:
        NotFound: if there is no such person, or they have blocked the actor.
        Invalid: if it is the actor.
    """
    blocked_id = pairs.other(username, actor_id, otherwise=_("You cannot block yourself."))
    with transaction.atomic():
        pairs.lock(actor_id, blocked_id)
        _row, created = Block.objects.get_or_create(blocker_id=actor_id, blocked_id=blocked_id)
        if created:
            pairs.drop_request(actor_id, blocked_id, how="withdrawn")
            pairs.drop_request(blocked_id, actor_id, how="refused")
            pairs.drop_follow(actor_id, blocked_id)
            pairs.drop_follow(blocked_id, actor_id)
            outbox.record(UserBlocked(blocker_id=actor_id, blocked_id=blocked_id, mut=mut), for_user=blocked_id)
            _announce(actor_id, blocked_id)
    return queries.relation(actor_id, blocked_id)


def unblock_user(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Lift a block; return how the two stand then. Without one it changes and announces nothing.

    Raises:
        NotFound: if there is no such person, or they have blocked the actor.
        Invalid: if it is the actor.
    """
    blocked_id = pairs.other(username, actor_id, otherwise=_("You cannot block yourself."))
    with transaction.atomic():
        pairs.lock(actor_id, blocked_id)
        deleted, _rows = Block.objects.filter(blocker_id=actor_id, blocked_id=blocked_id).delete()
        if deleted:
            outbox.record(UserUnblocked(blocker_id=actor_id, blocked_id=blocked_id, mut=mut), for_user=blocked_id)
            _announce(actor_id, blocked_id)
    return queries.relation(actor_id, blocked_id)


def _announce(one_id: int, other_id: int) -> None:
    outbox.record(SilenceChanged(user_id=one_id, other_id=other_id), for_user=one_id)
    outbox.record(SilenceChanged(user_id=other_id, other_id=one_id), for_user=other_id)
