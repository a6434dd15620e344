"""One client's socket as the hub sees it: where it stands, what it watches, and a bounded way to write. No domain.

Three classes of frames, three ways to give way when the client does not read. Durable ones and answers queue up to a
bound; past it the queue is cleared, the socket is lagging, and one `lag` says so: nothing is lost, the client resumes.
A state has one slot for each key, where the latest wins. Ephemeral frames are dropped.
"""

import asyncio
import itertools
import random
import time
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from accounts.viewers import Viewer
from realtime import protocol
from realtime.meters import meters
from realtime.peers import UNKNOWN
from realtime.protocol import Frame

if TYPE_CHECKING:
    from realtime.tap import Tap

MAX_BACKLOG_FRAMES = 256
MAX_BACKLOG_BYTES = 256 * 1024
MAX_HELD = 1_000  # live events kept aside while a replay is read
BATCH = 16  # frames of a backlog that leave as one, a message a line
MAX_AGE_SECONDS = 12 * 3600  # then it is asked to come anew: memory fragments, and nodes fill unevenly
STALLED_SECONDS = 10.0  # of one write; then the client is cut off

Send = Callable[[dict[str, Any]], Awaitable[None]]
Spread = Callable[[Iterable[int], bytes], list[int]]
NOBODY: frozenset[int] = frozenset()

_numbers = itertools.count(1)


class Outlet:
    """How a socket's server is written to: ready frames where it takes them, else `send`."""

    __slots__ = ("abort", "hold", "line", "look", "send", "spread", "write")

    def __init__(self, send: Send, extensions: dict[str, Any]) -> None:
        """`extensions` are those of the ASGI scope; the ready-frame one is explained in project/uvicorn_ws.py."""
        offered = extensions.get("photophore.frame") or {}
        self.send = send
        self.write: Callable[[bytes], bool] = offered.get("write", lambda frames: False)
        self.line: int = offered.get("line", 0)
        self.spread: Spread | None = offered.get("spread")
        self.hold: Callable[[bool], None] = offered.get("hold", lambda on: None)
        self.abort: Callable[[], None] = offered.get("abort", lambda: None)
        self.look: Callable[[int], dict[str, float]] = offered.get("look", lambda line: {})


