"""What the frame of every page shows its viewer: the unread count, and where their log stood when it was read."""

from dataclasses import dataclass
from typing import Any

from notifications.queries import unread_snapshot


@dataclass(frozen=True, slots=True)
class Shell:
    """`at` is the position from which a socket must go on, so that nothing is lost between page and socket."""

    unread: int
    at: dict[str, Any]


def shell_for(viewer_id: int) -> Shell:
    """Read the position and the count of one moment: what happens after it comes over the socket, too."""
    found = unread_snapshot(viewer_id)
    return Shell(unread=found["count"], at=found["at"])
