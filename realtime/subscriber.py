"""The Redis subscriptions of one process: counted channels, batched commands, reconnects. Reads no payload.

On one Redis there is one line, to the primary if Sentinels name it. On a Cluster there is one to each primary, and
sharded pub/sub (SSUBSCRIBE): a channel is asked for where its partition lies, all names of a command in one slot. When
a slot moves, its old node says `sunsubscribe`, or MOVED to who asks there; when a primary fails, its line breaks. Each
time the map is learned anew, and whatever lies elsewhere now is asked for there.

redis-py's ClusterPubSub is not used: it polls its nodes in turn, tells nobody that a part of the subscriptions was away
(which is what position checks hang on), and reads each message through several layers.
"""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import hiredis

from realtime.line import CONNECT_TIMEOUT_SECONDS, Line, connect
from realtime.links import AsyncLink
from realtime.meters import meters
from realtime.rings import Command
from realtime.shards import Owners, partition
from realtime.topics import PARTITIONS

logger = logging.getLogger(__name__)

BATCH = 512  # channels named in one command
LINGER_SECONDS = 5.0  # before a channel that nobody wants is given up: pages come and go
LOOK_SECONDS = 10.0  # between two looks at a Cluster's map while all is quiet
LOOK_GAP_SECONDS = 0.1  # between two looks while it changes
REFUSED_SECONDS = 1.0  # before asking again whom we did not understand

_MESSAGE = (b"message", b"smessage")

Route = Callable[[bytes], None]  # takes a payload


@dataclass(slots=True)
class _Wanted:
    """A channel: where its messages go, how many want it, and how many messages have come."""

    route: Route
    count: int = 0
    came: int = 0