class Socket:
    """A connected client. Every method returns at once: nothing here ever waits for the network."""

    __slots__ = (
        "_backlog", "_backlog_bytes", "_on_gone", "_slots", "_writer",
        "acked", "acked_at", "ages_at", "asked_at", "expires_at", "gone", "heard_at", "held", "hidden", "id", "lagging",
        "leaving", "outlet", "peer", "round_trip", "seq", "spoken_at", "tap", "topics", "typed_at", "viewed", "viewer",
        "welcomed",
    )  # fmt: skip

    def __init__(self, outlet: Outlet, viewer: Viewer | None, *, on_gone: Callable[[int], None]) -> None:
        """`on_gone(code)` is called once when the socket must end: too slow, or its client is away."""
        self.id = f"c_{next(_numbers)}"
        self.viewer = viewer
        self.expires_at: float | None = None  # the proof of who this is, on the monotonic clock
        self.hidden = NOBODY  # whose doings this person does not see
        self.seq = 0  # of the last event written or queued
        self.acked = 0  # what the client says that it has shown
        self.acked_at = 0.0  # when it said so last, by the wall clock
        self.held: list[tuple[int, Frame]] | None = []  # while a replay is read; None once live
        self.lagging = False  # its queue was dropped; it gets no events until it resumes
        self.leaving = False  # it was asked to reconnect elsewhere
        self.topics: set[str] = set()
        self.viewed: set[str] = set()
        self.heard_at = self.spoken_at = time.monotonic()
        # Spread, or all that a restart brought at once would leave at once.
        self.ages_at = self.heard_at + MAX_AGE_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 -- no secret
        self.typed_at = 0.0
        self.peer = UNKNOWN
        self.asked_at: float | None = None  # when it was sent a heartbeat that it did not ask for
        self.round_trip: float | None = None  # seconds, of the last such heartbeat that was answered
        self.tap: Tap | None = None  # while an operator looks at what passes
        self.welcomed = False
        self.gone = False
        self.outlet = outlet
        self._on_gone = on_gone
        self._backlog: deque[tuple[int, str]] | None = None  # (seq, text); only while the client does not read
        self._backlog_bytes = 0
        self._slots: dict[str, str] | None = None
        self._writer: asyncio.Task[None] | None = None

    @property
    def viewer_id(self) -> int | None:
        """The person's id; None for a visitor."""
        return self.viewer.id if self.viewer is not None else None

    # --- The three classes ------------------------------------------------------------------------------------------
    def write(self, text: str, seq: int = 0) -> None:
        """Write an answer, or an event of the log (then with its `seq`): queued while the client does not read."""
        meters.sent("durable" if seq else "answer", len(text))
        if self.outlet.write(protocol.framed(text.encode())):
            return
        if not self._send_now(text):
            self._keep(seq, text)

    def write_frame(self, seq: int, frame: Frame) -> None:
        """Like `write`, with a frame that is shared."""
        meters.sent("durable", len(frame.ready))
        if self.outlet.write(frame.ready):
            return
        if not self._send_now(frame.text):
            self._keep(seq, frame.text)

    def show(self, key: str, frame: Frame) -> None:
        """Write a state; while the client does not read, the latest of each key waits."""
        meters.sent("state", len(frame.ready))
        if self.outlet.write(frame.ready):
            return
        if not self._send_now(frame.text) and self._slots is not None:
            self._slots[key] = frame.text

    def count(self, frame: Frame, members: list[str]) -> None:
        """Write counters, of which `members` are the parts; while the client does not read, each post has a slot."""
        meters.sent("counters", len(frame.ready))
        if self.outlet.write(frame.ready):
            return
        if not self._send_now(frame.text) and self._slots is not None:
            for member in members:
                self._slots[member.partition(":")[0]] = protocol.counters([member])

    def pass_by(self, frame: Frame) -> None:
        """Write an ephemeral frame, or drop it."""
        meters.sent("ephemeral", len(frame.ready))
        if not self.outlet.write(frame.ready) and self._backlog is None:
            self._send_now(frame.text)

    # --- Writing ----------------------------------------------------------------------------------------------------
    def _send_now(self, text: str) -> bool:
        """Hand a text to the server; False if it must wait behind others.

        The server's `send` is driven by hand: where it does not block, which is nearly always, no task is made.
        """
        if self.gone:
            return True
        if self._backlog is not None:
            return False
        sending = self.outlet.send({"type": "websocket.send", "text": text})
        assert isinstance(sending, Coroutine)
        try:
            waiting = sending.send(None)
        except StopIteration:
            return True
        except Exception:  # what a server raises for a client that has left differs from server to server
            self.end(protocol.Close.INTERNAL)
            return True
        self.outlet.hold(True)  # ready frames must not overtake what waits
        self._backlog, self._slots = deque(), {}
        self._writer = asyncio.ensure_future(self._write_on(_resume(sending, waiting)))
        return True

    def _keep(self, seq: int, text: str) -> None:
        assert self._backlog is not None
        if seq and self.lagging:  # the rest of a replay that overflowed: `lag` has told from where to ask again
            return
        self._backlog.append((seq, text))
        self._backlog_bytes += len(text)
        if len(self._backlog) > MAX_BACKLOG_FRAMES or self._backlog_bytes > MAX_BACKLOG_BYTES:
            self._drop_backlog()

    def _drop_backlog(self) -> None:
        """Give the queue up, and tell the client from where to ask again."""
        assert self._backlog is not None
        dropped = [seq for seq, _ in self._backlog if seq]
        meters.lagged += 1
        self._clear_backlog()
        if dropped:
            self.seq = dropped[0] - 1
        self.lagging = True
        if self.held is not None:
            self.held.clear()  # they come again with the replay that the client asks for
        self._backlog.append((0, protocol.lag(self.seq)))

    def _clear_backlog(self) -> None:
        if self._backlog is not None:
            self._backlog.clear()
        self._backlog_bytes = 0

    async def _write_on(self, sending: Awaitable[None]) -> None:
        """Finish the send that blocked, then write what gathered behind it; a client that stalls is cut off."""
        try:
            await asyncio.wait_for(sending, STALLED_SECONDS)
            while text := self._next():
                await asyncio.wait_for(self.outlet.send({"type": "websocket.send", "text": text}), STALLED_SECONDS)
        except TimeoutError:
            self.end(protocol.Close.SLOW)
        except Exception:
            self.end(protocol.Close.INTERNAL)
        else:
            self._writer = self._backlog = self._slots = None
            self.outlet.hold(self.gone)

    def _next(self) -> str:
        """The next few waiting messages as one frame, the durable before the states; empty when none wait."""
        backlog, slots = self._backlog, self._slots
        if self.gone or backlog is None or slots is None:
            return ""
        texts = [backlog.popleft()[1] for _ in range(min(BATCH, len(backlog)))]
        self._backlog_bytes -= sum(map(len, texts))
        while slots and len(texts) < BATCH:
            texts.append(slots.pop(next(iter(slots))))
        return "\n".join(texts)

    @property
    def waiting(self) -> int:
        """How many frames wait for the client to read."""
        return len(self._backlog or ()) + len(self._slots or ())

    @property
    def waiting_bytes(self) -> int:
        """How many characters these have."""
        return self._backlog_bytes + sum(map(len, (self._slots or {}).values()))

    @property
    def is_slow(self) -> bool:
        """Whether its client reads more slowly than it is written to."""
        return self._backlog is not None

    @property
    def is_stuck(self) -> bool:
        """Whether nothing may be written now but what waits already, or nothing any more."""
        return self.gone or self.is_slow

    def answered(self) -> None:
        """Note that the client has sent a heartbeat: if ours was under way, it is the answer to it."""
        if self.asked_at is not None:
            took = time.monotonic() - self.asked_at
            self.round_trip = took if took < protocol.HEARTBEAT_WITHIN_SECONDS else self.round_trip
            self.asked_at = None

    # --- The log ----------------------------------------------------------------------------------------------------
    def deliver(self, seq: int, frame: Frame) -> bool:
        """Take a live event; tell whether it fits. False means that events before it are missing."""
        if self.held is not None:
            if len(self.held) < MAX_HELD:  # past it the hole is found when the replay ends
                self.held.append((seq, frame))
            return True
        if seq <= self.seq or self.lagging:
            return True
        if seq != self.seq + 1:
            return False
        self.seq = seq
        self.write_frame(seq, frame)
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

    # --- The end ----------------------------------------------------------------------------------------------------
    def end(self, code: int) -> None:
        """Give the socket up: nothing more is written, and its consumer closes it with this code."""
        if self.gone:
            return
        self.gone = True
        self.outlet.hold(True)
        self._clear_backlog()
        if self._writer is not None and self._writer is not asyncio.current_task():
            self._writer.cancel()
        if code == protocol.Close.SLOW:  # it would not read the close either
            with suppress(Exception):
                self.outlet.abort()
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
