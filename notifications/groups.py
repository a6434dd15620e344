"""The drain's handler: events become grouped notifications. Decides by rows, so that a repeat does nothing."""

from collections.abc import Collection
from typing import Any

from core import sql
from events.outbox import Waiting
from notifications import entries, queries
from notifications.deeds import GroupKey, deeds_of, groups_gone
from notifications.entries import Entered
from notifications.queries import Frames
from realtime.log import Told


def apply(waiting: list[Waiting]) -> list[Told]:
    """Bring groups and entries in line with a batch of events; answer whom to tell what, in the order of the events.

    A deed and its undoing in one batch leave no trace. Costs a fixed number of queries, whatever the batch holds, in
    one round trip; in two if something is undone. Must run in the drain's transaction.
    """
    deeds, gone = deeds_of(waiting), groups_gone(waiting)
    if not deeds and not gone:
        return []
    with sql.pipeline():
        entries.lock_groups(deeds, gone)
        removed, shrunk = entries.remove(deeds, gone)
        made = entries.add(deeds)
        entries.remove_empty(removed)
        vanished = _visible(removed)
        frames = queries.frames_of({deed.group for deed in deeds}.union(gone, shrunk), _sittings(vanished))
        return _told(_visible(made()), vanished, frames)


def show(shown: list[Entered], vanished: list[Entered], groups: Collection[GroupKey]) -> list[Told]:
    """Bring the groups of entries that came into sight, and went out of it, in line; answer what is to be told."""
    with sql.pipeline():
        entries.refresh(shown, vanished)
        return _told(shown, vanished, queries.frames_of(groups, _sittings([*shown, *vanished])))


def _visible(some: list[Entered]) -> list[Entered]:
    return [entry for entry in some if not entry.hidden]


def _sittings(some: list[Entered]) -> set[str]:
    return {entry.sitting for entry in some if entry.sitting}


def _told(shown: list[Entered], vanished: list[Entered], frames: Frames) -> list[Told]:
    """A message for each deed and each undoing, with the group as it stands after the batch, and the rows beside it."""
    groups, unread, rows = frames.groups(), frames.unread(), frames.rows()
    told = []
    for kind, some in (("notification", shown), ("notification.retracted", vanished)):
        for entry in some:
            data: dict[str, Any] = {
                "id": str(entry.group_id),
                "group": groups.get(entry.group_id),
                "entry": {"actor": entry.actor.as_dict(), "text": entry.excerpt or None},
                "unread": unread[entry.key.recipient_id],
            }
            beside = [key for key in _touched(entry, frames) if key in rows]
            if beside:
                data["rows"] = [{"key": key, "group": rows[key]} for key in beside]
            told.append(Told(entry.key.recipient_id, kind, data))
    return told


def _touched(entry: Entered, frames: Frames) -> set[str]:
    """The sittings whose rows an entry may have changed: its own, and those of its group before and after."""
    return {key for key in (entry.sitting, *frames.sittings_of(entry.group_id)) if key}
