"""The hub, one a process: hands what Redis brings to the sockets that watch. Knows no domain, awaits no socket."""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from functools import partial

from django.conf import settings

from core import crossing
from realtime import log, protocol, topics
from realtime.socket import Socket
from realtime.subscriber import Subscriber

logger = logging.getLogger(__name__)

COUNTER_TICK_SECONDS = 0.25  # at most four counter frames a second to anybody
POSITION_CHECK_SECONDS = 30.0
PATIENCE_SECONDS = 2.0  # an event needs milliseconds from its commit to here; a stalled worker a little more
SWEEP_SECONDS = 5.0  # between two looks at who must get, or has missed, a heartbeat
CLIENT_SILENCE_SECONDS = 60.0  # two heartbeats and some
HEADS_A_QUERY = 1_000


class Hub:
    """Who watches what, in this process."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self._users: dict[int, list[Socket]] = defaultdict(list)
        self._watchers: dict[str, set[Socket]] = defaultdict(set)  # topic → sockets that want all of it
        self._viewers: dict[str, set[Socket]] = defaultdict(set)  # topic → sockets that want its counters
        self._said_ver = 0
        self._changed: dict[str, str] = {}  # topic → member of the next `cnt` frame
        self._tasks: set[asyncio.Task[None]] = set()
        self._bus = Subscriber(settings.REDIS_URL, on_up=self._bus_up, on_down=self._bus_down)

    def start(self) -> None:
        """Start what runs for as long as the process does."""
        for forever in (self._bus.run(), self._check_positions(), self._sweep()):
            self._start(forever)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("hub task failed", exc_info=task.exception())

    async def join(self, socket: Socket) -> None:
        """Let a socket in; its events are held until it is released. Returns when Redis has confirmed, or is away."""
        self.sockets.add(socket)
        if socket.viewer is not None:
            await self._join_person(socket, socket.viewer.id)
        await self._bus.tried.wait()

    async def _join_person(self, socket: Socket, user_id: int) -> None:
        mine = self._users[user_id]
        mine.append(socket)
        if len(mine) > protocol.MAX_SOCKETS_A_USER:
            mine[0].end(protocol.Close.TOO_MANY)
        await self._bus.listen(topics.user_channel(user_id), partial(self._tell, user_id))

    def leave(self, socket: Socket) -> None:
        """Let a socket out, and give up what only it watched. Memory only: safe at any moment."""
        if socket not in self.sockets:
            return
        self.sockets.discard(socket)
        self.unwatch(socket, list(socket.topics))
        self.unview(socket, list(socket.viewed))
        if socket.viewer is not None:
            mine = self._users[socket.viewer.id]
            mine.remove(socket)
            if not mine:
                del self._users[socket.viewer.id]
            self._bus.leave(topics.user_channel(socket.viewer.id))

    async def listen(self, names: Iterable[str]) -> None:
        """Be subscribed to topics before their state is read, so that nothing falls between. Undo with `ignore`."""
        waits = [self._bus.listen(topics.topic_channel(name), partial(self._show, name)) for name in names]
        await asyncio.gather(*waits)

    def ignore(self, names: Iterable[str]) -> None:
        """Take `listen` back."""
        for name in names:
            self._bus.leave(topics.topic_channel(name))

    def watch(self, socket: Socket, names: Iterable[str]) -> None:
        """Add a socket to topics that were listened to for it."""
        self._add(self._watchers, socket, socket.topics, names)

    def view(self, socket: Socket, names: Iterable[str]) -> None:
        """Like `watch`, for the counters alone."""
        self._add(self._viewers, socket, socket.viewed, names)

    def _add(self, where: dict[str, set[Socket]], socket: Socket, mine: set[str], names: Iterable[str]) -> None:
        for name in names:
            if name in mine or socket.gone:
                self.ignore([name])  # it was counted already
            else:
                mine.add(name)
                where[name].add(socket)

    def unwatch(self, socket: Socket, names: Iterable[str]) -> None:
        """Take a socket off topics; those it does not watch are passed over."""
        self._remove(self._watchers, socket, socket.topics, names)

    def unview(self, socket: Socket, names: Iterable[str]) -> None:
        """Like `unwatch`, for viewed counters."""
        self._remove(self._viewers, socket, socket.viewed, names)

    def _remove(self, where: dict[str, set[Socket]], socket: Socket, mine: set[str], names: Iterable[str]) -> None:
        for name in names:
            if name in mine:
                mine.discard(name)
                where[name].discard(socket)
                if not where[name]:
                    del where[name]
                self.ignore([name])

    def _tell(self, user_id: int, payload: bytes) -> None:
        """A durable event: the same text to every socket of the person; a socket with a hole reads the log."""
        seq, _, frame = payload.decode().partition(" ")
        for socket in self._users.get(user_id, ()):
            if not socket.deliver(int(seq), frame):
                self._start(self.recover(socket))

    def _show(self, topic: str, payload: bytes) -> None:
        """A topic's message: counters wait for the tick, states go at once."""
        kind, _, body = payload.decode().partition(" ")
        if kind != "c":
            for socket in self._watchers.get(topic, ()):
                socket.write(body.partition(" ")[2])
            return
        if not self._changed:
            asyncio.get_running_loop().call_later(COUNTER_TICK_SECONDS, self._tick)
        self._changed[topic] = f'"{topic.partition(":")[2]}":[{body}]'

    def _tick(self) -> None:
        """Send each socket the counters that changed among those it watches; equal frames are made once."""
        changed, self._changed = self._changed, {}
        members: dict[Socket, list[str]] = defaultdict(list)
        for topic, member in changed.items():
            for socket in self._watchers.get(topic, set()) | self._viewers.get(topic, set()):
                members[socket].append(member)
        frames: dict[tuple[str, ...], str] = {}
        for socket, parts in members.items():
            key = tuple(parts)
            frame = frames.get(key) or frames.setdefault(key, protocol.counters(parts))
            socket.write(frame)

    async def recover(self, socket: Socket) -> None:
        """Bring a socket with a hole up to date from the log, then let it go live again."""
        if socket.held is not None or socket.viewer is None:
            return  # it is being brought up to date already
        socket.hold()
        try:
            cursor = protocol.Cursor(await crossing.call(log.epoch), socket.seq)
            await self.catch_up(socket, await crossing.call(log.replay, socket.viewer.id, cursor))
        except Exception as error:  # PostgreSQL away: the client comes back with its cursor
            logger.warning("socket %s not recovered: %s", socket.id, error)
            socket.end(protocol.Close.INTERNAL)

    async def catch_up(self, socket: Socket, replay: log.Replay) -> None:
        """Write a replay and go live behind it; reads the log again if a hole is left."""
        assert socket.viewer is not None
        self._write_replay(socket, replay)
        while not socket.release():
            cursor = protocol.Cursor(replay.epoch, socket.seq)
            replay = await crossing.call(log.replay, socket.viewer.id, cursor)
            self._write_replay(socket, replay)

    @staticmethod
    def _write_replay(socket: Socket, replay: log.Replay) -> None:
        if replay.outcome == "resync":
            socket.write(protocol.resync("behind", replay.epoch, replay.head))
        for frame in replay.frames:
            socket.write(protocol.replayed(frame))
        socket.seq = replay.head

    async def _check_positions(self) -> None:
        """Turn at-most-once into at-least-once: every half minute, compare everybody with the log."""
        while True:
            await asyncio.sleep(POSITION_CHECK_SECONDS * random.uniform(0.7, 1.3))  # noqa: S311 -- jitter, not a secret
            await self.check_positions()

    async def check_positions(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Find sockets that are behind the log and recover them; one query for each thousand people.

        What was committed a moment ago may still be on its way: only who is behind after `patience_seconds` is helped.
        """
        people = list(self._users)
        for start in range(0, len(people), HEADS_A_QUERY):
            try:
                heads = await crossing.call(log.heads, people[start : start + HEADS_A_QUERY])
            except Exception as error:  # PostgreSQL away: the next check finds the same
                logger.warning("positions not checked: %s", error)
                return
            await asyncio.sleep(patience_seconds)
            for user_id, head in heads.items():
                for socket in list(self._users.get(user_id, ())):
                    if socket.seq < head:
                        await self.recover(socket)

    def _bus_up(self) -> None:
        self._say()
        self._start(self.check_positions(patience_seconds=0.0))  # what was sent while we were away is lost

    def _bus_down(self) -> None:
        self._say()

    def _say(self) -> None:
        """Be honest to everybody: whether live updates flow."""
        self._said_ver = max(self._said_ver + 1, time.time_ns() // 1_000_000)  # newer than any said before
        frame = self.said()
        for socket in list(self.sockets):
            if socket.welcomed:  # `welcome` is the first frame of all
                socket.write(frame)

    def said(self) -> str:
        """The frame that tells whether Redis is there; without it only the log still speaks."""
        state = "ok" if self._bus.up else "paused"
        return protocol.state("live", self._said_ver, {"state": state, "why": "bus"})

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = time.monotonic()
            for socket in list(self.sockets):
                if now - socket.heard_at > CLIENT_SILENCE_SECONDS:
                    socket.end(protocol.Close.HEARTBEAT_MISSED)
                elif now - socket.spoken_at >= protocol.HEARTBEAT_SECONDS:
                    socket.spoken_at = now
                    socket.write(protocol.heartbeat(socket.seq))


_hubs: dict[int, Hub] = {}


def current() -> Hub:
    """The hub of this process's loop, started with its first socket (not every server has a lifespan)."""
    loop = id(asyncio.get_running_loop())
    if loop not in _hubs:
        _hubs[loop] = Hub()
        _hubs[loop].start()
    return _hubs[loop]
