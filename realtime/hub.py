"""The hub, one a process: hands what Redis brings to the sockets that watch. Knows no domain, awaits no socket."""

import asyncio
import contextvars
import logging
import time
from collections import defaultdict, deque
from collections.abc import Coroutine, Iterable
from functools import partial
from typing import TypeVar

from django.conf import settings

from accounts.viewers import Viewer
from core import clock
from realtime import protocol, topics, turns
from realtime.bus import Bus
from realtime.control import Control
from realtime.counters import Counters
from realtime.crowd import Crowd, State, together
from realtime.departure import depart
from realtime.ends import Ends
from realtime.log import Replay
from realtime.meters import meters
from realtime.nets import Nets
from realtime.presence import Presence
from realtime.protocol import Frame
from realtime.reads import Reads
from realtime.socket import Socket
from realtime.subscriber import Subscriber
from realtime.topics import Domain
from realtime.wheel import Wheel

logger = logging.getLogger(__name__)

HEARD = 4_096  # durable events of all people that are remembered
SAMPLE_SECONDS = 0.1  # between two looks at how old an event is

K = TypeVar("K")


class Hub:
    """Who watches what, in this process."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.sockets: set[Socket] = set()
        self.users: dict[int, list[Socket]] = defaultdict(list)
        self.proofs: dict[tuple[str, int], list[Socket]] = defaultdict(list)  # ("session" or "token", id) → its sockets
        self.heard: deque[tuple[int, int, float]] = deque(maxlen=HEARD)  # person, seq and when, for who looks for one
        self.tops: dict[int, int] = {}  # person online → newest event heard of
        self.owned: dict[int, set[str]] = defaultdict(set)  # person → topics of theirs that somebody watches
        self.owners: dict[str, int] = {}  # topic → its person
        self.watchers: dict[str, Crowd] = defaultdict(Crowd)  # topic → sockets that want all of it
        self.viewers: dict[str, Crowd] = defaultdict(Crowd)  # topic → sockets that want its counters
        self.ends = Ends()
        self.draining = False
        self.broken = ""  # what is broken between a deed and this hub, as far as somebody has found out
        self.maintenance: dict[str, str | None] | None = None  # while nobody may write: why, and until when
        self.empty = asyncio.Event()  # nobody is connected
        self.empty.set()
        self.bus = Subscriber(settings.REDIS_URL, on_up=self._bus_up, on_down=self._say)
        self.out = Bus(settings.REDIS_URL)
        self.reads = Reads(domain, self.out, self.bus)
        self.counters = Counters(self.watchers, self.viewers)
        self.nets = Nets(self)
        self.control = Control(self)
        self.presence = Presence(self)
        self.wheel: Wheel[Socket] = Wheel(partial(turns.look_at, self))
        self._said_ver = 0
        self._samples_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._states: dict[str, list[State]] = {}  # topic → what this turn of the loop has brought for it

    def start(self) -> None:
        """Start what runs for as long as the process does."""
        for forever in (self.bus.run(), self.wheel.run(), self.nets.run(), self.control.run(), self.presence.run()):
            self.run(forever)

    def run(self, work: Coroutine[None, None, None]) -> None:
        """Run something beside; what it raises is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("hub task failed", exc_info=task.exception())

    # --- Coming and going -------------------------------------------------------------------------------------------
    async def join(self, socket: Socket) -> None:
        """Let a socket in; its events are held until it is released. Returns when Redis has confirmed, or is away."""
        self.sockets.add(socket)
        self.empty.clear()
        self.wheel.after(protocol.HEARTBEAT_SECONDS, socket)
        if socket.viewer is not None:
            for proof in _proofs(socket):
                self.proofs[proof].append(socket)
            await self._join_person(socket, socket.viewer)
        await self.bus.tried.wait()
        await self.control.ready.wait()

    async def _join_person(self, socket: Socket, viewer: Viewer) -> None:
        mine = self.users[viewer.id]
        mine.append(socket)
        if len(mine) == 1:
            self.run(self.presence.come(viewer))
        if len(mine) > protocol.MAX_SOCKETS_A_USER:
            mine[0].end(protocol.Close.TOO_MANY)
        await self.bus.listen(topics.user_channel(viewer.id), partial(self._tell, viewer.id))

    def leave(self, socket: Socket) -> None:
        """Let a socket out, and give up what only it watched. Memory only: safe at any moment."""
        if socket not in self.sockets:
            return
        self.sockets.discard(socket)
        if not self.sockets:
            self.empty.set()
        socket.gone = True
        self.unwatch(socket, list(socket.topics))
        self.unview(socket, list(socket.viewed))
        if socket.viewer is None:
            return
        for proof in _proofs(socket):
            _take_out(self.proofs, proof, socket)
        _take_out(self.users, socket.viewer.id, socket)
        if socket.viewer.id not in self.users:
            self.tops.pop(socket.viewer.id, None)
            self.run(self.presence.go(socket.viewer))
        self.bus.leave(topics.user_channel(socket.viewer.id))

    def renew(self, socket: Socket, viewer: Viewer, expires_at: float | None) -> None:
        """Let a socket stand on another proof of the same person."""
        for proof in _proofs(socket):
            _take_out(self.proofs, proof, socket)
        socket.viewer = viewer
        socket.expires_at = expires_at
        for proof in _proofs(socket):
            self.proofs[proof].append(socket)

    # --- Watching ---------------------------------------------------------------------------------------------------
    async def listen(self, names: Iterable[str]) -> None:
        """Be subscribed to topics before their state is read, so that nothing falls between. Undo with `ignore`."""
        waits = [self.bus.listen(topics.topic_channel(name), partial(self._show, name)) for name in names]
        await asyncio.gather(*waits)

    def came(self, name: str) -> int:
        """How many messages a topic that is listened to has brought."""
        return self.bus.came(topics.topic_channel(name))

    def ignore(self, names: Iterable[str]) -> None:
        """Take `listen` back."""
        for name in names:
            self.bus.leave(topics.topic_channel(name))

    def watch(self, socket: Socket, names: Iterable[str]) -> None:
        """Add a socket to topics that were listened to for it."""
        self._add(self.watchers, socket, socket.topics, names)

    def view(self, socket: Socket, names: Iterable[str]) -> None:
        """Like `watch`, for the counters alone."""
        self._add(self.viewers, socket, socket.viewed, names)

    def own(self, topic: str, owner_id: int | None) -> None:
        """Remember whose a watched topic is, until nobody watches it."""
        if owner_id is not None and (topic in self.watchers or topic in self.viewers):
            self.owners[topic] = owner_id
            self.owned[owner_id].add(topic)

    def _add(self, where: dict[str, Crowd], socket: Socket, mine: set[str], names: Iterable[str]) -> None:
        for name in names:
            if name in mine or socket.gone:
                self.ignore([name])  # it was counted already
            else:
                mine.add(name)
                where[name].add(socket)

    def unwatch(self, socket: Socket, names: Iterable[str]) -> None:
        """Take a socket off topics; those it does not watch are passed over."""
        self._remove(self.watchers, socket, socket.topics, names)

    def unview(self, socket: Socket, names: Iterable[str]) -> None:
        """Like `unwatch`, for viewed counters."""
        self._remove(self.viewers, socket, socket.viewed, names)

    def _remove(self, where: dict[str, Crowd], socket: Socket, mine: set[str], names: Iterable[str]) -> None:
        for name in names:
            if name in mine:
                mine.discard(name)
                where[name].remove(socket)
                if not where[name]:
                    del where[name]
                    self._forget(name)
                self.ignore([name])

    def _forget(self, topic: str) -> None:
        if topic in self.watchers or topic in self.viewers:
            return
        self.counters.forget(topic)
        owner = self.owners.pop(topic, None)
        if owner is not None:
            self.owned[owner].discard(topic)
            if not self.owned[owner]:
                del self.owned[owner]

    def looked_at(self) -> list[str]:
        """The topics of posts that somebody looks at."""
        return [name for name in self.watchers.keys() | self.viewers.keys() if name.startswith("post:")]

    # --- What Redis brings ------------------------------------------------------------------------------------------
    def _tell(self, user_id: int, payload: bytes) -> None:
        """A durable event: the same bytes to every socket of the person; a socket with a hole reads the log."""
        head, _, body = payload.partition(b" ")
        seq, frame = int(head), Frame(body)
        self.heard.append((user_id, seq, time.time()))
        self.tops[user_id] = max(seq, self.tops.get(user_id, 0))
        self._sample_lag(body)
        for socket in list(self.users.get(user_id, ())):
            if not socket.deliver(seq, frame):
                meters.holes["seq"] += 1
                self.run(self.recover(socket))

    def _sample_lag(self, frame: bytes) -> None:
        """Look now and then at how old an event is that comes: reading the clock of each would cost as much as it."""
        now = time.monotonic()
        if now >= self._samples_at:
            self._samples_at = now + SAMPLE_SECONDS
            meters.lag.observe((clock.now() - protocol.at_of(frame)).total_seconds())

    def _show(self, topic: str, payload: bytes) -> None:
        """A topic's message: counters wait for the tick, the others go at once."""
        kind, _, rest = payload.partition(b" ")
        if kind == b"c":
            ver, likes, comments = map(int, rest.split(b","))
            self.counters.change(topic, (ver, likes, comments))
            return
        people, _, body = rest.partition(b" ")
        if kind == b"e":
            self.pass_on(topic, int(people), Frame(body))
            return
        if not self._states:
            asyncio.get_running_loop().call_soon(self._spread_states)
        self._states.setdefault(topic, []).append((frozenset(map(int, people.split(b","))), body))

    def _spread_states(self) -> None:
        """Spread the states of this turn of the loop; those of one topic together, as one frame for each socket."""
        states, self._states = self._states, {}
        for topic, many in states.items():
            for few in together(many):
                self._spread_few(topic, few)

    def _spread_few(self, topic: str, states: list[State]) -> None:
        frame = Frame(b"\n".join(body for _, body in states))
        if (crowd := self.watchers.get(topic)) is None:
            return
        hiding = crowd.hiding({person for people, _ in states for person in people if person})
        for socket in crowd.spread("state", frame.ready, but=hiding):
            socket.show(topic, frame)
        for socket in hiding:
            for people, body in states:
                if socket.hidden.isdisjoint(people):
                    socket.show(topic, Frame(body))

    def show(self, topic: str, state: str) -> None:
        """Hand a state that is made here, and is nobody's doing, to all here who watch a topic."""
        self._spread_few(topic, [(frozenset(), state.encode())])

    def pass_on(self, topic: str, actor_id: int, frame: Frame) -> None:
        """Hand an ephemeral frame to all who watch a topic, but those from whom its actor (0: nobody) is hidden."""
        if (crowd := self.watchers.get(topic)) is not None:
            for socket in crowd.spread("ephemeral", frame.ready, but=crowd.hiding({actor_id})):
                socket.pass_by(frame)

    def hide(self, socket: Socket, hidden: frozenset[int]) -> None:
        """Remember whose doings a socket's person does not see."""
        socket.hidden = hidden
        for name in socket.topics:
            self.watchers[name].look_at(socket)

    # --- The log ----------------------------------------------------------------------------------------------------
    async def recover(self, socket: Socket) -> None:
        """Bring a socket with a hole up to date from the log, then let it go live again."""
        if socket.held is not None or socket.viewer is None or socket.gone or socket.lagging:
            return  # it is being brought up to date already, or asks for it by itself
        await self.resume(socket, None)

    async def resume(self, socket: Socket, cursor: protocol.Cursor | None) -> None:
        """Replay to a socket what follows a cursor (None: what it was sent last), and go live.

        Without the log the socket is closed: the client comes back with its cursor.
        """
        assert socket.viewer is not None
        socket.lagging = False
        socket.hold()
        try:
            cursor = cursor or protocol.Cursor(await self.reads.epoch(), socket.seq)
            await self.catch_up(socket, await self.reads.replay(socket.viewer.id, cursor))
        except Exception as error:
            logger.warning("socket %s not recovered: %s", socket.id, error)
            socket.end(protocol.Close.POSITION_LOST)

    async def catch_up(self, socket: Socket, replay: Replay) -> None:
        """Write a replay and go live behind it; reads the log again if a hole is left."""
        assert socket.viewer is not None
        self._write_replay(socket, replay)
        while not socket.gone and not socket.release():
            replay = await self.reads.replay(socket.viewer.id, protocol.Cursor(replay.epoch, socket.seq))
            self._write_replay(socket, replay)

    @staticmethod
    def _write_replay(socket: Socket, replay: Replay) -> None:
        meters.replayed += len(replay.frames)
        if replay.outcome == "resync":
            socket.write(protocol.resync("behind", protocol.Cursor(replay.epoch, replay.head)))
        for seq, frame in enumerate(replay.frames, replay.head - len(replay.frames) + 1):
            socket.write(protocol.replayed(frame), seq)
        if not socket.lagging:  # else the queue was dropped, and `seq` says where
            socket.seq = replay.head

    async def drain(self, window_seconds: float) -> None:
        """Send everybody away within the window, as a deploy wants it; returns when all are gone, or have to be."""
        await depart(self, window_seconds)

    # --- What the clock brings --------------------------------------------------------------------------------------
    def _bus_up(self) -> None:
        """All are subscribed again; what was sent meanwhile is in the log only."""
        self._say()
        self.run(self.nets.check_positions())
        self.run(self.control.catch_up())

    def _say(self) -> None:
        """Be honest to everybody: whether live updates flow."""
        self._said_ver = max(self._said_ver + 1, time.time_ns() // 1_000_000)  # newer than any said before
        frame = Frame(self.said().encode())
        for socket in list(self.sockets):
            if socket.welcomed:  # `welcome` is the first frame of all
                socket.show("live", frame)

    def admit(self, broken: str) -> None:
        """Be honest about a hop elsewhere that is broken, or (empty) whole again."""
        if broken != self.broken:
            self.broken = broken
            self._say()

    def maintain(self, maintenance: dict[str, str | None] | None) -> None:
        """Tell everybody that nobody may write for now, or (None) that all may again. Live updates go on."""
        if maintenance != self.maintenance:
            self.maintenance = maintenance
            self._say()

    def said(self) -> str:
        """The frame that tells whether live updates flow; without Redis only the log still speaks."""
        state = "ok" if self.bus.up and not self.broken else "paused"
        why = self.broken if self.bus.up and self.broken else "bus"
        told = {"maintenance": self.maintenance} if self.maintenance else {}
        return protocol.state("live", self._said_ver, {"state": state, "why": why} | told)

    def beat(self, socket: Socket) -> None:
        """Send a heartbeat: it names the head of the log, so that a client sees what it has not got."""
        socket.spoken_at = time.monotonic()
        top = self.tops.get(socket.viewer.id, 0) if socket.viewer is not None else 0
        socket.show("hb", Frame(protocol.heartbeat(max(top, socket.seq)).encode()))


def _proofs(socket: Socket) -> list[tuple[str, int]]:
    """What proved who this is: the session, the token, or a ticket made from one of them."""
    viewer = socket.viewer
    pairs = [("session", viewer.session_id), ("token", viewer.token_id)] if viewer is not None else []
    return [(kind, number) for kind, number in pairs if number is not None]


def _take_out(where: dict[K, list[Socket]], key: K, socket: Socket) -> None:
    where[key].remove(socket)
    if not where[key]:
        del where[key]


_domain: list[Domain] = []
_hubs: dict[int, Hub] = {}


def serve(domain: Domain) -> None:
    """Tell the hubs of this process what they cannot know: called once, by the composition root."""
    _domain[:] = [domain]


def broken() -> str:
    """What the hub of this loop admits to be broken; nothing where there is no hub yet."""
    hub = _hubs.get(id(asyncio.get_running_loop()))
    return hub.broken if hub is not None else ""


def current() -> Hub:
    """The hub of this process's loop, started with its first socket (not every server has a lifespan)."""
    loop = id(asyncio.get_running_loop())
    if loop not in _hubs:
        _hubs[loop] = Hub(_domain[0])
        contextvars.Context().run(_hubs[loop].start)  # what runs for ever is not done for whoever came first
    return _hubs[loop]
