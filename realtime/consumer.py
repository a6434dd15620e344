"""The socket's edge: a Channels consumer that reads commands and makes one call for each. Sends through the hub."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from core import clock, crossing
from core.problems import Problem
from realtime import auth, hub, log, protocol, topics
from realtime.socket import Socket

logger = logging.getLogger(__name__)


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """One socket, from its handshake to its end."""

    # A name that is not configured: user sockets sit on no channel layer (docs/adr/0002).
    channel_layer_alias = "none"

    def __init__(self, rules: Mapping[str, topics.Rule]) -> None:
        """`rules` tells for each kind of topic who may watch which."""
        super().__init__()
        self.rules = rules
        self.socket: Socket | None = None
        self.credentials = auth.Credentials()
        self.close_code = 0
        self.tokens = float(protocol.BURST_MESSAGES)
        self.counted_at = time.monotonic()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one message of the server; unlike Channels' own, no hop through a thread for each."""
        match message["type"]:
            case "websocket.connect":
                await self._connect()
            case "websocket.receive":
                await self._receive(message)
            case "websocket.disconnect":
                self._leave()
                raise StopConsumer

    def _leave(self) -> None:
        if self.socket is not None:
            hub.current().leave(self.socket)

    async def _connect(self) -> None:
        try:
            self.credentials = auth.credentials(self.scope)
        except auth.ForeignOrigin as error:
            logger.warning("socket refused, origin %s", error)
            await self.close()  # before accept: 403, and the cookie was not even looked at
            return
        await self.accept()
        asyncio.get_running_loop().call_later(protocol.HELLO_WITHIN_SECONDS, self._expect_hello)

    def _expect_hello(self) -> None:
        if self.socket is None and not self.close_code:
            self._close_soon(protocol.Close.PROTOCOL)

    async def _hello(self, hello: protocol.Hello) -> None:
        """Let the client in: subscribe, read what it missed, replay, go live."""
        try:
            viewer = await crossing.call(auth.viewer_of, self.credentials)
        except auth.BadToken:
            await self._refuse(
                protocol.Error.UNAUTHENTICATED, "This token is not valid.", protocol.Close.UNAUTHENTICATED
            )
            return
        self.socket = socket = Socket(self.base_send, viewer, on_gone=self._close_soon)
        await hub.current().join(socket)
        if viewer is None:
            socket.held = None
            self._welcome(socket, log.Replay("fresh", await crossing.call(log.epoch), 0, []))
        else:
            replay = await crossing.call(log.replay, viewer.id, hello.cursor)
            self._welcome(socket, replay)
            await hub.current().catch_up(socket, replay)
        socket.write(hub.current().said())
        socket.write(protocol.ready(socket.seq))
        if hello.topics:
            await self._subscribe(socket, protocol.Subscribe(topics=hello.topics, id="hello"))

    @staticmethod
    def _welcome(socket: Socket, replay: log.Replay) -> None:
        viewer = socket.viewer
        user = {"id": str(viewer.id), "username": viewer.username, "name": viewer.name} if viewer else None
        welcome = protocol.welcome(
            connection=socket.id, node=settings.NODE, user=user,
            epoch=replay.epoch, head=replay.head, resume=replay.outcome, now=clock.now(),
        )  # fmt: skip
        socket.write(welcome)
        socket.welcomed = True

    async def _receive(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        if text is None or len(text.encode()) > protocol.MAX_FRAME_BYTES:
            detail = "Frames are text." if text is None else f"A frame has at most {protocol.MAX_FRAME_BYTES} bytes."
            await self._refuse(
                protocol.Error.LIMIT, detail, protocol.Close.TOO_BIG if text else protocol.Close.MALFORMED
            )
            return
        if not self._within_rate():
            await self._refuse(protocol.Error.RATE_LIMITED, "Too many messages.", protocol.Close.RATE_LIMITED)
            return
        try:
            await self._handle(protocol.decode(text))
        except protocol.BadFrame as error:
            await self._answer_bad_frame(error)
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
                socket.spoken_at = socket.heard_at
                socket.write(protocol.heartbeat(socket.seq))
            case protocol.Subscribe():
                await self._subscribe(socket, command)
            case protocol.Unsubscribe():
                hub.current().unwatch(socket, command.topics)
                socket.write(protocol.ok(command.id, {}, {}))
            case protocol.View():
                await self._view(socket, command)
            case protocol.Resume():
                await self._resume(socket, command)
            case protocol.Hello():
                socket.write(protocol.error(protocol.Error.BAD_REQUEST, "`hello` was said already."))

    async def _resume(self, socket: Socket, command: protocol.Resume) -> None:
        if socket.viewer is None or socket.held is not None:
            return
        socket.hold()
        cursor = protocol.Cursor(command.epoch, command.seq)
        await hub.current().catch_up(socket, await crossing.call(log.replay, socket.viewer.id, cursor))
        socket.write(protocol.ready(socket.seq))

    async def _subscribe(self, socket: Socket, command: protocol.Subscribe) -> None:
        """Watch topics: subscribed first, then allowed and read, so that nothing falls between the two."""
        names = list(dict.fromkeys(command.topics))
        if len(names) > protocol.MAX_TOPICS_A_MESSAGE or len(socket.topics) + len(names) > protocol.MAX_TOPICS:
            limit = f"At most {protocol.MAX_TOPICS_A_MESSAGE} topics a message and {protocol.MAX_TOPICS} a socket."
            socket.write(protocol.error(protocol.Error.LIMIT, limit, command_id=command.id))
            return
        states, denied = await self._enter(socket, names)
        hub.current().watch(socket, states)
        shown = {name: {"ver": state.ver, "snap": state.snap} for name, state in states.items()}
        socket.write(protocol.ok(command.id, shown, denied))

    async def _view(self, socket: Socket, command: protocol.View) -> None:
        """Follow the counters of the posts on screen; what may not be seen is passed over in silence."""
        hub.current().unview(socket, [f"post:{post_id}" for post_id in command.del_])
        names = [f"post:{post_id}" for post_id in dict.fromkeys(command.add)]
        if len(socket.viewed) + len(names) > protocol.MAX_VIEWED:
            socket.write(protocol.error(protocol.Error.LIMIT, f"At most {protocol.MAX_VIEWED} posts in view."))
            return
        states, _ = await self._enter(socket, names)
        hub.current().view(socket, states)
        if states:
            members = [
                protocol.counter(int(name.partition(":")[2]), state.ver, state.snap["likes"], state.snap["comments"])
                for name, state in states.items()
            ]
            socket.write(protocol.counters(members))

    async def _enter(self, socket: Socket, names: list[str]) -> tuple[dict[str, topics.TopicState], dict[str, int]]:
        """Listen to topics and split them into those the viewer may watch, with their state, and those denied."""
        parts = {name: topics.split(name) for name in names}
        known = [name for name, part in parts.items() if part is not None and part[0] in self.rules]
        await hub.current().listen(known)
        states: dict[str, topics.TopicState] = {}
        try:
            states = await self._states(socket, known)
        finally:  # what was refused, or could not be asked, is not listened to any longer
            hub.current().ignore(name for name in known if name not in states)
        return states, {name: protocol.Error.UNKNOWN_TOPIC for name in names if name not in states}

    async def _states(self, socket: Socket, names: list[str]) -> dict[str, topics.TopicState]:
        """Ask each kind's rule once; what a viewer may not see answers like what is not there."""
        viewer_id = socket.viewer.id if socket.viewer else None
        states: dict[str, topics.TopicState] = {}
        for kind, rule in self.rules.items():
            keys = [name.partition(":")[2] for name in names if name.startswith(f"{kind}:")]
            if keys:
                allowed = await crossing.call(rule, viewer_id, keys)
                # By the names that were asked for and listened to: a rule may read `07` as 7, which nobody counted.
                states |= {f"{kind}:{key}": allowed[key] for key in keys if key in allowed}
        return states

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
            await asyncio.wait_for(self.close(code=code), protocol.HEARTBEAT_WITHIN_SECONDS)
        except Exception as error:  # the client left first, each server says it in its own way
            logger.debug("close %s: %s", code, error)
