"""Server-Sent Events at /rt/sse: the hub's own socket with another writer, so that every rule of it holds here too.

A client cannot speak, so what it would say is done for it: it is heard as long as it takes what is written, and after
`lag` it is brought up to date without asking.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import msgspec

from core.problems import TooMany
from realtime import arrival, hub, protocol, web
from realtime.admission import Entry
from realtime.arrival import Refused
from realtime.meters import meters
from realtime.peers import peer_of
from realtime.protocol import Close, Cursor
from realtime.socket import Outlet, Socket
from realtime.web import Asked, Receive, Scope, Send

logger = logging.getLogger(__name__)

NAMED = frozenset({"welcome", "ready", "resync"})
RETRY_MS = 3_000  # what EventSource waits before it comes back by itself …
RETRY_STOP_MS = 3_600_000  # … and after a close that asks it to stop; nothing else keeps it from coming
STOP = 4400  # from here on a code asks the client to stop
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # nginx would wait for a few KiB
    *web.PRIVATE,
]


class _Head(msgspec.Struct):
    """What the writer must know of a frame."""

    t: str
    seq: int = 0
    head: int = 0
    epoch: str = ""
    resume: str = ""
    user: Any = None
    at: Any = None


_heads = msgspec.json.Decoder(_Head)


@web.only_get
async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one client until it leaves or its socket ends."""
    asked = web.read(scope)
    with web.admitted(hub.current()) as entry:
        await _Stream(send, scope, entry).run(asked, receive)


class _Stream:
    """One client: a socket of the hub whose frames become events."""

    def __init__(self, send: Send, scope: Scope, entry: Entry) -> None:
        self._send = send
        self._scope = scope
        self._entry = entry
        self._hub = hub.current()
        self._gone: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._socket: Socket | None = None
        self._epoch = ""  # of the person's log; none for a visitor
        self._seq = 0  # of the newest event written: what the client comes back with

    async def run(self, asked: Asked, receive: Receive) -> None:
        """Let the client in, and stay.

        Raises:
            Problem: if it is not let in; nothing has been sent then.
        """
        outlet = Outlet(self.write, {"photophore.frame": {"abort": _cutter(self._send)}})
        try:
            self._socket = await arrival.admit(self._hub, outlet, asked.credentials, self._end)
        except Refused as error:
            raise web.refusal(error.close, str(error)) from error
        self._socket.peer = peer_of(self._scope, "sse")
        try:
            if self._socket.viewer is None and not self._entry.visit(self._scope):
                raise TooMany("Too many visitors from this address.")
            await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            meters.accepted["sse"] += 1
            self._seq = asked.cursor.seq if asked.cursor else 0
            code = await self._serve(self._socket, asked, receive)
        finally:
            self._hub.leave(self._socket)
        self._hub.ends.note(self._socket, code)
        await self._close(code)

    async def _serve(self, socket: Socket, asked: Asked, receive: Receive) -> int:
        """Everything between the handshake and the end; answers the close code, 0 if the client left."""
        try:
            await arrival.greet(self._hub, socket, asked.cursor)
            if topics := asked.query.get("topics"):
                await arrival.subscribe(self._hub, socket, topics.split(","), "topics")
        except Exception:
            logger.exception("stream not greeted")
            return Close.INTERNAL
        leaving: asyncio.Future[Any] = asyncio.ensure_future(web.left(receive))
        await asyncio.wait({leaving, self._gone}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        return self._gone.result() if self._gone.done() else 0

    async def write(self, message: dict[str, Any]) -> None:
        """Write what a websocket would send, one event for each message in it. Waits while the client does not read."""
        heads = [(text, _heads.decode(text)) for text in message["text"].split("\n")]
        body = "".join(self._event(text, head) for text, head in heads)
        await self._send({"type": "http.response.body", "body": body.encode(), "more_body": True})
        if self._socket is None:
            return
        self._socket.heard_at = time.monotonic()  # it takes what is written: that is all it can say
        if self._epoch and any(head.t == "lag" for _, head in heads):
            self._hub.run(self._catch_up(self._socket))

    def _event(self, text: str, head: _Head) -> str:
        """A frame as an event: `id` where it moves the cursor, a name for what every client waits for.

        An event that is not the next one is left out, since a cursor behind a hole would lose what is in it.
        """
        if head.t == "ev" and head.seq != self._seq + 1:
            return ""
        name = f"event: {head.t}\n" if head.t in NAMED else ""
        return f"{name}{self._id(head)}data: {text}\n\n"

    def _id(self, head: _Head) -> str:
        match head.t:
            case "welcome" if head.user is not None:
                self._epoch = head.epoch
                self._seq = head.head if head.resume == "fresh" else self._seq
                return ""
            case "resync":
                self._epoch, self._seq = head.at["epoch"], head.at["seq"]
            case "ev":
                self._seq += 1
            case "ready" if self._epoch:
                pass
            case _:
                return ""
        return f"id: {self._epoch}.{self._seq}\n"

    async def _catch_up(self, socket: Socket) -> None:
        """What a client does after `lag`: ask for what follows the last event that it got."""
        if socket.held is not None or socket.gone:
            return
        await self._hub.resume(socket, Cursor(self._epoch, self._seq))
        if not socket.lagging:
            socket.write(protocol.ready(socket.seq))

    def _end(self, code: int) -> None:
        if not self._gone.done():
            self._gone.set_result(code)

    async def _close(self, code: int) -> None:
        """Tell the code, since no status can be sent any more, and end the answer."""
        if code == Close.SLOW:  # it is cut off already
            return
        retry = RETRY_STOP_MS if code >= STOP else RETRY_MS
        last = f'retry: {retry}\nevent: close\ndata: {{"t":"close","code":{int(code)}}}\n\n' if code else ""
        ending = self._send({"type": "http.response.body", "body": last.encode(), "more_body": False})
        try:
            await asyncio.wait_for(ending, protocol.HEARTBEAT_WITHIN_SECONDS)
        except TimeoutError:
            _cutter(self._send)()


def _cutter(send: Send) -> Callable[[], None]:
    """How to cut the connection of a client that does not read: uvicorn keeps it behind `send`, others nowhere."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    cut: Callable[[], None] = getattr(transport, "abort", lambda: None)
    return cut
