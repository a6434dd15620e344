"""The socket's edge: a Channels consumer that reads commands and makes one call for each. Sends through the hub."""

import asyncio
import logging
import time
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from core.problems import Problem
from realtime import admission, arrival, auth, hub, passing, protocol
from realtime.arrival import Refused
from realtime.meters import meters
from realtime.peers import peer_of
from realtime.protocol import Cursor
from realtime.socket import Outlet, Socket

logger = logging.getLogger(__name__)


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """One socket, from its handshake to its end."""

    # A name that is not configured: user sockets sit on no channel layer (docs/adr/0002).
    channel_layer_alias = "none"

    def __init__(self) -> None:
        super().__init__()
        self.hub = hub.current()
        self.entry = admission.Entry(admission.doors())
        self.socket: Socket | None = None
        self.credentials = auth.Credentials()
        self.close_code = 0
        self.tokens = float(protocol.BURST_MESSAGES)
        self.counted_at = time.monotonic()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Read the server's messages one by one; unlike Channels' own, without a queue and two tasks a socket."""
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            return
        finally:
            self._leave()  # however it ends: its line is another's next
            self.entry.leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one message of the server; unlike Channels' own, no hop through a thread for each."""
        match message["type"]:
            case "websocket.connect":
                await self._connect()
            case "websocket.receive":
                await self._receive(message)
            case "websocket.disconnect":
                self.hub.ends.note(self.socket, self.close_code or message.get("code", 0))
                raise StopConsumer

    def _leave(self) -> None:
        if self.socket is not None:
            self.hub.leave(self.socket)

    async def _connect(self) -> None:
        if not await self.entry.enter(self.scope, self.base_send, draining=self.hub.draining):
            return
        try:
            self.credentials = auth.credentials(self.scope)
        except auth.ForeignOrigin as error:
            meters.refused["origin"] += 1
            logger.warning("socket refused, origin %s", error)
            await self.close()  # before accept: 403, and the cookie was not even looked at
            return
        await self.accept()
        meters.accepted["websocket"] += 1
        self.accepted_at = time.monotonic()
        self.patience = asyncio.get_running_loop().call_later(protocol.HELLO_WITHIN_SECONDS, self._expect_hello)

    def _expect_hello(self) -> None:
        if self.socket is None and not self.close_code:
            self._close_soon(protocol.Close.PROTOCOL)

    async def _hello(self, hello: protocol.Hello) -> None:
        """Let the client in: subscribe, read what it missed, replay, go live."""
        given = self.credentials.with_ticket(hello.auth.ticket if hello.auth else "")
        outlet = Outlet(self.base_send, self.scope.get("extensions") or {})
        peer = peer_of(self.scope, "websocket", hello.client)
        self.socket = await arrival.admit(self.hub, outlet, given, self._close_soon)
        self.socket.peer = peer
        if self.socket.viewer is None and not self.entry.visit(self.scope):
            raise Refused(protocol.Error.LIMIT, protocol.Close.TOO_MANY, "Too many visitors from this address.")
        self.credentials = auth.Credentials()  # proved; nothing keeps them
        self.patience.cancel()
        await arrival.greet(self.hub, self.socket, hello.cursor)
        meters.ready.observe(time.monotonic() - self.accepted_at)
        if hello.topics:
            await arrival.subscribe(self.hub, self.socket, hello.topics, "hello")

    async def _receive(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        meters.frames_in += 1
        meters.bytes_in += len(text or "")
        if text is None or len(text.encode()) > protocol.MAX_FRAME_BYTES:
            detail = "Frames are text." if text is None else f"A frame has at most {protocol.MAX_FRAME_BYTES} bytes."
            await self._refuse(
                protocol.Error.LIMIT, detail, protocol.Close.TOO_BIG if text else protocol.Close.MALFORMED
            )
            return
        if not self._within_rate():
            await self._refuse(protocol.Error.RATE_LIMITED, "Too many messages.", protocol.Close.RATE_LIMITED)
            return
        if self.socket is not None and self.socket.tap is not None:
            self.socket.tap.hear(text)
        try:
            await self._handle(protocol.decode(text))
        except protocol.BadFrame as error:
            await self._answer_bad_frame(error)
        except Refused as error:
            await self._refuse(error.error, str(error), error.close)
        except Problem as error:
            await self._refuse(protocol.Error.INTERNAL, str(error), protocol.Close.INTERNAL)
        except Exception:
            logger.exception("socket command failed")
            await self._refuse(protocol.Error.INTERNAL, "Something went wrong.", protocol.Close.INTERNAL)

    def _within_rate(self) -> bool:
        """A bucket of BURST_MESSAGES that fills by MESSAGES_A_SECOND."""
        now = time.monotonic()
        earned = (now - self.counted_at) * protocol.MESSAGES_A_SECOND
        self.tokens = min(float(protocol.BURST_MESSAGES), self.tokens + earned) - 1
        self.counted_at = now
        return self.tokens >= 0

    async def _answer_bad_frame(self, error: protocol.BadFrame) -> None:
        """An unknown type is told and passed over; what cannot be read ends the socket."""
        if error.code == protocol.Error.UNKNOWN_TYPE:
            await self._say(protocol.error(error.code, str(error)))
        else:
            await self._refuse(error.code, str(error), protocol.Close.MALFORMED)

    async def _handle(self, command: protocol.AnyCommand) -> None:
        if self.socket is None:
            if not isinstance(command, protocol.Hello):
                await self._refuse(protocol.Error.BAD_REQUEST, "The first frame is `hello`.", protocol.Close.PROTOCOL)
                return
            await self._hello(command)
            return
        socket = self.socket
        socket.heard_at = time.monotonic()
        match command:
            case protocol.Heartbeat():
                socket.answered()
                self.hub.beat(socket)
            case protocol.Subscribe():
                await arrival.subscribe(self.hub, socket, command.topics, command.id)
            case protocol.Unsubscribe():
                arrival.unsubscribe(self.hub, socket, command.topics, command.id)
            case protocol.View():
                await arrival.view(self.hub, socket, command.add, command.del_)
            case protocol.Acknowledge():
                socket.acked, socket.acked_at = command.seq, time.time()
            case protocol.Resume():
                await self._resume(socket, Cursor(command.epoch, command.seq))
            case protocol.Authenticate():
                await arrival.renew(self.hub, socket, command)
            case protocol.Typing():
                await passing.type_on(self.hub, socket, command.topic)
            case protocol.Hello():
                socket.write(protocol.error(protocol.Error.BAD_REQUEST, "`hello` was said already."))

    async def _resume(self, socket: Socket, cursor: Cursor) -> None:
        if socket.viewer is None:
            socket.write(protocol.error(protocol.Error.UNAUTHENTICATED, "A visitor has no log to resume."))
            return
        if socket.held is not None:
            return
        await self.hub.resume(socket, cursor)
        socket.write(protocol.ready(socket.seq))

    async def _say(self, frame: str) -> None:
        if self.socket is not None:
            self.socket.write(frame)
        else:
            await self.base_send({"type": "websocket.send", "text": frame})

    async def _refuse(self, code: protocol.Error, detail: str, close_code: protocol.Close) -> None:
        """Say why, then close: a close before or without a word reaches browsers as 1006 only."""
        await self._say(protocol.error(code, detail))
        if self.socket is not None:
            self.socket.end(close_code)
        else:
            self._close_soon(close_code)

    def _close_soon(self, code: int) -> None:
        """Close from a place that cannot wait. A client that does not even read the close is cut off by the server."""
        if self.close_code:
            return
        self.close_code = code
        logger.info("socket given up, %d", code)
        # Not now: the hub may be in the middle of writing to everybody, and this socket among them.
        asyncio.get_running_loop().call_soon(self._leave)
        self._closing = asyncio.ensure_future(self._close(code))

    async def _close(self, code: int) -> None:
        try:
            # A plain int: Daphne's library refuses what is merely a kind of one, and the client would wait for ever.
            await asyncio.wait_for(self.close(code=int(code)), protocol.HEARTBEAT_WITHIN_SECONDS)
        except Exception as error:  # the client left first, each server says it in its own way
            logger.debug("close %s: %s", code, error)
