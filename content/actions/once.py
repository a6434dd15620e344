"""What an `Idempotency-Key` has made already: a request that is sent again finds it instead of making another."""

from datetime import timedelta

from django.utils.translation import gettext as _

from content.models import Kind, Made
from core import clock
from core.problems import Conflict

KEPT = timedelta(days=8)  # how long a client may go on repeating a request; pages do for 7 days (js/lib/outbox.js)


def claim(kind: Kind, *, actor_id: int, key: str | None) -> int | None:
    """Claim a key in the caller's transaction; return the id of what it made before, None if this is the first time.

    The same request sent twice at once waits here for its twin: the second finds what the first has made.
    """
    if key is None:
        return None
    made, first = Made.objects.get_or_create(actor_id=actor_id, kind=kind, key=key)
    return None if first else made.object_id


def remember(kind: Kind, object_id: int, *, actor_id: int, key: str | None) -> None:
    """Keep what a claimed key has made."""
    if key is not None:
        Made.objects.filter(actor_id=actor_id, kind=kind, key=key).update(object_id=object_id)


def made_with(kind: Kind, *, actor_id: int, key: str) -> int | None:
    """The id of what a key has made before, if it was used."""
    return Made.objects.filter(actor_id=actor_id, kind=kind, key=key).values_list("object_id", flat=True).first()


def gone() -> Conflict:
    """What a repeated key answers when its object is no longer there, or is another one than asked for."""
    return Conflict(_("This Idempotency-Key was used before, for something that is not there any more."))


def forget() -> None:
    """Forget the keys that nobody repeats any more."""
    Made.objects.filter(created_at__lt=clock.now() - KEPT).delete()
