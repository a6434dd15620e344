"""The last ends of people's sockets in this process, in memory alone: what an operator asks for first. Ends nothing."""

import time
from collections import deque
from datetime import datetime

import msgspec

from core import clock
from realtime.meters import NO_CODE, meters
from realtime.socket import Socket

KEPT = 2_000  # of all people together, about half a megabyte
TOLD = 10  # of one person


class End(msgspec.Struct, frozen=True):
    """How a socket ended."""

    at: datetime
    person: int
    connection: str
    code: int  # NO_CODE for none, as when the line was cut
    app: str
    version: str
    seconds: float  # it lasted


class Ends:
    """The ring of them."""

    def __init__(self) -> None:
        self._ends: deque[End] = deque(maxlen=KEPT)

    def note(self, socket: Socket | None, code: int) -> None:
        """Count an end by its code, 0 for none; and remember it if it was a person's."""
        meters.ended(code)
        if socket is not None and socket.viewer is not None:
            peer, lasted = socket.peer, time.monotonic() - socket.peer.since
            code = int(code) or NO_CODE
            self._ends.append(End(clock.now(), socket.viewer.id, socket.id, code, peer.app, peer.version, lasted))

    def of(self, person_id: int) -> list[End]:
        """The last few of a person, the latest first."""
        return [end for end in reversed(self._ends) if end.person == person_id][:TOLD]
