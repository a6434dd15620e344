"""A look at the messages of one socket as they pass. Changes none of them, and tells nobody by itself.

A socket that nobody looks at has no part of this on its way. While somebody does, its frames leave the fast path, where
they pass nobody: the server is told to hold its line, so that each goes through `send`, which is ours meanwhile.
"""

from collections.abc import Callable, Collection
from typing import Any, Literal

import msgspec

from realtime import topics
from realtime.protocol import COMMANDS
from realtime.socket import Socket

Way = Literal["in", "out"]
Tell = Callable[[Way, str], None]

_COMMANDS = {str(command.__struct_config__.tag) for command in COMMANDS}


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What may be told of a message: never its words, a name or an address."""

    kind: str  # `st`, `ev notification`, …
    topic: str  # with its key if that is an id; a name is left out
    seq: int  # of an event; of a heartbeat or an answer, where the log stands
    size: int  # in bytes


class _Head(msgspec.Struct):
    t: str
    k: str = ""
    topic: str = ""
    seq: int = 0
    top: int = 0


_heads = msgspec.json.Decoder(_Head)


class Tap:
    """On a socket from its making until `close`. `tell` is given each message, and raises nothing."""

    def __init__(self, socket: Socket, name: str, tell: Tell) -> None:
        outlet = socket.outlet
        self.name, self._socket, self._tell = name, socket, tell
        self._send, self._hold = outlet.send, outlet.hold
        self._held = socket.is_stuck  # what the socket itself wants of its line
        outlet.send, outlet.hold = self._pass, self._note_hold
        self._hold(True)
        socket.tap = self

    def close(self) -> None:
        """Leave the socket as it would be without."""
        self._socket.tap = None
        self._socket.outlet.send, self._socket.outlet.hold = self._send, self._hold
        self._hold(self._held)

    def hear(self, text: str) -> None:
        """See what the client sends."""
        self._tell("in", text)

    async def _pass(self, message: dict[str, Any]) -> None:
        for text in message["text"].split("\n"):
            self._tell("out", text)
        await self._send(message)

    def _note_hold(self, on: bool) -> None:
        self._held = on


def seen(way: Way, text: str, kinds: Collection[str]) -> Seen:
    """Redact a message. What a client wrote counts only if it is a word of ours: `kinds` are those of topics."""
    size = len(text.encode())
    try:
        head = _heads.decode(text)
    except msgspec.DecodeError:
        return Seen("?", "", 0, size)
    kind = f"{head.t} {head.k}".strip() if way == "out" else head.t if head.t in _COMMANDS else "?"
    return Seen(kind, _redacted(head.topic, kinds), head.seq or head.top, size)


def _redacted(topic: str, kinds: Collection[str]) -> str:
    kind, key = topics.split(topic) or ("", "")
    if kind not in kinds:
        return ""
    return topic if not key or key.isdecimal() else f"{kind}:…"
