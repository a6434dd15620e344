"""What operators do and look at, on record: every edge of the console writes it before it answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.viewers import Viewer
from content.text import cleaned
from core import clock, cursors, ids
from core.cursors import Page
from core.problems import Invalid
from ops.models import MAX_WHY, AuditEntry

MIN_WHY = 3  # characters
MAX_SUBJECT = 80
AGAIN = timedelta(hours=1)
LOOKS = ("watch", "read tail")  # what a socket goes on with


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry, as the page of the record shows it."""

    actor: str
    what: str
    subject: str
    why: str
    at: datetime


def record(operator: Viewer, what: str, subject: str, why: str = "") -> None:
    """Put on record what an operator is about to do or see; what then fails was still tried."""
    AuditEntry.objects.create(
        actor_id=operator.id, actor_name=operator.username, what=what, subject=subject[:MAX_SUBJECT], why=why
    )


def watched(watching: Collection[tuple[int, str]]) -> None:
    """Put on record that operators watch something live: the id of each and the subject; three queries at most.

    What they have looked at within AGAIN is on record, by its page or by this, and is not put there anew.
    """
    operators = {operator_id for operator_id, _subject in watching}
    rows = AuditEntry.objects.filter(actor_id__in=operators, id__gt=ids.id_at(clock.now() - AGAIN), what__in=LOOKS)
    missing = set(watching) - set(rows.values_list("actor_id", "subject")) if watching else set()
    if not missing:
        return
    names = dict(User.objects.filter(id__in=operators).values_list("id", "username"))
    AuditEntry.objects.bulk_create(
        AuditEntry(actor_id=operator_id, actor_name=names[operator_id], what="watch", subject=subject[:MAX_SUBJECT])
        for operator_id, subject in sorted(missing)
    )


def reason(text: str) -> str:
    """The reason of an act as it is kept.

    Raises:
        Invalid: if it is shorter than MIN_WHY characters or longer than MAX_WHY.
    """
    text = cleaned(text, field="why", limit=MAX_WHY)
    if len(text) < MIN_WHY:
        raise Invalid(_("Say why, in at least %(count)s characters.") % {"count": MIN_WHY}, field="why")
    return text


def read(operator: Viewer, *, actor: str = "", after: str | None = None, limit: int = 50) -> Page[EntryView]:
    """A page of the record, the latest first, in one query; of one operator, by the name they had then, if given.

    To read it is on record, too.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit, before = cursors.bounded(limit), cursors.decode(after)
    record(operator, "look", f"record of {actor}" if actor else "record")
    rows = AuditEntry.objects.order_by("-id")
    if actor:
        rows = rows.filter(actor_name=actor.lower())
    if before:
        rows = rows.filter(id__lt=before)
    return cursors.page_of(list(rows[: limit + 1]), limit, key=lambda row: row.id, make=_view)


def _view(row: AuditEntry) -> EntryView:
    return EntryView(row.actor_name, row.what, row.subject, row.why, ids.created_at(row.id))
