"""uvicorn's HTTP protocol, which waits for no client for ever, and keeps no endless head. Answers nothing itself.

uvicorn ends a connection that rests between two requests, and no other: it waits for a head, a body, or a client that
reads, as long as that takes. Each waiting client costs little, but they add up, and whoever wants may be thousands.
A clock for each request would cost each request; so `sweep` looks at all connections once a second, at what each waits
for, and ends those where that has been the same for too long.

Give this to uvicorn as `--http project.uvicorn_http:Bounded`, and have somebody call `sweep`.
"""

import contextlib
import resource
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from core.env import environment

HEAD_SECONDS = 10.0  # for a whole head, from its first byte or the connection's begin
BODY_SECONDS = 15.0  # in which at least LEAST_BYTES of a body come
READ_SECONDS = 30.0  # in which a client takes as many of what we have written
LEAST_BYTES = 4_096
MOST_HEAD_BYTES = 65_536  # more than any proxy lets through; uvicorn has no limit
OTHERS = 5_000  # connections beside the streams and polls, which are counted among the sockets
MOST_UNSENT_BYTES = 131_072  # in the kernel, which would else take 4 MiB for each client that does not read
RETRY_AFTER_SECONDS = 5

TCP_INFO = struct.Struct("=120x Q")  # linux/tcp.h: bytes_acked
TCP_NOTSENT_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", 0)  # of Linux and macOS
AT_ONCE = struct.pack("ii", 1, 0)  # of SO_LINGER: or the kernel would try for minutes to send what is left

_open: set["Bounded"] = set()


def sweep(now: float) -> None:
    """End the connections whose clients take too long. `now`: the event loop's time."""
    for connection in tuple(_open):
        connection.look(now)


def most() -> int:
    """How many connections may be open here; half of the descriptors are left to sockets, files and the services."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(environment().max_sockets + OTHERS, descriptors // 2)


class Bounded(HttpToolsProtocol):
    """One connection, until it ends or becomes a websocket."""

    _bare_bytes = 0  # that came since a head was whole, or a part of a body
    _body_bytes = 0
    _last_cycle: Any = None
    _answered: Any = None  # the cycle whose application runs; behind it others may wait
    _waits: tuple[Any, ...] = ()
    _since = 0.0

    def connection_made(self, transport: Any) -> None:
        """Take the connection, if there is room for it."""
        super().connection_made(transport)
        _open.add(self)
        if TCP_NOTSENT_LOWAT:
            self._set(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, MOST_UNSENT_BYTES)
        if len(_open) > most():
            self._refuse(503, "Service Unavailable", f"retry-after: {RETRY_AFTER_SECONDS}\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        _open.discard(self)
        self._let_go()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over to who has bounds of its own."""
        _open.discard(self)
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Take what came, but no endless head, and nothing endless behind a body."""
        self._bare_bytes += len(data)
        super().data_received(data)
        if self.cycle is not self._last_cycle:
            self._last_cycle, self._bare_bytes = self.cycle, 0
        elif self._bare_bytes > MOST_HEAD_BYTES:
            self._refuse(431, "Request Header Fields Too Large")

    def on_body(self, body: bytes) -> None:
        self._bare_bytes = 0
        self._body_bytes += len(body)
        super().on_body(body)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def look(self, now: float) -> None:
        """End the connection if it has waited for the same for too long."""
        seconds, waits = self._waiting()
        if not seconds or waits != self._waits:
            self._waits, self._since = waits, now
        elif now - self._since >= seconds:
            self._end()

    def _waiting(self) -> tuple[float, tuple[Any, ...]]:
        """For how long a client may let us wait like this, and for what; 0 where it is we who take the time."""
        cycle = self.cycle
        if self.transport.get_write_buffer_size():
            return READ_SECONDS, ("read", self._taken())
        if cycle is None or cycle.response_complete:
            return 0 if self.timeout_keep_alive_task else HEAD_SECONDS, ("head", cycle)
        if cycle.more_body and not cycle.response_started and not self.flow.read_paused:
            return BODY_SECONDS, ("body", cycle, self._body_bytes // LEAST_BYTES)
        return 0, ()

    def _taken(self) -> int:
        """How much a client has taken so far, in steps; where the kernel does not tell, what is left."""
        try:
            info = self.transport.get_extra_info("socket").getsockopt(
                socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size
            )
            return int(TCP_INFO.unpack(info)[0] // LEAST_BYTES)
        except (AttributeError, OSError, struct.error):
            return -self.transport.get_write_buffer_size()

    def _end(self) -> None:
        if self._waits[0] == "read":
            self._cut()
        elif self._waits[0] == "head" and not self._bare_bytes:  # who has said nothing is told nothing
            self.transport.close()
        else:
            self._refuse(408, "Request Timeout")

    def _refuse(self, status: int, phrase: str, headers: str = "") -> None:
        """Answer and close; in the middle of another answer only close."""
        if self.transport.is_closing():
            return
        if self._answered and self._answered.response_started and not self._answered.response_complete:
            self._cut()
            return
        head = f"HTTP/1.1 {status} {phrase}\r\n{headers}content-length: 0\r\nconnection: close\r\n\r\n"
        self.transport.write(head.encode())
        self._let_go()
        self.transport.close()

    def _cut(self) -> None:
        self._let_go()
        self._set(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.transport.abort()

    def _let_go(self) -> None:
        """Tell the application that its client is gone: uvicorn tells the last of several requests alone."""
        self.pipeline.clear()
        if self._answered and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()

    def _set(self, level: int, option: int, value: Any) -> None:
        with contextlib.suppress(AttributeError, OSError):  # of the file system, or gone
            self.transport.get_extra_info("socket").setsockopt(level, option, value)
