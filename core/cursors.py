"""Keyset pages: an opaque cursor over descending or ascending ids. No offsets, no totals."""

import base64
import binascii
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from core.problems import Invalid

T = TypeVar("T")
R = TypeVar("R")

MAX_LIMIT = 50
NEWEST = 2**63 - 1  # no id is greater: where a list of the latest begins


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of finished values; `next` is the cursor of the page after, or None at the end."""

    items: list[T]
    next: str | None = None

    def __hash__(self) -> int:
        """As of what is never changed."""
        return hash((tuple(self.items), self.next))


def encode(*numbers: int) -> str:
    """Make the cursor that continues after the row with this id, or with these numbers of its order."""
    return base64.urlsafe_b64encode(struct.pack(f">{len(numbers)}q", *numbers)).rstrip(b"=").decode()


def decode(cursor: str | None) -> int | None:
    """Read a cursor of one id back; None for none.

    Raises:
        Invalid: if it is not a cursor that `encode` made.
    """
    numbers = decode_many(cursor, 1)
    return numbers[0] if numbers else None


def decode_many(cursor: str | None, count: int) -> tuple[int, ...]:
    """Read a cursor of so many numbers back; none for none.

    Raises:
        Invalid: if it is not a cursor that `encode` made of so many.
    """
    if not cursor:
        return ()
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        numbers = struct.unpack(f">{count}q", raw)
    except (binascii.Error, ValueError, struct.error) as error:
        raise Invalid(_("This is not a cursor that we gave out."), field="after") from error
    if min(numbers) < 0:
        raise Invalid(_("This is not a cursor that we gave out."), field="after")
    return numbers


def bounded(limit: int) -> int:
    """Keep a requested page size within 1 to MAX_LIMIT rows."""
    return max(1, min(limit, MAX_LIMIT))


def page_of(rows: Sequence[R], limit: int, *, key: Callable[[R], int], make: Callable[[R], T]) -> Page[T]:
    """Cut a page out of `limit + 1` rows: the extra row only tells that another page exists."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page([make(row) for row in shown], encode(key(shown[-1])) if more else None)
