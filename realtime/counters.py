"""The counters of posts on screen: the latest value of each, sent on a common tick. Knows who looks, keeps no log.

Absolute values with a version, so a lost one is healed by the next, and by the safety poll. All posts share one grid of
ticks, so that nobody gets more than four frames a second whatever they look at; a post with a large audience is sent on
every second, fourth or eighth tick. A change that no reader would see ("1.23M" stays "1.23M") is not sent.
"""

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Mapping

from core.numbers import shown
from realtime import protocol
from realtime.crowd import Crowd
from realtime.protocol import Frame
from realtime.socket import Socket

TICK_SECONDS = 0.25
GATHER_SECONDS = 0.01  # after a quiet while: the other changes of the same batch come within it
AUDIENCES = ((100, 1), (1_000, 2), (10_000, 4))  # up to so many sockets: every so many ticks
SLOWEST_TICKS = 8

Value = tuple[int, int, int]  # version, likes, comments


class Counters:
    """The changes since the last tick, of one process."""

    def __init__(self, watchers: Mapping[str, Crowd], viewers: Mapping[str, Crowd]) -> None:
        """Topic → who looks at all of a post, and who at its counters; some do both."""
        self._crowds = (watchers, viewers)
        self._changed: dict[str, Value] = {}  # topic → not sent yet
        self._sent: dict[str, Value] = {}  # topic → what its audience has last been sent
        self._due: dict[str, int] = {}  # topic → number of the tick before which it is not sent again
        self._tick = 0
        self._ticked_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def change(self, topic: str, value: Value) -> None:
        """Take a post's counts; those that are not newer, or that look the same, go no further."""
        last = self._changed.get(topic) or self._sent.get(topic)
        if last is not None and value[0] <= last[0]:
            return
        self._changed[topic] = value
        self._plan()

    def newest(self, topic: str) -> Value:
        """The counts of a post that this process has heard of last; of version 0 if it has heard of none."""
        return self._changed.get(topic) or self._sent.get(topic) or (0, 0, 0)

    def forget(self, topic: str) -> None:
        """Nobody looks at a post any more."""
        for kept in (self._changed, self._sent, self._due):
            kept.pop(topic, None)

    def _plan(self) -> None:
        if self._timer is None:
            wait = max(GATHER_SECONDS, self._ticked_at + TICK_SECONDS - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(wait, self._flush)

    def _flush(self) -> None:
        """One tick: send what is due, and come back for what is not."""
        self._timer = None
        self._tick += 1
        self._ticked_at = time.monotonic()
        due = [topic for topic in self._changed if self._due.get(topic, 0) <= self._tick]
        self._send([topic for topic in due if self._take(topic)])
        if self._changed:
            self._plan()

    def _take(self, topic: str) -> bool:
        """Move a change to what was sent; tell whether a reader would see a difference."""
        value, last = self._changed.pop(topic), self._sent.get(topic)
        self._sent[topic] = value
        self._due[topic] = self._tick + ticks_for(sum(map(len, self._audience(topic))))
        return last is None or list(map(shown, value[1:])) != list(map(shown, last[1:]))

    def _send(self, posts: list[str]) -> None:
        members = {topic: protocol.counter(int(topic.partition(":")[2]), *self._sent[topic]) for topic in posts}
        if len(posts) == 1:  # a hot post alone: no look at each of its sockets
            self._show_post(posts[0], [members[posts[0]]])
            return
        wanted: dict[Socket, list[str]] = defaultdict(list)
        for topic in posts:
            for socket in dict.fromkeys(itertools.chain(*self._audience(topic))):
                wanted[socket].append(members[topic])
        alike: dict[tuple[str, ...], list[Socket]] = defaultdict(list)
        for socket, parts in wanted.items():
            alike[tuple(parts)].append(socket)
        for same, sockets in alike.items():
            frame = _frame(list(same))
            for socket in sockets:
                socket.count(frame, list(same))

    def _show_post(self, topic: str, members: list[str]) -> None:
        frame, seen = _frame(members), Crowd()
        for crowd in self._audience(topic):
            for socket in crowd.spread("counters", frame.ready, but=crowd.both(seen)):
                socket.count(frame, members)
            seen = crowd

    def _audience(self, topic: str) -> list[Crowd]:
        return [crowd for crowds in self._crowds if (crowd := crowds.get(topic)) is not None]


def ticks_for(audience: int) -> int:
    """How many ticks apart a post's counters are sent: the larger the audience, the slower."""
    return next((ticks for most, ticks in AUDIENCES if audience <= most), SLOWEST_TICKS)


def _frame(members: list[str]) -> Frame:
    return Frame(protocol.counters(members).encode())
