"""What the frames of a batch show: the groups as they stand after it, and the sittings that they have left."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from core import sql
from core.pipeline import Row
from notifications.deeds import GroupKey
from notifications.queries.groups import Shown, Thumbs, seen_later, shown_later, unread_counts_later, view_of

_HEADS = """
SELECT DISTINCT ON (sitting) recipient_id, kind, target
FROM notifications_group WHERE sitting = ANY(%s::text[]) ORDER BY sitting, latest_id DESC
"""


@dataclass(frozen=True, slots=True)
class Frames:
    """What the frames of a batch show, sent for and not read yet."""

    shown: Callable[[], dict[int, Shown]]
    seen: Thumbs
    unread: Callable[[], dict[int, int]]
    sittings: Collection[str]
    heads: Callable[[], list[Row]]

    def groups(self) -> dict[int, dict[str, Any]]:
        """The groups that still show somebody as JSON members, by id."""
        shown, seen = self.shown(), self.seen()
        return {group_id: view_of(one, seen).as_dict() for group_id, one in shown.items() if one.group.actor_count}

    def sittings_of(self, group_id: int) -> list[str]:
        """The sitting that a group has left with the batch, and the one that it is in now."""
        one = self.shown().get(group_id)
        return [] if one is None else [key for key in (_left(one), one.group.sitting) if key]

    def rows(self) -> dict[str, dict[str, Any] | None]:
        """What is shown now for the sittings that were asked for, and those that groups have left: null for nothing.

        Asks again only if something is: a second person who likes what one other liked mostly costs nothing more.
        """
        shown = self.shown().values()
        left = [(key, one) for one in shown if (key := _left(one))]
        asked = {key for key, one in left if one.beside.count or one.group.sitting}
        if self.sittings:  # something went or came back, and a group may be in a sitting with newer ones
            asked |= {key for one in shown if one.beside.count and (key := one.group.sitting)}
        asked.difference_update(self.sittings)
        heads = [GroupKey(*row) for row in [*self.heads(), *(_heads(asked)() if asked else [])]]
        return dict.fromkeys([*self.sittings, *(key for key, _ in left)]) | _shown_of(heads)


def frames_of(groups: Collection[GroupKey], sittings: Collection[str]) -> Frames:
    """Send for what frames show of groups, and of these sittings beside those that the groups have left."""
    return Frames(
        shown_later(groups),
        seen_later(groups),
        unread_counts_later({group.recipient_id for group in groups}),
        sittings,
        _heads(sittings) if sittings else list,
    )


def _left(one: Shown) -> str | None:
    return one.group.left_sitting if one.group.left_sitting != one.group.sitting else None


def _heads(sittings: Collection[str]) -> Callable[[], list[Row]]:
    return sql.later(_HEADS, list(sittings))


def _shown_of(heads: list[GroupKey]) -> dict[str, dict[str, Any]]:
    if not heads:
        return {}
    shown, found = shown_later(heads), seen_later(heads)
    groups, seen = shown().values(), found()
    return {one.group.sitting: view_of(one, seen).as_dict() for one in groups if one.group.sitting}