class Subscriber:
    """Keeps the process subscribed to the channels it wants, across every outage of Redis."""

    def __init__(self, url: str, *, on_up: Callable[[], None], on_down: Callable[[], None]) -> None:
        """`on_up` follows the confirmation of every wanted channel; what was sent before it may be lost.

        `on_down` follows the loss of any of them.
        """
        self._link = AsyncLink(url)  # on which a Cluster's map is learned
        self._shard = "S" if self._link.is_sharded else ""
        self._on_up = on_up
        self._on_down = on_down
        self._owners: Owners = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}  # node → what keeps a line to it
        self._lines: dict[str, Line] = {}  # node → its line, while it is open
        self._wanted: dict[bytes, _Wanted] = {}
        self._asked: dict[bytes, str] = {}  # channel → the node that was asked for it last
        self._confirmed: dict[bytes, str] = {}  # wanted channel → the node that sends it
        self._waiting: dict[bytes, asyncio.Future[None]] = {}
        self._fresh: list[bytes] = []  # wanted, and not asked for yet
        self._idle: dict[bytes, float] = {}  # channel → when it is given up, the next first
        self._sweeps = False  # whether _give_up is on its way
        self._due = asyncio.Event()  # the map is to be looked at now
        self.up = False
        self.turns = 0  # how often `up` has changed
        self.tried = asyncio.Event()  # whether the first connection has come up, or failed

    async def listen(self, channel: str, route: Route) -> None:
        """Want a channel, its messages handed to `route`, and wait until Redis has confirmed it.

        Returns at once while its Redis is away.
        """
        name = channel.encode()
        self._wanted.setdefault(name, _Wanted(route)).count += 1
        self._idle.pop(name, None)
        if name in self._confirmed or self._owner(name) not in self._lines:
            return
        if name not in self._waiting:
            self._waiting[name] = asyncio.get_running_loop().create_future()
            self._fresh.append(name)
            if len(self._fresh) == 1:  # together with all others that are wanted in this turn of the loop
                asyncio.get_running_loop().call_soon(self._flush)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._waiting[name]), CONNECT_TIMEOUT_SECONDS)

    def leave(self, channel: str) -> None:
        """Want a channel once less; the last to leave gives it up after a while."""
        name = channel.encode()
        self._wanted[name].count -= 1
        if self._wanted[name].count == 0:
            loop = asyncio.get_running_loop()
            self._idle[name] = loop.time() + LINGER_SECONDS
            if not self._sweeps:
                self._sweeps = True
                loop.call_later(LINGER_SECONDS, self._give_up)

    def came(self, channel: str) -> int:
        """How many messages a wanted channel has brought."""
        return self._wanted[channel.encode()].came

    async def run(self) -> None:
        """Stay subscribed until cancelled."""
        try:
            while True:
                self._due.clear()
                try:
                    self._follow(await self._link.learn())
                except Exception:  # here too
                    logger.exception("bus: not placed")
                await asyncio.sleep(LOOK_GAP_SECONDS)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._due.wait(), LOOK_SECONDS if self._link.learns else None)
        finally:
            for keeper in self._keepers.values():
                keeper.cancel()
            await self._link.close()

    def _owner(self, name: bytes) -> str | None:
        return self._owners.get(partition(name) if self._shard else 0)

    def _follow(self, owners: Owners) -> None:
        """Keep a line to each node that holds something, and ask for each channel where it lies."""
        self._owners = owners
        nodes = set(owners.values())
        for node in nodes - self._keepers.keys():
            self._keepers[node] = asyncio.create_task(self._keep(node))
        for node in self._keepers.keys() - nodes - set(self._confirmed.values()):
            self._keepers.pop(node).cancel()
        self._ask(name for name in self._wanted if self._asked.get(name) != self._owner(name))
        if not owners:
            self.tried.set()

    async def _keep(self, node: str) -> None:
        while True:
            try:
                line = await connect(node, partial(self._heard, node))
                self._opened(node, line)
                try:
                    logger.warning("bus away: %s", await line.lost or "closed")
                finally:
                    line.close()
                    self._lost(node)
            except Exception as error:  # whatever it is, without a line the whole process would be deaf for ever
                logger.warning("bus away: %s", error or type(error).__name__)
                self.tried.set()
            self._due.set()
            await asyncio.sleep(random.uniform(0.2, 0.8))  # noqa: S311 -- jitter, not a secret

    def _opened(self, node: str, line: Line) -> None:
        self._lines[node] = line
        self._ask(name for name in self._wanted if self._owner(name) == node)
        self._rise()

    def _lost(self, node: str) -> None:
        counted = node in self._owners.values() or node in self._confirmed.values()
        del self._lines[node]
        self._asked = {name: at for name, at in self._asked.items() if at != node}
        self._confirmed = {name: at for name, at in self._confirmed.items() if at != node}
        for name in [name for name in self._waiting if name not in self._asked]:
            self._answer(name)  # nobody waits for a Redis that is away
        self.tried.set()
        if counted:
            self._fall()

    def _flush(self) -> None:
        names, self._fresh = self._fresh, []
        self._ask(names)

    def _ask(self, names: Iterable[bytes]) -> None:
        """Ask for channels, each where it lies, as far as there is a line."""
        at: dict[str, list[bytes]] = defaultdict(list)
        for name in names:
            node = self._owner(name)
            if node is not None and node in self._lines:
                self._asked[name] = node
                at[node].append(name)
        for node, mine in at.items():
            self._lines[node].send(self._commands("SUBSCRIBE", mine))

    def _commands(self, word: str, names: list[bytes]) -> list[Command]:
        """Few commands for many channels; on a Cluster the names in one must share their slot."""
        groups: dict[int, list[bytes]] = defaultdict(list)
        for name in names:
            groups[partition(name) if self._shard else 0].append(name)
        return [
            (f"{self._shard}{word}", *group[start : start + BATCH])
            for group in groups.values()
            for start in range(0, len(group), BATCH)
        ]

    def _give_up(self) -> None:
        """Unsubscribe from what nobody has wanted for a while."""
        loop = asyncio.get_running_loop()
        soon = loop.time() + LINGER_SECONDS / 10  # those that are nearly due go along, in the same command
        at: dict[str, list[bytes]] = defaultdict(list)
        for name in [name for name, when in self._idle.items() if when <= soon]:
            del self._idle[name], self._wanted[name]
            for node in {self._confirmed.pop(name, ""), self._asked.pop(name, "")} & self._lines.keys():
                at[node].append(name)
        for node, names in at.items():
            self._lines[node].send(self._commands("UNSUBSCRIBE", names))
        self._sweeps = bool(self._idle)
        if self._sweeps:
            loop.call_at(next(iter(self._idle.values())), self._give_up)
        self._rise()

    def _heard(self, node: str, reply: Any) -> None:
        if type(reply) is list and reply[0] in _MESSAGE:
            self._hand_on(reply[1], reply[2])
            return
        match reply:
            case [b"subscribe" | b"ssubscribe", bytes(channel), _]:
                self._confirm(channel, node)
            case [b"unsubscribe" | b"sunsubscribe", bytes(channel), _]:
                self._taken(channel, node)
            case hiredis.ReplyError():
                self._refused(node, str(reply))

    def _hand_on(self, channel: bytes, payload: bytes) -> None:
        """Hand a message to its route. Whatever is wrong with one, the reader goes on for everybody else."""
        meters.bus_messages += 1
        meters.bus_bytes += len(payload)
        wanted = self._wanted.get(channel)
        if wanted is None:
            return
        wanted.came += 1
        try:
            wanted.route(payload)
        except Exception:
            logger.exception("message on %s not delivered", channel.decode())

    def _confirm(self, channel: bytes, node: str) -> None:
        if self._asked.get(channel) != node:  # given up, or asked for elsewhere meanwhile
            return
        self._confirmed[channel] = node
        self._answer(channel)
        self._rise()

    def _taken(self, channel: bytes, node: str) -> None:
        """A node sends a channel no more. Unless we have given it up ourselves, its slot has moved."""
        if self._confirmed.get(channel) != node:
            return
        del self._confirmed[channel]
        if self._asked.get(channel) == node:
            del self._asked[channel]
        self._due.set()
        self._fall()

    def _refused(self, node: str, error: str) -> None:
        """Ask again for all that the node has not confirmed: a refusal does not say which channels it is about."""
        self._asked = {n: at for n, at in self._asked.items() if at != node or self._confirmed.get(n) == node}
        if error.startswith("MOVED"):
            self._due.set()
        else:
            logger.warning("bus refuses: %s", error)
            asyncio.get_running_loop().call_later(REFUSED_SECONDS, self._due.set)

    def _answer(self, channel: bytes) -> None:
        waiting = self._waiting.pop(channel, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def _rise(self) -> None:
        """Be up as soon as everything wanted is confirmed and no part is away."""
        if self.up or len(self._confirmed) != len(self._wanted):  # only wanted ones are confirmed
            return
        if len(self._owners) == PARTITIONS and self._lines.keys() >= set(self._owners.values()):
            self.up = True
            self.turns += 1
            self.tried.set()
            self._on_up()

    def _fall(self) -> None:
        if self.up:
            self.up = False
            self.turns += 1
            meters.bus_outages += 1
            self._on_down()
