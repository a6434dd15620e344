"""What the server says: the shape of each frame. Encodes nothing."""

from datetime import datetime
from typing import Any

import msgspec

from realtime.protocol.commands import Cursor


class Message(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True, kw_only=True):
    """What the server says."""


class Beat(msgspec.Struct, frozen=True):
    """How often the two sides hear of each other, in milliseconds."""

    every: int
    within: int


class Session(msgspec.Struct, frozen=True):
    """Until when the proof of who this is holds; None for one without an end."""

    expires: datetime | None


class Me(msgspec.Struct, frozen=True):
    """The person whom the credentials proved."""

    id: str
    username: str
    name: str


class Welcome(Message, frozen=True, tag="welcome"):
    """The answer to `hello`; `resume` is replaying, fresh or resync; `user` is null for a visitor."""

    conn: str
    node: str
    proto: int
    hb: Beat
    user: Me | None
    session: Session
    epoch: str
    head: int
    resume: str
    limits: dict[str, int]
    now: datetime


class Ready(Message, frozen=True, tag="ready"):
    """From here on live."""

    seq: int


class Event(Message, frozen=True, tag="ev"):
    """A durable event; `mut` echoes the mutation id of the client's own request, `r` marks a replay."""

    seq: int
    id: str
    k: str
    at: datetime
    d: dict[str, Any]
    mut: str | None = None
    r: int = 0


class State(Message, frozen=True, tag="st"):
    """The state of a topic: apply it only if `ver` is newer."""

    topic: str
    ver: int
    d: dict[str, Any]


class Counters(Message, frozen=True, tag="cnt"):
    """Counters of posts in view, `{post: [ver, likes, comments]}`, at most four times a second."""

    d: dict[str, tuple[int, int, int]]


class Ephemeral(Message, frozen=True, tag="eph"):
    """What passes by: typing, presence. No order, first to be dropped; forget it after `ttl` milliseconds."""

    topic: str
    d: dict[str, Any]
    ttl: int


class Top(Message, frozen=True, tag="hb"):
    """A heartbeat with the head of the log; a client behind it for two seconds sends `resume`."""

    top: int


class Lag(Message, frozen=True, tag="lag"):
    """This socket's queue overflowed behind `from`; nothing is lost: send `resume`."""

    from_: int = msgspec.field(name="from")


class Resync(Message, frozen=True, tag="resync"):
    """Load the snapshot again, which is as of `at` or later."""

    reason: str
    at: Cursor


class Reconnect(Message, frozen=True, tag="reconnect"):
    """Reconnect at a moment of your own choice between these two, in milliseconds from now."""

    in_: tuple[int, int] = msgspec.field(name="in")
    reason: str


class Revoked(Message, frozen=True, tag="revoked"):
    """Access has ended, to these topics or to all."""

    topics: list[str] = []
    all: bool = False
    reason: str = msgspec.field(default="")


class Watched(msgspec.Struct, frozen=True):
    """What a subscriber starts from."""

    ver: int
    snap: dict[str, Any]


class Ok(Message, frozen=True, tag="ok"):
    """The answer to `sub`, `unsub` and `auth`; `denied` names a code for each topic that was refused.

    To `auth` it says with `session` until when the new proof holds.
    """

    id: str | int
    topics: dict[str, Watched]
    denied: dict[str, int]
    session: Session | None = None


class Failure(Message, frozen=True, tag="err"):
    """A refusal, in words; `retry_ms` when asking again later may help."""

    code: int
    msg: str
    id: str | int = ""
    retry_ms: int | None = None


FRAMES: tuple[type[Message], ...] = (
    Welcome, Ready, Event, State, Counters, Ephemeral, Top, Lag, Resync, Reconnect, Revoked, Ok, Failure,
)  # fmt: skip
