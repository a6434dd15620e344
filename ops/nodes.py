"""The web processes that run now, what each has open, and orders to them. In Redis: lost with it, and back in a second.

Each process of project.server reports once a second under a key that ends four seconds later, and fetches its order in
the same round trip. A process that starts anew is another one, with no order: a restart ends a drain.
"""

import asyncio
import contextlib
import os
import resource
import secrets
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec
import psutil
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from core.problems import Busy
from ops.leaving import Departure, State
from realtime import admission, census, hub
from realtime.census import Census
from realtime.links import AsyncLink, Link
from realtime.meters import Meters, meters
from realtime.shards import Replies

REPORT_SECONDS = 1.0
FORGOTTEN_SECONDS = 4
LOOK_SECONDS = 0.1
AWAY_SECONDS = 5  # then it is worth asking again
ORDER_SECONDS = 30  # one that nobody has fetched by then is void

# One partition: on a Cluster all of it is in one place, and fetched together.
ALL = "nodes:{p0}:all"
REPORT = "nodes:{p0}:report:"
ORDER = "nodes:{p0}:order:"


class Pool(msgspec.Struct, frozen=True):
    """The connections of one process to PostgreSQL."""

    size: int = 0
    idle: int = 0
    waiting: int = 0  # threads that want one and have none


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One web process, as it reports itself; while a new version is rolled out one of the old may say less."""

    id: str  # of the process, not of its place: another one after each start
    node: str  # PHOTOPHORE_NODE
    host: str
    pid: int
    state: State
    sockets: int  # connected clients, also those who have not said hello yet
    people: int
    sketch: list[int] = []  # of the people, so that a person in two processes counts once: realtime.census
    census: Census = Census()
    topics: int = 0  # that somebody watches
    viewed: int = 0  # posts whose counters alone somebody watches
    seconds: float = 0.0  # since it started; what it counted between two reports makes rates
    cpu_seconds: float = 0.0  # used since then
    memory_bytes: int  # resident
    descriptors: int = 0  # open files and connections
    descriptors_most: int = 0
    pool: Pool = Pool()
    broken: str  # the hop that its pulse does not pass
    meters: Meters

    @property
    def is_serving(self) -> bool:
        """Whether it takes clients."""
        return self.state is State.SERVING


class Order(msgspec.Struct, frozen=True):
    """What a process shall do."""

    do: Literal["drain", "undrain"]
    seconds: float = 0.0


class Away(Exception):
    """Redis does not answer, so no process can be asked."""


@contextlib.contextmanager
def reached() -> Iterator[None]:
    """Say it to who asks, in the place of Away.

    Raises:
        Busy: if Redis does not answer.
    """
    try:
        yield
    except Away as error:
        raise Busy(_("Redis does not answer, so no process can be asked."), retry_after_seconds=AWAY_SECONDS) from error


_order = msgspec.json.Decoder(Order)
_node = msgspec.json.Decoder(Node)


class Attendance:
    """One process's part: report, fetch an order, obey."""

    def __init__(self, departure: Departure) -> None:
        self.id = f"{settings.NODE}.{secrets.token_hex(6)}"
        self._departure = departure
        self._link = AsyncLink(settings.REDIS_URL)
        self._moving: asyncio.Task[None] | None = None
        self._process = psutil.Process()
        self._started_at = time.monotonic()

    async def run(self) -> None:
        """Attend as long as the process lives. While Redis is away there is nobody to hear, and nothing is lost."""
        listening = asyncio.create_task(_watch_the_loop())
        try:
            while True:
                await self.report()
                await asyncio.sleep(REPORT_SECONDS)
        finally:
            listening.cancel()

    async def report(self) -> None:
        """Report once, and obey what was ordered since."""
        commands = [
            ("SADD", ALL, self.id),
            ("SET", REPORT + self.id, msgspec.json.encode(self.me()).decode(), "EX", FORGOTTEN_SECONDS),
            ("GETDEL", ORDER + self.id),
        ]
        *_, found = await self._link.execute(commands)
        if isinstance(found, bytes):
            self._obey(_order.decode(found))

    async def end(self) -> None:
        """Be gone at once, not in four seconds."""
        await self._link.execute([("DEL", REPORT + self.id), ("SREM", ALL, self.id)])
        await self._link.close()

    def me(self) -> Node:
        """This process now; under a millisecond for a thousand sockets."""
        here, cpu = hub.current(), self._process.cpu_times()
        return Node(
            id=self.id, node=settings.NODE, host=socket.gethostname(), pid=os.getpid(), state=self._departure.state,
            sockets=admission.doors().open, people=len(here.users), sketch=census.sketch(here.users),
            census=census.taken(here.sockets), topics=len(here.watchers), viewed=len(here.viewers),
            seconds=time.monotonic() - self._started_at, cpu_seconds=cpu.user + cpu.system,
            memory_bytes=self._process.memory_info().rss, descriptors=self._descriptors(),
            descriptors_most=resource.getrlimit(resource.RLIMIT_NOFILE)[0], pool=_pool(),
            broken=here.broken, meters=meters,
        )  # fmt: skip

    def _descriptors(self) -> int:
        """How many are open. Linux tells from 6.2 on; elsewhere they are counted, which takes 0.6 ms a thousand."""
        try:
            return os.stat("/proc/self/fd").st_size or self._process.num_fds()
        except OSError:
            return self._process.num_fds()

    def _obey(self, order: Order) -> None:
        if self._moving is not None:
            self._moving.cancel()
        if order.do == "drain":
            self._moving = asyncio.create_task(self._departure.leave(order.seconds))
        else:
            self._departure.stay()


def _pool() -> Pool:
    pool = getattr(connection, "pool", None)  # of PostgreSQL's backend alone
    stats = pool.get_stats() if pool is not None else {}
    return Pool(stats.get("pool_size", 0), stats.get("pool_available", 0), stats.get("requests_waiting", 0))


async def _watch_the_loop() -> None:
    """Sleep again and again, and count how late that ends: for so long nobody else was served either."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
        meters.loop.observe(loop.time() - due)


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
