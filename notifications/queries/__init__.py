"""What can be asked about notifications. Returns finished values, in a fixed number of SQL queries; writes nothing."""

from .frames import Frames, frames_of
from .groups import (
    NotificationsPage,
    NotificationView,
    Snapshot,
    notification_page,
    opened,
    snapshot,
    unread_count,
    unread_counts,
    unread_later,
    unread_snapshot,
)
from .post_mutes import is_muted
from .preferences import preferences
from .why import Known, known

__all__ = [
    "Frames",
    "Known",
    "NotificationView",
    "NotificationsPage",
    "Snapshot",
    "frames_of",
    "is_muted",
    "known",
    "notification_page",
    "opened",
    "preferences",
    "snapshot",
    "unread_count",
    "unread_counts",
    "unread_later",
    "unread_snapshot",
]
