"""What polls ask: who it is, and what they have missed. Of what is known here and in the ring, where that will do.

A ring that was compared with the log is believed for a while without asking again. Redis may have lost or refused its
tail meanwhile, and then a poll hears of an event so much later, or with the next one, which shows the hole. A poll that
is about to wait compares once more.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple

from accounts.recognized import recognized
from core import crossing
from realtime import auth
from realtime.auth import Credentials, Proof
from realtime.batch import Batch
from realtime.bus import Bus
from realtime.log import Replay, ReplayAsk
from realtime.protocol import Cursor
from realtime.subscriber import Subscriber

BELIEVED_SECONDS = 10.0
MOST = 10_000  # people whose rings are believed; the oldest go

ReadLog = Callable[[Collection[ReplayAsk]], Awaitable[dict[ReplayAsk, Replay]]]


class _Compared(NamedTuple):
    """A ring that ended at `seq` at least when it was compared with the log."""

    epoch: str
    seq: int
    turns: int  # of the subscriber
    until: float


class Polls:
    """What one process knows of those who poll it."""

    def __init__(self, read_log: ReadLog, bus: Bus, subscriber: Subscriber) -> None:
        """`read_log` reads rings, and in the log what they lack."""
        self._read_log = read_log
        self._bus = bus
        self._subscriber = subscriber
        self._people: Batch[Credentials, Proof] = Batch(self._identify, gathers=False)
        self._replays: Batch[ReplayAsk, Replay] = Batch(self._replay, gathers=False)
        self._compared: dict[int, _Compared] = {}

    async def proof(self, credentials: Credentials) -> Proof:
        """Who proves to be whom, as it was less than two seconds ago; whom they hide from is not looked up."""
        viewer = auth.recognize(credentials)
        if viewer is not None:
            return Proof(viewer)
        return (await self._people.load([credentials]))[credentials]

    async def missed(self, user_id: int, cursor: Cursor | None, *, heard: int = 0) -> Replay:
        """What a client at `cursor` has missed; `heard` is an event that is known to be there."""
        replay = await self._of_ring(user_id, cursor, heard) if cursor else None
        return replay or await self.compared(user_id, cursor)

    async def compared(self, user_id: int, cursor: Cursor | None) -> Replay:
        """The same, however the ring was compared a moment ago."""
        ask = (user_id, cursor)
        return (await self._replays.load([ask]))[ask]

    async def _of_ring(self, user_id: int, cursor: Cursor, heard: int) -> Replay | None:
        """What the ring has whole from the cursor on, if it is believed."""
        known = self._compared.get(user_id)
        if known is None or known.epoch != cursor.epoch or not self._is_believed(known):
            return None
        ring = (await self._bus.read_rings({user_id: cursor.seq})).get(user_id)
        if ring is None or cursor.seq + len(ring) < max(known.seq, heard):
            return None
        return Replay("replaying", known.epoch, cursor.seq + len(ring), [frame for _, frame in ring])

    def _is_believed(self, known: _Compared) -> bool:
        """Not once Redis was away, which may be another one now."""
        return known.turns == self._subscriber.turns and time.monotonic() < known.until

    @staticmethod
    async def _identify(given: list[Credentials]) -> Mapping[Credentials, Proof]:
        place, since = recognized.place, time.monotonic()
        found = await crossing.call(auth.identify, given)
        auth.keep(found, place=place, since=since)
        return found

    async def _replay(self, asks: list[ReplayAsk]) -> Mapping[ReplayAsk, Replay]:
        """Compare rings with the log, and add to them what they lack.

        They are there before the log is read: what is added to it from then on is added to them.
        """
        turns, until = self._subscriber.turns, time.monotonic() + BELIEVED_SECONDS
        await self._bus.open_rings({user_id: 0 for user_id, _ in asks})
        found = await self._read_log(asks)
        filled = await self._bus.fill_rings((user_id, replay) for (user_id, _), replay in found.items())
        for (user_id, _), replay in found.items():
            if user_id in filled:
                self._believe(user_id, _Compared(replay.epoch, replay.head, turns, until))
        return found

    def _believe(self, user_id: int, compared: _Compared) -> None:
        self._compared.pop(user_id, None)
        if len(self._compared) >= MOST:
            del self._compared[next(iter(self._compared))]
        self._compared[user_id] = compared
