"""What the frame of every page shows its viewer: the unread count, and where their log stood when it was read."""

from collections.abc import Callable
from dataclasses import dataclass

from notifications.queries import unread_later


@dataclass(frozen=True, slots=True)
class Shell:
    """`epoch` and `seq` are where a socket must go on, so that nothing is lost between page and socket."""

    unread: int
    epoch: str
    seq: int


def shell_later(viewer_id: int) -> Callable[[], Shell]:
    """Send for position and count, of one moment: what happens after it comes over the socket, too."""
    found = unread_later(viewer_id)

    def shell() -> Shell:
        unread = found()
        return Shell(unread["count"], **unread["at"])

    return shell
