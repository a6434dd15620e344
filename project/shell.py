"""What the frame of every page shows its viewer: the unread count, and where their log stood before it was read."""

from dataclasses import dataclass
from typing import Any

from notifications.queries import unread_count
from realtime import log


@dataclass(frozen=True, slots=True)
class Shell:
    """`at` is the position from which a socket must go on, so that nothing is lost between page and socket."""

    unread: int
    at: dict[str, Any]


def shell_for(viewer_id: int) -> Shell:
    """Read the position, and only then the count: what happens in between comes over the socket, too."""
    epoch, seq = log.position(viewer_id)
    return Shell(unread=unread_count(viewer_id), at={"epoch": epoch, "seq": seq})
