"""Long polling at /api/v1/events: durable events after a cursor, waited for without a thread or a connection.

Native ASGI and not an operation of the REST API: Django keeps a thread for each request that it has not answered.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from accounts.viewers import Viewer
from core.problems import Invalid, TooMany, Unauthenticated
from realtime import hub as hubs
from realtime import protocol, web
from realtime.hub import Hub
from realtime.log import Replay
from realtime.peers import Peer, peer_of
from realtime.protocol import Close, Cursor
from realtime.socket import Outlet, Socket
from realtime.web import Receive, Scope, Send

MAX_WAIT_SECONDS = 25
MAX_WAITING = 4  # polls of a person in this process
BLIND_SECONDS = 2  # without Redis nothing wakes a poll: ask again soon
RETRY_AFTER_SECONDS = 5

_PROPERTIES = {
    "items": {"type": "array", "items": {"type": "object"}, "description": "Frames `ev`, as sockets have them."},
    "head": {"type": "integer", "description": "The newest event there is."},
    "epoch": {"type": "string"},
    "resync": {"type": "boolean", "description": "What follows the cursor is gone: load the snapshot again."},
}
_ANSWER = {"type": "object", "title": "Events", "required": [*_PROPERTIES], "properties": _PROPERTIES}

# For the description of the REST API, among whose addresses this one is.
DESCRIPTION: dict[str, Any] = {
    "get": {
        "operationId": "realtime_events",
        "summary": "Events",
        "description": "What happened to the viewer behind a cursor; waits for it where there is nothing yet.",
        "tags": ["realtime"],
        "parameters": [
            {"in": "query", "name": "after", "schema": {"type": "string"}, "description": "`<epoch>.<seq>`"},
            {"in": "query", "name": "wait", "schema": {"type": "integer", "minimum": 0, "maximum": MAX_WAIT_SECONDS}},
        ],
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": _ANSWER}}}},
        "security": [{"Bearer": []}, {"SessionToken": []}, {"SessionCookie": []}],
    }
}

_waiting: Counter[int] = Counter()  # person → polls that wait


@dataclass(frozen=True, slots=True)
class _Poll:
    """A person's question, and the end of the control log before it was known whose it is."""

    viewer: Viewer
    place: int
    cursor: Cursor | None
    wait_seconds: int
    peer: Peer
    receive: Receive


@web.only_get
async def events(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one poll."""
    asked = web.read(scope)
    wait_seconds = _wait_seconds(asked.query.get("wait", "0"))
    hub = hubs.current()
    place = hub.control.place
    proof = await hub.reads.polls.proof(asked.credentials)
    if proof.error is not None:
        raise web.refusal(proof.close, proof.detail)
    if proof.viewer is None:
        raise Unauthenticated
    poll = _Poll(proof.viewer, place, asked.cursor, wait_seconds, peer_of(scope, "poll"), receive)
    await web.answer(send, 200, "application/json", _body(await _answer(hub, poll)), [])


def _wait_seconds(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text[:4]) > MAX_WAIT_SECONDS:
        raise Invalid(f"A whole number of seconds, from 0 to {MAX_WAIT_SECONDS}.", field="wait")
    return int(text)


def _body(replay: Replay) -> bytes:
    """The answer, with the frames byte for byte as the log keeps them."""
    is_resync = "true" if replay.outcome == "resync" else "false"
    items = ",".join(replay.frames)
    return f'{{"items":[{items}],"head":{replay.head},"epoch":"{replay.epoch}","resync":{is_resync}}}'.encode()


async def _answer(hub: Hub, poll: _Poll) -> Replay:
    """What was missed, or what comes while the poll may wait."""
    viewer, cursor = poll.viewer, poll.cursor
    replay = await hub.reads.polls.missed(viewer.id, cursor)
    if cursor is None or replay.frames or replay.outcome == "resync" or not poll.wait_seconds or hub.draining:
        return replay
    if _waiting[viewer.id] >= MAX_WAITING or len(hub.users.get(viewer.id, ())) >= protocol.MAX_SOCKETS_A_USER:
        detail = f"At most {MAX_WAITING} polls may wait, and {protocol.MAX_SOCKETS_A_USER} sockets with them."
        raise TooMany(detail, retry_after_seconds=RETRY_AFTER_SECONDS)
    _waiting[viewer.id] += 1
    try:
        with web.admitted(hub):
            heard = await _wait(hub, poll, cursor)
    finally:
        _waiting[viewer.id] -= 1
        if not _waiting[viewer.id]:
            del _waiting[viewer.id]
    return await hub.reads.polls.missed(viewer.id, cursor, heard=heard)


async def _wait(hub: Hub, poll: _Poll, cursor: Cursor) -> int:
    """Return when there is something behind the cursor, when the client is gone, or when the time is over.

    Answers the newest event that was heard of.

    Raises:
        Unauthenticated: if what proved the person ends meanwhile.
    """
    woken = asyncio.Event()
    ended: list[int] = []

    async def wake(message: dict[str, Any]) -> None:
        if '"t":"ev"' in message["text"]:
            woken.set()

    def end(code: int) -> None:
        ended.append(code)
        woken.set()

    socket = Socket(Outlet(wake, {}), poll.viewer, on_gone=end)
    socket.peer = poll.peer
    await _hear(hub, socket, poll, cursor, woken)
    if ended and ended[0] >= Close.MALFORMED:
        raise Unauthenticated("What proved who you are has ended.")
    return socket.seq


async def _hear(hub: Hub, socket: Socket, poll: _Poll, cursor: Cursor, woken: asyncio.Event) -> None:
    """Be a socket of the hub for a while; the log is read after joining it, so that nothing falls between."""
    watches: list[asyncio.Future[Any]] = []
    try:
        await hub.join(socket)
        if hub.control.place != poll.place:  # what ended meanwhile found no socket of theirs to close
            await hub.control.verify(socket)
        replay = await hub.reads.polls.compared(poll.viewer.id, cursor)
        await hub.catch_up(socket, replay)
        if replay.outcome == "resync":
            return
        seconds = poll.wait_seconds if hub.bus.up else min(poll.wait_seconds, BLIND_SECONDS)
        watches += [asyncio.ensure_future(woken.wait()), asyncio.ensure_future(web.left(poll.receive))]
        await asyncio.wait(watches, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.leave(socket)
        for watch in watches:
            watch.cancel()
