"""What operators do and look at, on record: every edge of the console writes it before it answers."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.viewers import Viewer
from content.text import cleaned
from core import cursors, ids
from core.cursors import Page
from core.problems import Invalid
from ops.models import MAX_WHY, AuditEntry

MIN_WHY = 3  # characters


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
        actor_id=operator.id, actor_name=operator.username, what=what, subject=subject[:80], why=why
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
