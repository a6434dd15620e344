"""The wire, `rt.v1`: the only place that builds or reads a frame. What frames mean is in docs/protocol.md."""

from datetime import datetime
from enum import IntEnum
from typing import Any

import msgspec

PROTOCOL = 1

MAX_FRAME_BYTES = 4 * 1024
MAX_TOPICS = 128
MAX_TOPICS_A_MESSAGE = 50
MAX_VIEWED = 200
MAX_SOCKETS_A_USER = 10
BURST_MESSAGES = 60  # in ten seconds …
MESSAGES_A_SECOND = 2.0  # … and 120 a minute sustained

LIMITS = {
    "frame_bytes": MAX_FRAME_BYTES,
    "topics": MAX_TOPICS,
    "topics_a_message": MAX_TOPICS_A_MESSAGE,
    "viewed": MAX_VIEWED,
    "sockets_a_user": MAX_SOCKETS_A_USER,
    "messages_in_10_s": BURST_MESSAGES,
    "messages_a_minute": int(MESSAGES_A_SECOND * 60),
}

HELLO_WITHIN_SECONDS = 10.0
HEARTBEAT_SECONDS = 25.0
HEARTBEAT_WITHIN_SECONDS = 10.0


class Error(IntEnum):
    """Codes of `err`."""

    INTERNAL = 100
    UNAUTHENTICATED = 101
    UNKNOWN_TYPE = 104
    LIMIT = 106
    BAD_REQUEST = 107
    UNKNOWN_TOPIC = 110
    RATE_LIMITED = 111


class Close(IntEnum):
    """Close codes. The band is the advice: 40xx come back at once, 41xx back off, 44xx stop until the person acts."""

    INTERNAL = 4100
    SLOW = 4108
    HEARTBEAT_MISSED = 4109
    RATE_LIMITED = 4110
    MALFORMED = 4400
    UNAUTHENTICATED = 4401
    PROTOCOL = 4406
    TOO_MANY = 4409
    TOO_BIG = 4413


class BadFrame(Exception):
    """A client sent what cannot be read; says why in words."""

    def __init__(self, detail: str, code: Error = Error.BAD_REQUEST) -> None:
        super().__init__(detail)
        self.code = code


class Cursor(msgspec.Struct, frozen=True):
    """A position in a person's log: what the client has shown."""

    epoch: str
    seq: int


class Command(msgspec.Struct, frozen=True, tag_field="t"):
    """What a client asks."""


class Hello(Command, frozen=True, tag="hello"):
    """The first frame, within ten seconds."""

    cursor: Cursor | None = None
    topics: list[str] = []


class Subscribe(Command, frozen=True, tag="sub"):
    """Watch topics; what may not be seen is denied like what is not there."""

    topics: list[str]
    id: str | int = ""


class Unsubscribe(Command, frozen=True, tag="unsub"):
    """Watch topics no longer."""

    topics: list[str]
    id: str | int = ""


class View(Command, frozen=True, tag="view"):
    """Posts that came on the screen, and posts that left it: the counters of those in view follow."""

    add: list[str] = []
    del_: list[str] = msgspec.field(default_factory=list, name="del")


class Resume(Command, frozen=True, tag="resume"):
    """Repair a hole while connected: replays what follows the position."""

    epoch: str
    seq: int


class Acknowledge(Command, frozen=True, tag="ack"):
    """What the client has drawn, at most every ten seconds."""

    seq: int


class Heartbeat(Command, frozen=True, tag="hb"):
    """Sent every `hb.every` milliseconds; answered by the server's."""

    seq: int = 0


AnyCommand = Hello | Subscribe | Unsubscribe | View | Resume | Acknowledge | Heartbeat
COMMANDS: tuple[type[Command], ...] = AnyCommand.__args__
_TAGS = {command.__struct_config__.tag for command in COMMANDS}

_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_tag = msgspec.json.Decoder(dict[str, Any])
_encoder = msgspec.json.Encoder()


def decode(text: str) -> AnyCommand:
    """Read one frame of a client.

    Raises:
        BadFrame: with code 104 for a type this version does not know, 107 for anything unreadable.
    """
    try:
        return _commands.decode(text)
    except msgspec.DecodeError as error:
        raise _explain(text, error) from error


def _explain(text: str, error: msgspec.DecodeError) -> BadFrame:
    try:
        tag = _tag.decode(text).get("t")
    except msgspec.DecodeError:
        return BadFrame("A frame is one JSON object with a member `t`.")
    if isinstance(tag, str) and tag not in _TAGS:
        return BadFrame(f"Unknown type {tag[:20]!r}.", Error.UNKNOWN_TYPE)
    return BadFrame(str(error))


def _text(frame: dict[str, Any]) -> str:
    return _encoder.encode(frame).decode()


def welcome(
    *, connection: str, node: str, user: dict[str, Any] | None, epoch: str, head: int, resume: str, now: datetime
) -> str:
    """The answer to `hello`; `resume` is replaying, fresh or resync."""
    return _text(
        {
            "t": "welcome",
            "conn": connection,
            "node": node,
            "proto": PROTOCOL,
            "hb": {"every": int(HEARTBEAT_SECONDS * 1000), "within": int(HEARTBEAT_WITHIN_SECONDS * 1000)},
            "user": user,
            "epoch": epoch,
            "head": head,
            "resume": resume,
            "limits": LIMITS,
            "now": now,
        }
    )


def ready(seq: int) -> str:
    """From here on live."""
    return _text({"t": "ready", "seq": seq})


def event(*, user_id: int, seq: int, kind: str, at: datetime, data: dict[str, Any], mut: str | None) -> str:
    """A durable event, as the log keeps it: the same bytes live and replayed, but for the mark of `replayed`."""
    frame = {"t": "ev", "seq": seq, "id": f"{user_id}.{seq}", "k": kind, "at": at, "d": data}
    return _text(frame | {"mut": mut} if mut else frame)


def replayed(frame: str) -> str:
    """Mark a kept frame as a replay."""
    return f'{frame[:-1]},"r":1}}'


def state(topic: str, ver: int, data: dict[str, Any]) -> str:
    """The state of a topic: apply it only if `ver` is newer."""
    return _text({"t": "st", "topic": topic, "ver": ver, "d": data})


def counter(post_id: int, ver: int, likes: int, comments: int) -> str:
    """One member of a `cnt` frame; `counters` joins them."""
    return f'"{post_id}":[{ver},{likes},{comments}]'


def counters(members: list[str]) -> str:
    """A frame of counters, from members already encoded."""
    return f'{{"t":"cnt","d":{{{",".join(members)}}}}}'


def heartbeat(top: int) -> str:
    """A heartbeat that names the head of the log."""
    return f'{{"t":"hb","top":{top}}}'


def resync(reason: str, epoch: str, seq: int) -> str:
    """Tell the client to load its snapshot again, which is as of `at` or later."""
    return _text({"t": "resync", "reason": reason, "at": {"epoch": epoch, "seq": seq}})


def ok(command_id: str | int, topics: dict[str, dict[str, Any]], denied: dict[str, int]) -> str:
    """The answer to `sub` and `unsub`."""
    return _text({"t": "ok", "id": command_id, "topics": topics, "denied": denied})


def error(code: Error, message: str, *, command_id: str | int = "") -> str:
    """A refusal, in words."""
    frame: dict[str, Any] = {"t": "err", "code": code, "msg": message}
    return _text(frame | {"id": command_id} if command_id else frame)
