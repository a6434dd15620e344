"""What clients send, and how it is read."""

from typing import Any

import msgspec

from realtime.protocol.codes import BadFrame, Error


class Cursor(msgspec.Struct, frozen=True):
    """A position in a person's log: what the client has shown."""

    epoch: str
    seq: int


class Auth(msgspec.Struct, frozen=True):
    """How a client proves who it is where it can send neither cookie nor header."""

    ticket: str


class Client(msgspec.Struct, frozen=True):
    """What the client says of itself; for operators."""

    app: str = ""
    ver: str = ""
    device: str = ""


class Command(msgspec.Struct, frozen=True, tag_field="t"):
    """What a client asks."""


class Hello(Command, frozen=True, tag="hello"):
    """The first frame, within ten seconds."""

    auth: Auth | None = None
    client: Client = Client()
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


class Acknowledge(Command, frozen=True, tag="ack"):
    """What the client has drawn, at most every ten seconds."""

    seq: int


class Resume(Command, frozen=True, tag="resume"):
    """Repair a hole while connected: replays what follows the position."""

    epoch: str
    seq: int


class Authenticate(Command, frozen=True, tag="auth"):
    """Renew before the session's expiry, with a fresh ticket of the same person."""

    ticket: str
    id: str | int = ""


class Typing(Command, frozen=True, tag="typing"):
    """Say that the person is writing a comment; at most once in three seconds, on a topic that is watched."""

    topic: str


class Heartbeat(Command, frozen=True, tag="hb"):
    """Sent every `hb.every` milliseconds; answered by the server's."""

    seq: int = 0


AnyCommand = Hello | Subscribe | Unsubscribe | View | Acknowledge | Resume | Authenticate | Typing | Heartbeat
COMMANDS: tuple[type[Command], ...] = AnyCommand.__args__
_TAGS = {command.__struct_config__.tag for command in COMMANDS}

_commands: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_tag = msgspec.json.Decoder(dict[str, Any])


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
