"""The sockets that watch one topic, and one frame to all of them. Knows no domain, awaits no socket."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence

from realtime.meters import meters
from realtime.socket import Socket, Spread

MOST_TOGETHER_BYTES = 16 * 1024

State = tuple[frozenset[int], bytes]  # whom it is about (0: nobody), and the message


class Crowd:
    """Sockets in the order in which they came, those of a server that takes ready frames also by their lines.

    A frame for thousands finds the memory of each socket cold. So what is spread goes by the lines alone, which lie in
    one piece, and only those who did not take it are looked at.
    """

    __slots__ = ("_by_line", "_lines", "_others", "_spread", "_wary")

    def __init__(self) -> None:
        self._by_line: dict[int, Socket] = {}
        self._others: dict[Socket, None] = {}  # of servers without lines
        self._lines: array[int] | None = None  # the keys of `_by_line`; None since somebody left
        self._spread: Spread | None = None  # that of their server
        self._wary: dict[Socket, None] = {}  # who hide somebody's doings

    def __len__(self) -> int:
        return len(self._by_line) + len(self._others)

    def __iter__(self) -> Iterator[Socket]:
        """All, as they are now: a socket whose client has left may leave in the middle."""
        yield from [*self._by_line.values(), *self._others]

    def __contains__(self, socket: Socket) -> bool:
        return self._by_line.get(socket.outlet.line) is socket or socket in self._others

    def add(self, socket: Socket) -> None:
        """Let a socket in."""
        if socket.outlet.spread is None:
            self._others[socket] = None
        else:
            self._spread = socket.outlet.spread
            self._by_line[socket.outlet.line] = socket
            if self._lines is not None:
                self._lines.append(socket.outlet.line)
        self.look_at(socket)

    def remove(self, socket: Socket) -> None:
        """Let a socket out."""
        if self._by_line.get(socket.outlet.line) is socket:
            del self._by_line[socket.outlet.line]
            self._lines = None
        self._others.pop(socket, None)
        self._wary.pop(socket, None)

    def look_at(self, socket: Socket) -> None:
        """Note whether a socket hides anybody's doings."""
        if socket.hidden:
            self._wary[socket] = None
        else:
            self._wary.pop(socket, None)

    def hiding(self, actors: Collection[int]) -> list[Socket]:
        """Those who do not see the doings of one of these people."""
        return [socket for socket in self._wary if not socket.hidden.isdisjoint(actors)] if actors else []

    def both(self, other: "Crowd") -> list[Socket]:
        """Those who are in the other crowd, too."""
        few, many = sorted((self, other), key=len)
        return [socket for socket in few if socket in many]

    def spread(self, kind: str, frame: bytes, but: Iterable[Socket] = ()) -> list[Socket]:
        """Hand a ready frame to all but some; answer those who could not take it, to be written to one by one."""
        left_out = set(but)
        others = [socket for socket in self._others if socket not in left_out]
        if self._spread is None:
            return others
        if self._lines is None:
            self._lines = array("i", self._by_line)
        lines: Sequence[int] = self._lines
        if left_out:
            without = {socket.outlet.line for socket in left_out}
            lines = [line for line in lines if line not in without]
        refused = self._spread(lines, frame)
        meters.sent(kind, len(frame), len(lines) - len(refused))
        return [self._by_line[line] for line in refused] + others


def together(states: list[State]) -> Iterator[list[State]]:
    """Cut states into runs that may go as one frame: a slow client keeps one in memory for each topic."""
    few: list[State] = []
    size = 0
    for state in states:
        if few and size + len(state[1]) > MOST_TOGETHER_BYTES:
            yield few
            few, size = [], 0
        few.append(state)
        size += len(state[1])
    yield few
