"""One client's socket as the hub sees it: where it stands, what it watches, and a bounded way to write. No domain."""

import asyncio
import itertools
import time
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

from accounts.viewers import Viewer
from realtime import protocol

MAX_BACKLOG_FRAMES = 256
MAX_BACKLOG_BYTES = 256 * 1024
MAX_HELD = 1_000  # live events kept aside while a replay is read

Send = Callable[[dict[str, Any]], Awaitable[None]]

_numbers = itertools.count(1)


class Socket:
    """A connected client. Every method returns at once: nothing here ever waits for the network."""

    __slots__ = (
        "_backlog", "_backlog_bytes", "_on_gone", "_send", "_writer",
        "gone", "heard_at", "held", "id", "seq", "spoken_at", "topics", "viewed", "viewer", "welcomed",
    )  # fmt: skip

    def __init__(self, send: Send, viewer: Viewer | None, *, on_gone: Callable[[int], None]) -> None:
        """`on_gone(code)` is called once when the socket must end: too slow, or its client is away."""
        self.id = f"c_{next(_numbers)}"
        self.viewer = viewer
        self.seq = 0  # of the last event written
        self.held: list[tuple[int, str]] | None = []  # while a replay is read; None once live
        self.topics: set[str] = set()
        self.viewed: set[str] = set()
        self.heard_at = self.spoken_at = time.monotonic()
        self.welcomed = False
        self.gone = False
        self._send = send
        self._on_gone = on_gone
        self._backlog: deque[str] | None = None  # only while the client does not read
        self._backlog_bytes = 0
        self._writer: asyncio.Task[None] | None = None

    def write(self, frame: str) -> None:
        """Write a frame now if the client reads, else keep it; a client with too much kept is given up as slow.

        The server's `send` is driven by hand: where it does not block, which is nearly always, no task is made.
        """
        if self.gone:
            return
        if self._backlog is not None:
            self._keep(frame)
            return
        sending = self._send({"type": "websocket.send", "text": frame})
        assert isinstance(sending, Coroutine)
        try:
            waiting = sending.send(None)
        except StopIteration:
            return
        except Exception:  # what a server raises for a client that has left differs from server to server
            self.end(protocol.Close.INTERNAL)
            return
        self._backlog = deque()
        self._writer = asyncio.ensure_future(self._write_on(_resume(sending, waiting)))

    def _keep(self, frame: str) -> None:
        assert self._backlog is not None
        self._backlog.append(frame)
        self._backlog_bytes += len(frame)
        if len(self._backlog) > MAX_BACKLOG_FRAMES or self._backlog_bytes > MAX_BACKLOG_BYTES:
            self.end(protocol.Close.SLOW)

    async def _write_on(self, sending: Awaitable[None]) -> None:
        """Finish the send that blocked, then write what gathered behind it."""
        assert self._backlog is not None
        try:
            await sending
            while self._backlog:
                frame = self._backlog.popleft()
                self._backlog_bytes -= len(frame)
                await self._send({"type": "websocket.send", "text": frame})
            self._backlog = None
        except Exception:
            self.end(protocol.Close.INTERNAL)

    def deliver(self, seq: int, frame: str) -> bool:
        """Take a live event; tell whether it fits. False means that events before it are missing."""
        if self.held is not None:
            if len(self.held) < MAX_HELD:  # past it the hole is found when the replay ends
                self.held.append((seq, frame))
            return True
        if seq <= self.seq:
            return True
        if seq != self.seq + 1:
            return False
        self.seq = seq
        self.write(frame)
        return True

    def hold(self) -> None:
        """Keep live events aside from here on, until `release`."""
        self.held = []

    def release(self) -> bool:
        """Go live with what was held; False if a hole is left, and then the events stay held."""
        held, self.held = self.held or [], None
        for position, (seq, frame) in enumerate(held):
            if not self.deliver(seq, frame):
                self.held = held[position:]
                return False
        return True

    def end(self, code: int) -> None:
        """Give the socket up: nothing more is written, and its consumer closes it with this code."""
        if self.gone:
            return
        self.gone = True
        self._backlog = deque()
        if self._writer is not None and self._writer is not asyncio.current_task():
            self._writer.cancel()
        self._on_gone(code)


@types.coroutine
def _resume(sending: Coroutine[Any, Any, None], waiting: Any) -> Generator[Any, Any, None]:
    """Await the rest of a coroutine that was already driven to its first suspension."""
    while True:
        yield waiting
        try:
            waiting = sending.send(None)
        except StopIteration:
            return
