"""Tails: what passes on one connection, told to operators as it does, without a word of what it says. Ends by itself.

The process that has the connection looks, redacts, and writes to Redis four times a second: a list that outlives the
tail by some minutes, for the page, and an ephemeral frame on the topic `ops:<id of the tail>`, for who has it open.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Collection
from typing import Any, Literal

import msgspec
from django.conf import settings

from realtime import bus, protocol
from realtime.hub import Hub
from realtime.links import Link
from realtime.rings import Command
from realtime.socket import Socket
from realtime.tap import Tap, Way, seen

SECONDS = 300.0
A_SECOND = 100  # messages; what is more is counted
MOST = 8  # of a process at once
KEPT = 500  # rows
KEPT_SECONDS = 900  # after the last of them
STEP_SECONDS = 0.25

ID_BYTES = 10
ROWS = "tails:{p0}:rows:"
ABOUT = "tails:{p0}:about:"

End = Literal["", "time", "stopped", "closed"]


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One message that passed."""

    number: int
    at: float  # seconds since 1970
    way: Way
    kind: str
    topic: str
    seq: int
    size: int


class About(msgspec.Struct, frozen=True):
    """Which connection a tail is of, and how long it goes on."""

    node: str
    connection: str
    left: float  # seconds
    skipped: int = 0  # messages that came too fast to be told
    ended: End = ""

    @property
    def subject(self) -> str:
        """The connection, as the record names it."""
        return f"connection {self.node}/{self.connection}"


class Full(Exception):
    """There are enough tails in this process."""


class Tails:
    """Those of one process."""

    def __init__(self, hub: Hub, node_id: str) -> None:
        self._hub = hub
        self._node_id = node_id
        self._tails: dict[str, Tail] = {}

    def begin(self, socket: Socket) -> str:
        """Tail a socket; answer the tail's id, which is that of the one that is on it already, if one is.

        Raises:
            Full: if there are MOST already.
        """
        if socket.tap is not None:
            return socket.tap.name
        if len(self._tails) >= MOST:
            raise Full
        tail = Tail(self._hub, self._node_id, socket)
        self._tails[tail.id] = tail
        self._hub.run(self._run(tail))
        return tail.id

    async def stop(self, tail_id: str) -> None:
        """End a tail before its time, if it is one of ours; its end has been told when this returns."""
        if (tail := self._tails.get(tail_id)) is not None:
            tail.stopped.set()
            await tail.over.wait()

    async def _run(self, tail: "Tail") -> None:
        try:
            await tail.run()
        finally:
            del self._tails[tail.id]
            tail.over.set()


class Tail:
    """One, from its making on."""

    def __init__(self, hub: Hub, node_id: str, socket: Socket) -> None:
        self.id = secrets.token_hex(ID_BYTES)
        self.stopped, self.over = asyncio.Event(), asyncio.Event()
        self._hub = hub
        self._node_id = node_id
        self._socket = socket
        self._kinds = {*hub.domain.rules, "live"}
        self._ends_at = time.monotonic() + SECONDS
        self._rows: list[Row] = []
        self._number = self._skipped = 0
        self._second = (0, 0)  # which one this is, and how many came in it
        self._tap = Tap(socket, self.id, self._note)

    async def run(self) -> None:
        """Tell until the end, which is told, too."""
        try:
            while not (ended := self._ended()):
                await self._tell("")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.stopped.wait(), STEP_SECONDS)
        finally:
            self._tap.close()
        await self._tell(ended)

    def _ended(self) -> End:
        if self._socket.gone:
            return "closed"
        return "stopped" if self.stopped.is_set() else "time" if time.monotonic() >= self._ends_at else ""

    def _note(self, way: Way, text: str) -> None:
        now = time.time()
        second, count = self._second
        count = count + 1 if int(now) == second else 1
        self._second = (int(now), count)
        if count > A_SECOND:
            self._skipped += 1
            return
        told = seen(way, text, self._kinds)
        if told.topic.startswith("ops"):  # else an operator's own connection would tell of itself for ever
            return
        self._number += 1
        self._rows.append(Row(self._number, now, way, told.kind, told.topic, told.seq, told.size))

    async def _tell(self, ended: End) -> None:
        rows, self._rows = self._rows, []
        left = max(0.0, self._ends_at - time.monotonic())
        about = About(self._node_id, self._socket.id, left, self._skipped, ended)
        await self._hub.out.ask(_keeping(self.id, about, rows))
        if rows or ended:
            frame = protocol.ephemeral(topic_of(self.id), shown(about, rows), ttl_seconds=SECONDS)
            await self._hub.out.publish([bus.of_ephemeral(topic_of(self.id), frame)])


def topic_of(tail_id: str) -> str:
    """What who has a tail open watches."""
    return f"ops:{tail_id}"


def is_id(text: str) -> bool:
    """Whether this could be the id of a tail."""
    return len(text) == 2 * ID_BYTES and all(digit in "0123456789abcdef" for digit in text)


def read(tail_id: str) -> tuple[About, list[Row]] | None:
    """A tail as Redis has it, the latest row last; None of one that is forgotten, or while Redis is away."""
    return read_all([tail_id]).get(tail_id)


def shown(about: About, rows: list[Row]) -> dict[str, Any]:
    """What a frame tells of a tail, and what who begins to watch it starts from."""
    return {"rows": msgspec.to_builtins(rows), "skipped": about.skipped, "ended": about.ended}


def read_all(tail_ids: Collection[str]) -> dict[str, tuple[About, list[Row]]]:
    """The same of several, in one round trip; those that cannot be read are missing."""
    if not tail_ids:
        return {}
    commands: list[Command] = [("GET", ABOUT + one) for one in tail_ids]
    commands += [("LRANGE", ROWS + one, 0, -1) for one in tail_ids]
    replies = Link(settings.REDIS_URL).execute(commands)
    found = zip(tail_ids, replies[: len(tail_ids)], replies[len(tail_ids) :], strict=True)
    return {
        one: (_about.decode(about), [_row.decode(row) for row in rows])
        for one, about, rows in found
        if isinstance(about, bytes) and isinstance(rows, list)
    }


_about = msgspec.json.Decoder(About)
_row = msgspec.json.Decoder(Row)


def _keeping(tail_id: str, about: About, rows: list[Row]) -> list[Command]:
    commands: list[Command] = [("SET", ABOUT + tail_id, msgspec.json.encode(about).decode(), "EX", KEPT_SECONDS)]
    if rows:
        key = ROWS + tail_id
        commands.append(("RPUSH", key, *(msgspec.json.encode(row).decode() for row in rows)))
        commands += [("LTRIM", key, -KEPT, -1), ("EXPIRE", key, KEPT_SECONDS)]
    return commands
