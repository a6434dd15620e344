"""One connection to one Redis on which a whole event loop asks: what is asked in one turn of it goes out in one write.

redis-py's pool and pipeline cost 0.2 ms of CPU a call; this costs a tenth of that. Redis answers in the order in which
it was asked, so a reply belongs to whoever has waited longest. Raises what was in the way; tries nothing twice.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

import redis

from realtime.line import Line, connect
from realtime.rings import Command


class Call:
    """Commands that were sent, and what has come of them so far."""

    __slots__ = ("answered", "at", "count", "replies")

    def __init__(self, answered: "asyncio.Future[list[Any]]", at: float, count: int) -> None:
        self.answered = answered
        self.at = at
        self.count = count
        self.replies: list[Any] = []

    def fail(self, error: Exception) -> None:
        """Tell whoever still waits what was in the way."""
        if not self.answered.done():
            self.answered.set_exception(error)


class Calls:
    """The connection, opened with the first call, and again after each loss with the next."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self._url, self._timeout_seconds = url, timeout_seconds
        self._loop = asyncio.get_running_loop()
        self._line: Line | None = None
        self._opening: asyncio.Task[None] | None = None
        self._outgoing: list[Command] = []
        self._waiting: deque[Call] = deque()  # the longest first
        self._looks = False  # whether _look is on its way

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """Answer what came of each command, an exception for one that was refused.

        Raises:
            TimeoutError: if there is no answer in time.
            redis.RedisError, OSError: if there is no connection, or it breaks meanwhile; then nobody knows.
        """
        at = self._loop.time()
        if self._line is None:
            await self._open()
        call = Call(self._loop.create_future(), at, len(commands))
        self._waiting.append(call)
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing += commands
        if not self._looks:
            self._looks = True
            self._loop.call_later(self._timeout_seconds, self._look)
        return await call.answered

    async def close(self) -> None:
        """Cut the connection; whoever waits is told."""
        if self._opening is not None:
            self._opening.cancel()
        line = self._line
        if line is not None:
            line.close()
            await line.lost

    async def _open(self) -> None:
        """Wait for the one connection, which all who ask meanwhile wait for."""
        if self._opening is None:
            self._opening = self._loop.create_task(self._connect())
            self._opening.add_done_callback(self._opened)
        await asyncio.shield(self._opening)
        if self._line is None:
            raise redis.ConnectionError("closed")

    async def _connect(self) -> None:
        async with asyncio.timeout(self._timeout_seconds):
            line = await connect(self._url, self._heard, asks=True)
        self._line = line
        line.lost.add_done_callback(partial(self._lost, line))

    def _opened(self, opening: "asyncio.Task[None]") -> None:
        self._opening = None
        if not opening.cancelled():
            opening.exception()  # whoever waited was told; there may be nobody left

    def _flush(self) -> None:
        commands, self._outgoing = self._outgoing, []
        if self._line is not None:
            self._line.send(commands)

    def _heard(self, reply: Any) -> None:
        call = self._waiting[0]  # there is one: nothing is sent that nobody waits for
        call.replies.append(reply)
        if len(call.replies) == call.count:
            self._waiting.popleft()
            if not call.answered.done():
                call.answered.set_result(call.replies)

    def _look(self) -> None:
        """Give up a connection on which somebody waits for too long: what comes later would be taken for another's."""
        self._looks = False
        if not self._waiting:
            return
        left = self._waiting[0].at + self._timeout_seconds - self._loop.time()
        if left <= 0:
            self._fail(TimeoutError("Redis does not answer"))
            return
        self._looks = True
        self._loop.call_later(left, self._look)

    def _lost(self, line: Line, lost: "asyncio.Future[Exception | None]") -> None:
        if line is self._line:
            self._fail(redis.ConnectionError(str(lost.result() or "closed")))

    def _fail(self, error: Exception) -> None:
        waiting, self._waiting, self._outgoing = self._waiting, deque(), []
        if self._line is not None:
            self._line.close()
            self._line = None
        for call in waiting:
            call.fail(error)
