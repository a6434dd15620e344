"""uvicorn's websocket protocol with ready frames, and a third less memory a socket. Knows no rt.v1.

ASGI lets an application send a text, which the server frames anew for each socket. For one text to thousands that is
a third of the cost of a delivery, so this offers, beside `send`, `scope["extensions"]["photophore.frame"]`:
`write(frames)` for whole frames, `spread(lines, frames)` for the same to many connections, of which `line` is this
one's number, `hold(on)` for while the application has older things waiting, `abort()`, and `look(line)`, which tells
what the kernel knows of the connection. A line is the application's until it returns, and then another's; `write` says
False from then on.

Give this to uvicorn as `--ws project.uvicorn_ws:ReadyFrames`.
"""

import asyncio
import logging
import os
import socket
import struct
from array import array
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "photophore.frame"
TCP_INFO = struct.Struct("=44x I 4x I 12x I 72x I")  # linux/tcp.h: last_data_sent, last_data_recv, rtt, notsent_bytes
BLOCKED = -1
ENCRYPTED = -2  # by the transport: of this file the kernel takes nothing

# What a delivery needs of each line, in one piece: a frame for 5,000 connections finds their own memory cold, and each
# look into it would cost as much as all that is done here.
_files = array("i", [BLOCKED])  # line → its file, or one of the above; line 0 is nobody's
_owners: list["ReadyFrames | None"] = [None]
_free: list[int] = []


def write(line: int, frames: bytes) -> bool:
    """Hand whole frames to the kernel; False, and nothing is written, where that cannot be done now.

    That is before the handshake is complete, once a close frame was sent or received, while the client does not read,
    and while the line is on hold. `send` waits, or raises, in the same places.
    """
    file = _files[line]
    if file == BLOCKED:
        return False
    try:
        taken = os.write(file, frames)  # ours until connection_lost, which blocks
    except OSError:
        taken = 0
    if taken != len(frames) and (owner := _owners[line]) is not None:
        owner.transport.write(frames[taken:])  # which waits, or notices that the client is gone; TLS it encrypts
    return True


def spread(lines: Iterable[int], frames: bytes) -> list[int]:
    """Write to many lines; answer those where `write` would say False."""
    return [line for line in lines if not write(line, frames)]


def look(line: int) -> dict[str, float]:
    """What the kernel knows of a connection, as far as it does: Linux, TCP. Behind a proxy it is the one to the proxy.

    `in` and `out` are the seconds since something came and went, `trip` is a round trip's; `unsent` counts the bytes
    that wait here and in the kernel.
    """
    owner = _owners[line]
    if owner is None:
        return {}
    try:
        info = owner.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size)
        out_ms, in_ms, trip_us, unsent = TCP_INFO.unpack(info)
    except (AttributeError, OSError, struct.error):  # another system, or not TCP; an old kernel tells less
        return {}
    unsent += owner.transport.get_write_buffer_size()
    return {"in": in_ms / 1e3, "out": out_ms / 1e3, "trip": trip_us / 1e6, "unsent": unsent}


# Two lines at INFO for every socket were 8 % of the cost of a connect, and said what nobody reads. Not a child of
# uvicorn's logger: its configuration would set the level back.
_quiet = logging.getLogger(__name__)
_quiet.setLevel(logging.WARNING)
# uvicorn takes an answer of 503 in the place of a handshake for an oversight, and says so at ERROR.
_quiet.addFilter(lambda record: record.msg != "ASGI callable returned without completing handshake.")


