"""The server's frames as bytes and texts: built here, framed once for all their sockets."""

from datetime import datetime
from typing import Any

import msgspec

from realtime.protocol import codes
from realtime.protocol.codes import Error
from realtime.protocol.commands import Cursor
from realtime.protocol.messages import (
    Beat,
    Ephemeral,
    Event,
    Failure,
    Me,
    Message,
    Ok,
    Reconnect,
    Resync,
    Revoked,
    Session,
    State,
    Watched,
    Welcome,
)

_encoder = msgspec.json.Encoder()
_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Frame:
    """One text that goes to many sockets: encoded once, and framed once."""

    __slots__ = ("_text", "ready")

    def __init__(self, data: bytes) -> None:
        self.ready = framed(data)
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The text, for servers that frame by themselves."""
        if self._text is None:
            self._text = payload_of(self.ready).decode()
        return self._text


def framed(data: bytes) -> bytes:
    """One unmasked, final text frame (RFC 6455, 5.2) around a payload."""
    size = len(data)
    if size < 126:
        return b"\x81" + size.to_bytes(1, "big") + data
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + data
    return b"\x81\x7f" + size.to_bytes(8, "big") + data


def payload_of(ready: bytes) -> bytes:
    """The payload of a frame that `framed` made."""
    return ready[{126: 4, 127: 10}.get(ready[1], 2) :]


def _text(message: Message) -> str:
    return _encoder.encode(message).decode()


def welcome(
    *, connection: str, node: str, user: Me | None, expires: datetime | None, cursor: Cursor, resume: str, now: datetime
) -> str:
    """The answer to `hello`; `cursor` is the head of the person's log."""
    return _text(
        Welcome(
            conn=connection,
            node=node,
            proto=codes.PROTOCOL,
            hb=Beat(int(codes.HEARTBEAT_SECONDS * 1000), int(codes.HEARTBEAT_WITHIN_SECONDS * 1000)),
            user=user,
            session=Session(expires),
            epoch=cursor.epoch,
            head=cursor.seq,
            resume=resume,
            limits=codes.LIMITS,
            now=now,
        )
    )


def ready(seq: int) -> str:
    """From here on live."""
    return f'{{"t":"ready","seq":{seq}}}'


def event(*, user_id: int, seq: int, kind: str, at: datetime, data: dict[str, Any], mut: str | None) -> str:
    """A durable event, as the log keeps it: the same bytes live and replayed, but for the mark of `replayed`."""
    return _text(Event(seq=seq, id=f"{user_id}.{seq}", k=kind, at=at, d=data, mut=mut or None))


def data_of(frame: str) -> dict[str, Any]:
    """The data of a durable event's frame: how a hub reads the control log."""
    return _events.decode(frame).d


def at_of(frame: bytes) -> datetime:
    """When a durable event was drained."""
    return _events.decode(frame).at


def replayed(frame: str) -> str:
    """Mark a kept frame as a replay."""
    return f'{frame[:-1]},"r":1}}'


def state(topic: str, ver: int, data: dict[str, Any]) -> str:
    """The state of a topic: apply it only if `ver` is newer."""
    return _text(State(topic=topic, ver=ver, d=data))


def ephemeral(topic: str, data: dict[str, Any], *, ttl_seconds: float) -> str:
    """What passes by."""
    return _text(Ephemeral(topic=topic, d=data, ttl=int(ttl_seconds * 1000)))


def counter(post_id: int, ver: int, likes: int, comments: int) -> str:
    """One member of a `cnt` frame; `counters` joins them."""
    return f'"{post_id}":[{ver},{likes},{comments}]'


def counters(members: list[str]) -> str:
    """A frame of counters, from members already encoded."""
    return f'{{"t":"cnt","d":{{{",".join(members)}}}}}'


def heartbeat(top: int) -> str:
    """A heartbeat that names the head of the log."""
    return f'{{"t":"hb","top":{top}}}'


def lag(seq: int) -> str:
    """Tell the client that all behind `seq` was dropped from its queue, and is to be asked for."""
    return f'{{"t":"lag","from":{seq}}}'


def resync(reason: str, cursor: Cursor) -> str:
    """Tell the client to load its snapshot again, which is as of `cursor` or later."""
    return _text(Resync(reason=reason, at=cursor))


def reconnect(least_ms: int, most_ms: int, reason: str) -> str:
    """Ask the client to come back, at a moment of its own choice between the two."""
    return _text(Reconnect(in_=(least_ms, most_ms), reason=reason))


def revoked(topics: list[str], reason: str) -> str:
    """Tell the client that it may not watch these any longer."""
    return _text(Revoked(topics=topics, reason=reason))


def revoked_all(reason: str) -> str:
    """Tell the client that its access has ended; the close code follows."""
    return _text(Revoked(all=True, reason=reason))


def ok(command_id: str | int, topics: dict[str, Watched], denied: dict[str, int]) -> str:
    """The answer to `sub` and `unsub`."""
    return _text(Ok(id=command_id, topics=topics, denied=denied))


def renewed(command_id: str | int, expires: datetime | None) -> str:
    """The answer to `auth`: until when the new proof holds."""
    return _text(Ok(id=command_id, topics={}, denied={}, session=Session(expires)))


def error(code: Error, message: str, *, command_id: str | int = "", retry_ms: int | None = None) -> str:
    """A refusal, in words."""
    return _text(Failure(code=code, msg=message, id=command_id, retry_ms=retry_ms))
