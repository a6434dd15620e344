"""Whom a person has muted, and how: a list that nobody else may read."""

from dataclasses import dataclass
from datetime import datetime

from accounts import policies
from accounts.models import Mute
from accounts.people import PERSON_FIELDS, Person, person_of
from core import cursors
from core.cursors import Page


@dataclass(frozen=True, slots=True)
class Muted:
    """Somebody whom a person has muted, and how."""

    person: Person
    notifications: bool
    until: datetime | None


def mutes(user_id: int, *, after: str | None = None, limit: int = 20) -> Page[Muted]:
    """A page of those whom a person has muted, the latest first, in one query; less those who have blocked them.

    Raises:
        Invalid: if `after` is not a cursor.
    """
    limit = cursors.bounded(limit)
    rows = Mute.objects.standing().filter(policies.named_to(user_id, "muted"), muter_id=user_id)
    if before := cursors.decode(after):
        rows = rows.filter(id__lt=before)
    fields = ("notifications", "until", *(f"muted__{field}" for field in PERSON_FIELDS))
    found = rows.select_related("muted").only(*fields).order_by("-id")[: limit + 1]
    return cursors.page_of(list(found), limit, key=lambda row: row.id, make=_muted)


def _muted(row: Mute) -> Muted:
    return Muted(person_of(row.muted), row.notifications, row.until)
