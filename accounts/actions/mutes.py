"""Muting: a person's posts, and maybe what they do, are kept from the muter alone. The other can tell nothing."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions import pairs
from accounts.models import Mute
from accounts.people import Relation
from core import clock
from core.problems import Invalid
from events import outbox
from events.types import SilenceChanged

MAX_HOURS = 8_760  # a year; whoever wants longer says nothing, and lifts it some day
BATCH = 200  # mutes that end in one transaction


def mute_user(*, username: str, actor_id: int, notifications: bool = False, hours: int | None = None) -> Relation:
    """Mute a person, for so many hours or until it is lifted; with `notifications` also what they do.

    Again it takes the place of the mute before, its end included.

    Raises:
        NotFound: if there is no such person, or they have blocked the actor.
        Invalid: if it is the actor, or the hours are over the limit.
    """
    if hours is not None and not 1 <= hours <= MAX_HOURS:
        raise Invalid(_("1 to %(limit)s hours.") % {"limit": MAX_HOURS}, field="hours")
    muted_id = pairs.other(username, actor_id, otherwise=_("You cannot mute yourself."))
    until = clock.now() + timedelta(hours=hours) if hours else None
    with transaction.atomic():
        pairs.lock(actor_id, muted_id)
        hidden = _hides(actor_id, muted_id)
        wanted = {"notifications": notifications, "until": until}
        Mute.objects.update_or_create(muter_id=actor_id, muted_id=muted_id, defaults=wanted)
        if notifications != hidden:
            _announce(actor_id, muted_id)
    return queries.relation(actor_id, muted_id)


def unmute_user(*, username: str, actor_id: int) -> Relation:
    """Lift a mute; return how the two stand then. Without one it changes and announces nothing.

    Raises:
        NotFound: if there is no such person, or they have blocked the actor.
        Invalid: if it is the actor.
    """
    muted_id = pairs.other(username, actor_id, otherwise=_("You cannot mute yourself."))
    with transaction.atomic():
        pairs.lock(actor_id, muted_id)
        hidden = _hides(actor_id, muted_id)
        Mute.objects.filter(muter_id=actor_id, muted_id=muted_id).delete()
        if hidden:
            _announce(actor_id, muted_id)
    return queries.relation(actor_id, muted_id)


def end_mutes() -> None:
    """Lift the mutes whose time is over, a batch at a time; run by beat."""
    while _end_some() == BATCH:
        pass


def _end_some() -> int:
    """Lift a batch of them; one that its muter changes just now is left to the next run."""
    with transaction.atomic():
        over = Mute.objects.filter(until__lte=clock.now()).order_by("until")
        mutes = list(over.select_for_update(skip_locked=True)[:BATCH])
        Mute.objects.filter(pk__in=[mute.pk for mute in mutes]).delete()
        for mute in mutes:
            if mute.notifications:
                _announce(mute.muter_id, mute.muted_id)
    return len(mutes)


def _hides(muter_id: int, muted_id: int) -> bool:
    """Whether notifications keep silent: they do until the row is gone, which may be a moment after its time."""
    return Mute.objects.filter(muter_id=muter_id, muted_id=muted_id, notifications=True).exists()


def _announce(muter_id: int, muted_id: int) -> None:
    """Tell the muter's shard alone: for the other nothing has changed."""
    outbox.record(SilenceChanged(user_id=muter_id, other_id=muted_id), for_user=muter_id)
