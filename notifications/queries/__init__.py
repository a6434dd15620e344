"""What can be asked about notifications. Returns finished values, in a fixed number of SQL queries; writes nothing."""

from .frames import Frames, frames_of
from .groups import (
    NotificationView,
    Snapshot,
    notification_page,
    snapshot,
    unread_count,
    unread_counts,
    unread_snapshot,
)
from .post_mutes import is_muted
from .preferences import preferences

__all__ = [
    "Frames",
    "NotificationView",
    "Snapshot",
    "frames_of",
    "is_muted",
    "notification_page",
    "preferences",
    "snapshot",
    "unread_count",
    "unread_counts",
    "unread_snapshot",
]
