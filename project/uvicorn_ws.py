"""uvicorn's websocket protocol with ready frames, and a third less memory a socket. Knows no rt.v1.

ASGI lets an application send a text, which the server frames anew for each socket. For one text to thousands that is
a third of the cost of a delivery, so this offers, beside `send`, `scope["extensions"]["photophore.frame"]`:
`write(bytes)` for whole frames, and `abort()`. Give it to uvicorn as `--ws project.uvicorn_ws:ReadyFrames`.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "photophore.frame"
NO_FILE = -1  # of which the kernel takes nothing

ToKernel = Callable[[int, bytes], int]

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
        "_close_sent", "app", "app_state", "asgi_version", "blocked", "client", "close_timeout", "close_timer",
        "config", "conn", "connections", "curr_msg_data_type", "default_headers", "disconnected", "frames",
        "handshake_complete",
        "handshake_initiated", "initial_response", "last_ping_rtt", "logger", "loop", "pending_ping_payload",
        "ping_interval", "ping_sent_at", "ping_timeout", "ping_timer", "pong_timer", "queue", "read_paused", "request",
        "response", "root_path", "scheme", "scope", "server", "tasks", "transport", "writable",
    )  # fmt: skip

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.blocked = True  # before the handshake is over, while the client does not read, and after the end
        super().__init__(*arguments, **options)
        self.queue = Inbox()  # type: ignore[assignment]
        self.logger = self.conn.logger = _quiet

    @property
    def close_sent(self) -> bool:
        """Whether our close frame is on its way; behind it nothing is written."""
        return self._close_sent

    @close_sent.setter
    def close_sent(self, sent: bool) -> None:
        self._close_sent = sent
        self.blocked = self.blocked or sent

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; from here on `blocked` says exactly whether the transport keeps anything back."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)

    def handle_connect(self, event: Request) -> None:
        """Offer the extension to the application, which starts when this returns."""
        super().handle_connect(event)
        if not self.close_sent:  # else the handshake was no handshake, and there is no application
            self.scope["extensions"][EXTENSION] = {"write": self._make_write(), "abort": self._abort}

    def start_keepalive(self) -> None:
        """Let go of the handshake, which is over when uvicorn calls this: 2 KiB of headers."""
        super().start_keepalive()
        self.blocked = False
        del self.request, self.response

    def pause_writing(self) -> None:
        super().pause_writing()
        self.blocked = True

    def resume_writing(self) -> None:
        super().resume_writing()
        self.blocked = not self.handshake_complete or self.close_sent or self.transport.is_closing()

    def data_received(self, data: bytes) -> None:
        """Take what came; a close frame of the client's is the end of ours."""
        super().data_received(data)
        self.blocked = self.blocked or self.transport.is_closing()

    def shutdown(self) -> None:
        """Close, as the server ends."""
        super().shutdown()
        self.blocked = True

    def _abort(self) -> None:
        self.blocked = True
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.blocked = True
        if scope := getattr(self, "scope", None):
            scope["extensions"].pop(EXTENSION, None)  # it holds us, and we it: a cycle for each socket that was

    def _make_write(self) -> Callable[[bytes], bool]:
        # Called for every delivery. What it needs lies in its defaults, close together, and it asks nothing of the
        # transport: a frame for 5,000 sockets finds the memory of each of them cold.
        transport, write_all = self.transport, self.transport.write
        is_plain = transport.get_extra_info("sslcontext") is None
        file = transport.get_extra_info("socket").fileno() if is_plain else NO_FILE

        def write(frames: bytes, this: ReadyFrames = self, file: int = file, to_kernel: ToKernel = os.write) -> bool:
            """Hand whole frames to the kernel; False, and nothing is written, where that cannot be done now.

            That is before the handshake is complete, once a close frame was sent or received, and while the client
            does not read. `send` waits, or raises, in the same places.
            """
            if this.blocked:
                return False
            try:
                taken = to_kernel(file, frames)  # ours until connection_lost, which blocks
            except OSError:
                taken = 0
            if taken != len(frames):
                write_all(frames[taken:])  # which waits, or notices that the client is gone; TLS it encrypts
            return True

        return write
