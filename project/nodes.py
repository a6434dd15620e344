"""The web processes that run now, what each has open, and orders to them. In Redis: lost with it, and back in a second.

Each process of project.server reports once a second under a key that ends five seconds later, and fetches its order in
the same round trip. A process that starts anew is another one, with no order: a restart ends a drain.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from django.conf import settings

from project.leaving import Departure, State
from realtime import admission
from realtime.links import AsyncLink, Link
from realtime.shards import Replies

REPORT_SECONDS = 1.0
FORGOTTEN_SECONDS = 5
ORDER_SECONDS = 30  # one that nobody has fetched by then is void

# One partition: on a Cluster all of it is in one place, and fetched together.
ALL = "nodes:{p0}:all"
REPORT = "nodes:{p0}:report:"
ORDER = "nodes:{p0}:order:"


class Node(msgspec.Struct, frozen=True):
    """One web process, as it reports itself."""

    id: str  # of the process, not of its place: another one after each start
    node: str  # PHOTOPHORE_NODE
    host: str
    pid: int
    state: State
    sockets: int


class Order(msgspec.Struct, frozen=True):
    """What a process shall do."""

    do: Literal["drain", "undrain"]
    seconds: float = 0.0


class Away(Exception):
    """Redis does not answer, so no process can be asked."""


_order = msgspec.json.Decoder(Order)
_node = msgspec.json.Decoder(Node)


class Attendance:
    """One process's part: report, fetch an order, obey."""

    def __init__(self, departure: Departure) -> None:
        self.id = f"{settings.NODE}.{secrets.token_hex(6)}"
        self._departure = departure
        self._link = AsyncLink(settings.REDIS_URL)
        self._moving: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Attend as long as the process lives. While Redis is away there is nobody to hear, and nothing is lost."""
        while True:
            await self.report()
            await asyncio.sleep(REPORT_SECONDS)

    async def report(self) -> None:
        """Report once, and obey what was ordered since."""
        commands = [
            ("SADD", ALL, self.id),
            ("SET", REPORT + self.id, msgspec.json.encode(self._me()).decode(), "EX", FORGOTTEN_SECONDS),
            ("GETDEL", ORDER + self.id),
        ]
        *_, found = await self._link.execute(commands)
        if isinstance(found, bytes):
            self._obey(_order.decode(found))

    async def end(self) -> None:
        """Be gone at once, not in five seconds."""
        await self._link.execute([("DEL", REPORT + self.id), ("SREM", ALL, self.id)])
        await self._link.close()

    def _me(self) -> Node:
        return Node(
            id=self.id, node=settings.NODE, host=socket.gethostname(), pid=os.getpid(),
            state=self._departure.state, sockets=admission.doors().open,
        )  # fmt: skip

    def _obey(self, order: Order) -> None:
        if self._moving is not None:
            self._moving.cancel()
        if order.do == "drain":
            self._moving = asyncio.create_task(self._departure.leave(order.seconds))
        else:
            self._departure.stay()


class Roll:
    """The commander's part: who is there, and what shall they do. Every call takes a second at most."""

    def __init__(self, url: str) -> None:
        self._link = Link(url)

    def call(self) -> list[Node]:
        """Return all that reported in the last seconds, by name.

        Raises:
            Away: if Redis does not answer.
        """
        ids = [one.decode() for one in self._ask([("SMEMBERS", ALL)])[0]]
        reports = self._ask([("GET", REPORT + one) for one in ids])
        if gone := [one for one, report in zip(ids, reports, strict=True) if report is None]:
            self._ask([("SREM", ALL, *gone)])
        return sorted((_node.decode(report) for report in reports if report), key=lambda node: (node.node, node.id))

    def tell(self, nodes: Iterable[Node], order: Order) -> None:
        """Leave an order for each; they fetch it within a second.

        Raises:
            Away: if Redis does not answer.
        """
        text = msgspec.json.encode(order).decode()
        self._ask([("SET", ORDER + node.id, text, "EX", ORDER_SECONDS) for node in nodes])

    def _ask(self, commands: Sequence[tuple[str | int, ...]]) -> Replies:
        replies = self._link.execute(commands) if commands else []
        if error := next((reply for reply in replies if isinstance(reply, Exception)), None):
            raise Away(str(error)) from error
        return replies
