"""The nets under a bus that may lose anything: positions, proofs and counters are compared with the truth."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from accounts import queries
from core import crossing
from realtime import log, protocol
from realtime.meters import meters
from realtime.socket import Socket

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = logging.getLogger(__name__)

T = TypeVar("T")

POSITIONS_SECONDS = 30.0
PROOFS_SECONDS = 30.0
COUNTERS_SECONDS = 12.0
PATIENCE_SECONDS = 2.0  # an event needs milliseconds from its commit to here; a stalled worker a little more
A_QUERY = 1_000  # people, sockets or posts


class Nets:
    """Turns at-most-once into at-least-once, for everybody who is connected to this process."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    async def run(self) -> None:
        """Check until cancelled."""
        await asyncio.gather(
            _now_and_then(POSITIONS_SECONDS, self.check_positions),
            _now_and_then(PROOFS_SECONDS, self.check_proofs),
            _now_and_then(COUNTERS_SECONDS, self.check_counters),
        )

    async def check_positions(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Find sockets that are behind the log and recover them; one query for each thousand people.

        What was committed a moment ago may still be on its way: only who is behind after `patience_seconds` is helped.
        """
        await self._hub.control.catch_up()  # what the bus has lost may be that somebody is to be told no more
        heads: dict[int, int] = {}
        for people in _chunks(list(self._hub.users)):
            found = await crossing.call(log.heads, people)
            heads |= found
            flushed = await self._hub.out.touch_rings(people)
            await self._hub.out.open_rings({user_id: found[user_id] for user_id in flushed})
        for user_id, head in heads.items():
            if user_id in self._hub.users:
                self._hub.tops[user_id] = max(head, self._hub.tops.get(user_id, 0))
        behind = [socket for socket in self._sockets(heads) if socket.seq < heads[_id(socket)]]
        if behind:
            await asyncio.sleep(patience_seconds)
        for socket in behind:
            if not socket.gone and socket.seq < heads[_id(socket)]:
                meters.holes["check"] += 1
                logger.info("socket %s is behind, %d < %d", socket.id, socket.seq, heads[_id(socket)])
                await self._hub.recover(socket)

    def _sockets(self, heads: dict[int, int]) -> Iterator[Socket]:
        for user_id in heads:
            yield from self._hub.users.get(user_id, ())

    async def check_proofs(self) -> None:
        """Close the sockets of sessions, tokens and people that are no more, however they ended."""
        await self.check_sockets([socket for sockets in self._hub.users.values() for socket in sockets])
        self._hub.control.verify_staff()

    async def check_sockets(self, signed_in: list[Socket]) -> None:
        """The same for these sockets; three queries for each thousand."""
        for sockets in _chunks(signed_in):
            viewers = [socket.viewer for socket in sockets if socket.viewer is not None]
            sessions = {viewer.session_id for viewer in viewers if viewer.session_id is not None}
            tokens = {viewer.token_id for viewer in viewers if viewer.token_id is not None}
            valid = await crossing.call(queries.still_valid, sessions, tokens, {viewer.id for viewer in viewers})
            for socket in sockets:
                if not _proven(socket, valid):
                    socket.write(protocol.revoked_all("ended"))
                    socket.end(protocol.Close.SESSION_REVOKED)

    async def check_counters(self) -> None:
        """Bring the posts on screen up to date, whatever changed them; one query for each thousand."""
        await self._hub.control.catch_up()  # as above: what ended comes before what changed
        for names in _chunks(self._hub.looked_at()):
            ids = {int(name.partition(":")[2]): name for name in names}
            for post_id, value in (await crossing.call(self._hub.domain.counts, list(ids))).items():
                if value[0] > self._hub.counters.newest(ids[post_id])[0]:
                    self._hub.counters.change(ids[post_id], value)


async def _now_and_then(seconds: float, check: Callable[[], Awaitable[None]]) -> None:
    """Check again and again, at odd times, so that processes do not all ask at once."""
    while True:
        await asyncio.sleep(seconds * random.uniform(0.7, 1.3))  # noqa: S311 -- jitter, not a secret
        try:
            await check()
        except Exception as error:  # PostgreSQL away: the next time
            logger.warning("%s failed: %s", check.__name__, error)


def _chunks(things: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(things), A_QUERY):
        yield things[start : start + A_QUERY]


def _id(socket: Socket) -> int:
    assert socket.viewer is not None
    return socket.viewer.id


def _proven(socket: Socket, valid: queries.StillValid) -> bool:
    """Whether what a person opened a socket with still proves that it is them."""
    viewer = socket.viewer
    if viewer is None or viewer.id not in valid.user_ids:
        return viewer is None
    if viewer.session_id is not None:
        return viewer.session_id in valid.session_ids
    return viewer.token_id in valid.token_ids
