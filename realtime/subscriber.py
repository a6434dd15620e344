"""The Redis subscription of one process: counted channels, batched commands, reconnects. Reads no payload."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass

import redis
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 2.0
PING_SECONDS = 5.0
SILENCE_SECONDS = 11.0  # two pings unanswered: a paused Redis is as good as none
BATCH = 512  # channels named in one command
LINGER_SECONDS = 5.0  # before a channel that nobody wants is given up: pages come and go
TURN = 64  # messages routed before other tasks get the loop

Route = Callable[[bytes], None]  # takes a payload


@dataclass(slots=True)
class _Wanted:
    """A channel: where its messages go, and how many want it."""

    route: Route
    count: int = 0


class Subscriber:
    """Keeps the process subscribed to the channels it wants, across every outage of Redis."""

    def __init__(self, url: str, *, on_up: Callable[[], None], on_down: Callable[[], None]) -> None:
        """`on_up` follows the confirmation of every wanted channel; what was sent before it may be lost."""
        # socket_timeout: none, since a subscription is silent as long as nothing happens; pings watch over it.
        self._pool = Redis.from_url(
            url, protocol=2, socket_timeout=None, socket_connect_timeout=CONNECT_TIMEOUT_SECONDS
        ).connection_pool
        self._on_up = on_up
        self._on_down = on_down
        self._wanted: dict[bytes, _Wanted] = {}
        self._confirmed: set[bytes] = set()
        self._waiting: dict[bytes, asyncio.Future[None]] = {}
        self._fresh: list[bytes] = []  # wanted, and not asked for yet
        self._commands: set[asyncio.Task[None]] = set()
        self._connection: AbstractConnection | None = None
        self._heard_at = 0.0
        self.up = False
        self.tried = asyncio.Event()  # whether the first connection has come up, or failed

    async def listen(self, channel: str, route: Route) -> None:
        """Want a channel, its messages handed to `route`, and wait until Redis has confirmed it.

        Returns at once while Redis is away.
        """
        name = channel.encode()
        self._wanted.setdefault(name, _Wanted(route)).count += 1
        if name in self._confirmed or self._connection is None:
            return
        if name not in self._waiting:
            self._waiting[name] = asyncio.get_running_loop().create_future()
            self._ask(name)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._waiting[name]), CONNECT_TIMEOUT_SECONDS)

    def _ask(self, name: bytes) -> None:
        """Ask for a channel, together with all others that are wanted in this turn of the loop."""
        self._fresh.append(name)
        if len(self._fresh) == 1:
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        names, self._fresh = self._fresh, []
        self._start(self._command("SUBSCRIBE", names))

    def _start(self, command: Coroutine[None, None, None]) -> None:
        """Run a command beside the reader; the loop itself keeps only a weak reference to a task."""
        task = asyncio.ensure_future(command)
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    def leave(self, channel: str) -> None:
        """Want a channel once less; the last to leave gives it up after a while."""
        name = channel.encode()
        self._wanted[name].count -= 1
        if self._wanted[name].count == 0:
            asyncio.get_running_loop().call_later(LINGER_SECONDS, self._give_up, name)

    def _give_up(self, name: bytes) -> None:
        wanted = self._wanted.get(name)
        if wanted is None or wanted.count:
            return
        del self._wanted[name]
        self._confirmed.discard(name)
        self._start(self._command("UNSUBSCRIBE", [name]))

    async def _command(self, command: str, names: list[bytes]) -> None:
        connection = self._connection
        if connection is None:
            return
        with suppress(redis.RedisError, OSError):  # the reader sees the same and reconnects
            for start in range(0, len(names), BATCH):
                await connection.send_command(command, *names[start : start + BATCH])

    async def run(self) -> None:
        """Stay subscribed until cancelled."""
        while True:
            try:
                await self._session()
            except Exception as error:  # whatever it is, without a reader the whole process would be deaf for ever
                logger.warning("bus away: %s", error or type(error).__name__)
            finally:
                await self._lost()
            await asyncio.sleep(random.uniform(0.2, 0.8))  # noqa: S311 -- jitter, not a secret

    async def _session(self) -> None:
        """One connection's life: connect, subscribe to everything wanted, read."""
        connection: AbstractConnection = self._pool.make_connection()  # type: ignore[no-untyped-call]
        await asyncio.wait_for(connection.connect(), CONNECT_TIMEOUT_SECONDS)  # type: ignore[no-untyped-call]
        self._connection = connection
        self._heard_at = asyncio.get_running_loop().time()
        pings = asyncio.create_task(self._ping(connection))
        try:
            await self._command("SUBSCRIBE", list(self._wanted))
            await self._read(connection)
        finally:
            pings.cancel()

    async def _read(self, connection: AbstractConnection) -> None:
        loop = asyncio.get_running_loop()
        routed = 0
        self._come_up()
        while True:
            reply = await connection.read_response(disable_decoding=True)
            self._heard_at = loop.time()
            match reply:
                case [b"message", bytes(channel), bytes(payload)]:
                    self._hand_on(channel, payload)
                    routed += 1
                    if routed % TURN == 0:
                        await asyncio.sleep(0)
                case [b"subscribe", bytes(channel), _]:
                    self._confirm(channel)

    def _hand_on(self, channel: bytes, payload: bytes) -> None:
        """Hand a message to its route. Whatever is wrong with one, the reader goes on for everybody else."""
        wanted = self._wanted.get(channel)
        if wanted is None:
            return
        try:
            wanted.route(payload)
        except Exception:
            logger.exception("message on %s not delivered", channel.decode())

    def _confirm(self, channel: bytes) -> None:
        if channel in self._wanted:
            self._confirmed.add(channel)
        waiting = self._waiting.pop(channel, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
        self._come_up()

    def _come_up(self) -> None:
        """Be up as soon as everything wanted is confirmed."""
        if not self.up and len(self._confirmed) == len(self._wanted):  # only wanted ones are confirmed
            self.up = True
            self.tried.set()
            self._on_up()

    async def _ping(self, connection: AbstractConnection) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(PING_SECONDS)
            if loop.time() - self._heard_at > SILENCE_SECONDS:
                await connection.disconnect(nowait=True)
                return
            with suppress(redis.RedisError, OSError):
                await connection.send_command("PING")

    async def _lost(self) -> None:
        self.tried.set()
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)
        self._confirmed.clear()
        self._fresh.clear()
        for waiting in self._waiting.values():
            waiting.set_result(None)  # nobody waits for a Redis that is away
        self._waiting.clear()
        if self.up:
            self.up = False
            self._on_down()