class Inbox:
    """What came from the client and was not yet received: an asyncio.Queue for one reader, without its three deques."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[Any] = []  # nearly always empty or one: reading is paused while a message waits
        self._reader: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        return not self._messages

    def put_nowait(self, message: Any) -> None:
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Any:
        """Take the next message, waiting for it; whoever is cancelled while waiting has taken none."""
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)


class ReadyFrames(WebSocketsSansIOProtocol):
    """One connection. Frames go out in the order of the calls, whether by `send` or by `write`."""

    # All that uvicorn's class keeps. In slots it takes 0.3 KiB, in a dictionary 1.6; what a later version adds is kept
    # in a dictionary again, and works.
    __slots__ = (
        "_close_sent", "_held", "_line", "app", "app_state", "asgi_version", "client", "close_timeout", "close_timer",
        "config", "conn", "connections", "curr_msg_data_type", "default_headers", "disconnected", "frames",
        "handshake_complete",
        "handshake_initiated", "initial_response", "last_ping_rtt", "logger", "loop", "pending_ping_payload",
        "ping_interval", "ping_sent_at", "ping_timeout", "ping_timer", "pong_timer", "queue", "read_paused", "request",
        "response", "root_path", "scheme", "scope", "server", "tasks", "transport", "writable",
    )  # fmt: skip

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._line = 0
        self._held = False
        super().__init__(*arguments, **options)
        self.queue = Inbox()  # type: ignore[assignment]
        self.logger = self.conn.logger = _quiet

    # --- The line: blocked before the handshake is over, while the client does not read or we hold it, at the end -----
    def _block(self) -> None:
        _files[self._line] = BLOCKED

    def _open(self) -> None:
        """Take ready frames, if nothing is in the way."""
        is_over = self.disconnected or self.close_sent or self.transport.is_closing()
        if self._line and self.handshake_complete and not is_over and not self._held and self.writable.is_set():
            _files[self._line] = self.transport.get_extra_info("socket").fileno() if self._is_plain else ENCRYPTED

    @property
    def _is_plain(self) -> bool:
        return self.transport.get_extra_info("sslcontext") is None

    def _write(self, frames: bytes) -> bool:
        return write(self._line, frames)  # looked up for each: an application may call after its return

    def _hold(self, on: bool) -> None:
        self._held = on
        self._block() if on else self._open()

    def _take_line(self) -> None:
        if _free:
            self._line = _free.pop()
            _owners[self._line] = self
        else:
            self._line = len(_owners)
            _owners.append(self)
            _files.append(BLOCKED)

    def _give_line_back(self) -> None:
        self._block()
        _owners[self._line] = None
        _free.append(self._line)
        self._line = 0

    async def run_asgi(self) -> None:
        """Run the application; whatever it did with the line, it does no longer."""
        try:
            await super().run_asgi()
        finally:
            self._give_line_back()

    # --- What uvicorn calls -------------------------------------------------------------------------------------------
    @property
    def close_sent(self) -> bool:
        """Whether our close frame is on its way; behind it nothing is written."""
        return self._close_sent

    @close_sent.setter
    def close_sent(self, sent: bool) -> None:
        self._close_sent = sent
        if sent:
            self._block()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; from here on the line says exactly whether the transport keeps anything back.

        One that encrypts always keeps something for a moment, and all frames go through it: it has its own limits.
        """
        super().connection_made(transport)
        if self._is_plain:
            self.transport.set_write_buffer_limits(high=0)

    def handle_connect(self, event: Request) -> None:
        """Offer the extension to the application, which starts when this returns."""
        super().handle_connect(event)
        if self.close_sent:  # the handshake was no handshake, and there is no application
            return
        self._take_line()
        self.scope["extensions"][EXTENSION] = {
            "line": self._line, "spread": spread, "write": self._write, "hold": self._hold,
            "abort": self._abort, "look": look,
        }  # fmt: skip

    def start_keepalive(self) -> None:
        """Let go of the handshake, which is over when uvicorn calls this: 2 KiB of headers."""
        super().start_keepalive()
        self._open()
        del self.request, self.response

    def pause_writing(self) -> None:
        super().pause_writing()
        self._block()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._open()

    def data_received(self, data: bytes) -> None:
        """Take what came; a close frame of the client's is the end of ours."""
        super().data_received(data)
        if self.transport.is_closing():
            self._block()

    def shutdown(self) -> None:
        """Close, as the server ends."""
        super().shutdown()
        self._block()

    def _abort(self) -> None:
        self._block()
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._block()
        super().connection_lost(exc)
        if scope := getattr(self, "scope", None):
            scope["extensions"].pop(EXTENSION, None)  # it holds us, and we it: a cycle for each socket that was
