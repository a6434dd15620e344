"""The drain's handler: what a person has seen and read on one device, all of them are told."""

from collections.abc import Iterable
from typing import Any

from events.outbox import Waiting
from events.types import NotificationsRead, NotificationsSeen
from notifications import queries
from notifications.models import SEEN_UP_TO, Group
from realtime.log import Told

Marked = NotificationsSeen | NotificationsRead


def told(waiting: list[Waiting]) -> list[Told]:
    """Tell all of a person's devices; not of what was added to after that, in the same batch. Two queries."""
    events = [item.event for item in waiting if isinstance(item.event, Marked)]
    unread = queries.unread_counts({event.user_id for event in events})
    fresh = _fresh(events)
    return [
        Told(event.user_id, _kind(event), _data(event, fresh[type(event)], unread[event.user_id]), event.mut)
        for event in events
    ]


def _kind(event: Marked) -> str:
    return "notification.seen" if isinstance(event, NotificationsSeen) else "notification.read"


def _data(event: Marked, fresh: set[int], unread: int) -> dict[str, Any]:
    ids = [str(group_id) for group_id in event.group_ids if group_id not in fresh]
    return {"ids": ids, "up_to": None, "unread": unread}


def _fresh(events: Iterable[Marked]) -> dict[type[Marked], set[int]]:
    """The groups that hold something unseen, and those that hold something unread, by now."""
    ids = {group_id for event in events for group_id in event.group_ids}
    marks = Group.objects.filter(id__in=ids).values_list("id", "latest_id", SEEN_UP_TO, "read_id")
    fresh: dict[type[Marked], set[int]] = {NotificationsSeen: set(), NotificationsRead: set()}
    for group_id, latest_id, seen_up_to, read_id in marks:
        if latest_id > seen_up_to:
            fresh[NotificationsSeen].add(group_id)
        if latest_id > read_id:
            fresh[NotificationsRead].add(group_id)
    return fresh
