"""How a client is let in, whatever it came by: proved, subscribed, brought up to date, live. Then what it may watch."""

import time
from collections.abc import Callable, Iterable

from django.conf import settings

from accounts.viewers import Viewer
from core import clock
from core.tracking import request_id
from realtime import protocol, topics
from realtime.auth import Credentials, Proof
from realtime.counters import Value
from realtime.hub import Hub
from realtime.log import Replay
from realtime.meters import meters
from realtime.protocol import Cursor, Error, Watched
from realtime.socket import Outlet, Socket
from realtime.topics import TopicState

READS = 3  # of a state, at most, while something comes in between

OnGone = Callable[[int], None]


class Refused(Exception):
    """A client is not let in: an `err` with its words, and the code that closes."""

    def __init__(self, error: Error, close: protocol.Close, detail: str) -> None:
        super().__init__(detail)
        self.error = error
        self.close = close


async def admit(hub: Hub, outlet: Outlet, credentials: Credentials, on_gone: OnGone) -> Socket:
    """Find out who comes, and subscribe: from here on nothing of theirs is missed.

    Raises:
        Refused: if what they brought proves nobody, or this node sends everybody away.
    """
    if hub.draining:
        raise Refused(Error.INTERNAL, protocol.Close.DRAIN, "This server is about to stop; another one is there.")
    place = hub.control.place
    proof = await hub.reads.proof(credentials)
    if proof.error is not None and proof.close is not None:
        raise Refused(proof.error, proof.close, proof.detail)
    socket = Socket(outlet, proof.viewer, on_gone=on_gone)
    request_id.set(f"{settings.NODE}/{socket.id}")  # for the client's task, and so for as long as it stays
    socket.hidden = proof.hidden
    socket.expires_at = _deadline(proof)
    try:
        await hub.join(socket)
        if hub.control.place != place:  # what ended meanwhile found no socket of theirs to close
            await hub.control.verify(socket)
    except BaseException:  # nobody else knows of the socket yet
        hub.leave(socket)
        raise
    return socket


async def greet(hub: Hub, socket: Socket, cursor: Cursor | None) -> None:
    """Say welcome, replay what was missed, and go live."""
    if socket.viewer is None:
        socket.held = None
        _welcome(socket, Replay("fresh", await hub.reads.epoch(), 0, []))
    else:
        replay = await hub.reads.replay(socket.viewer.id, cursor)
        _welcome(socket, replay)
        await hub.catch_up(socket, replay)
    socket.write(hub.said())
    socket.write(protocol.ready(socket.seq))


async def renew(hub: Hub, socket: Socket, command: protocol.Authenticate) -> None:
    """Take a fresh ticket of the same person; answers `ok`, or an error after which the old proof still holds.

    Raises:
        Refused: if the ticket is another person's.
    """
    proof = await hub.reads.proof(Credentials(ticket=command.ticket))
    if proof.error is not None:
        socket.write(protocol.error(proof.error, proof.detail, command_id=command.id))
    elif proof.viewer is None or proof.viewer.id != socket.viewer_id:
        raise Refused(Error.FORBIDDEN, protocol.Close.UNAUTHENTICATED, "This ticket is another person's.")
    else:
        hub.renew(socket, proof.viewer, _deadline(proof))
        _drop_unproven(hub, socket)
        socket.write(protocol.renewed(command.id, proof.viewer.expires_at))


def _drop_unproven(hub: Hub, socket: Socket) -> None:
    """Take away what the new proof does not open: the old one may have come with a second factor."""
    lost = [name for name in socket.topics if not _may_ask(hub, socket, name)]
    if lost:
        hub.unwatch(socket, lost)
        socket.write(protocol.revoked(lost, "second factor"))


def _deadline(proof: Proof) -> float | None:
    """When a proof runs out, on the monotonic clock."""
    if proof.viewer is None or proof.viewer.expires_at is None:
        return None
    return time.monotonic() + (proof.viewer.expires_at - clock.now()).total_seconds()


def _welcome(socket: Socket, replay: Replay) -> None:
    viewer = socket.viewer
    welcome = protocol.welcome(
        connection=socket.id, node=settings.NODE, user=_me(viewer), expires=viewer.expires_at if viewer else None,
        cursor=Cursor(replay.epoch, replay.head), resume=replay.outcome, now=clock.now(),
    )  # fmt: skip
    socket.write(welcome)
    socket.welcomed = True
    meters.resumed[replay.outcome] += 1


def _me(viewer: Viewer | None) -> protocol.Me | None:
    return protocol.Me(str(viewer.id), viewer.username, viewer.name) if viewer else None


async def subscribe(hub: Hub, socket: Socket, wanted: Iterable[str], command_id: str | int) -> None:
    """Watch topics: subscribed first, then allowed and read, so that nothing falls between the two; answers `ok`."""
    names = list(dict.fromkeys(wanted))
    if len(names) > protocol.MAX_TOPICS_A_MESSAGE or len(socket.topics) + len(names) > protocol.MAX_TOPICS:
        limit = f"At most {protocol.MAX_TOPICS_A_MESSAGE} topics a message and {protocol.MAX_TOPICS} a socket."
        socket.write(protocol.error(Error.LIMIT, limit, command_id=command_id))
        return
    place = hub.control.place
    states = await _enter(hub, socket, names)
    inner = {topics.inner(name, socket.viewer_id): state for name, state in states.items()}
    hub.watch(socket, inner)
    _own(hub, inner, socket, place)
    watched = {name: Watched(state.ver, state.snap) for name, state in states.items()}
    denied = {name: int(Error.UNKNOWN_TOPIC) for name in names if name not in states}
    socket.write(protocol.ok(command_id, watched, denied))
    overtaken = {name: hub.counters.newest(name) for name, state in states.items() if _is_overtaken(hub, name, state)}
    if overtaken:
        socket.write(protocol.counters([_counter(name, value) for name, value in overtaken.items()]))


def unsubscribe(hub: Hub, socket: Socket, names: Iterable[str], command_id: str | int) -> None:
    """Watch topics no longer; answers `ok`."""
    hub.unwatch(socket, [topics.inner(name, socket.viewer_id) for name in names])
    socket.write(protocol.ok(command_id, {}, {}))


async def view(hub: Hub, socket: Socket, added: Iterable[str], removed: Iterable[str]) -> None:
    """Follow the counters of the posts on screen; what may not be seen is passed over in silence."""
    hub.unview(socket, [f"post:{post_id}" for post_id in removed])
    names = [f"post:{post_id}" for post_id in dict.fromkeys(added)]
    if len(socket.viewed) + len(names) > protocol.MAX_VIEWED:
        socket.write(protocol.error(Error.LIMIT, f"At most {protocol.MAX_VIEWED} posts in view."))
        return
    place = hub.control.place
    states = await _enter(hub, socket, names)
    hub.view(socket, states)
    _own(hub, states, socket, place)
    if states:
        read = {name: (state.ver, state.snap["likes"], state.snap["comments"]) for name, state in states.items()}
        members = [_counter(name, max(value, hub.counters.newest(name))) for name, value in read.items()]
        socket.write(protocol.counters(members))


def _is_overtaken(hub: Hub, name: str, state: TopicState) -> bool:
    """Whether others have been sent newer counts already: this process would send them no more."""
    return name.startswith("post:") and hub.counters.newest(name)[0] > state.ver


def _counter(name: str, value: Value) -> str:
    return protocol.counter(int(name.partition(":")[2]), *value)


async def _enter(hub: Hub, socket: Socket, names: list[str]) -> dict[str, TopicState]:
    """Listen to topics; answer those that the viewer may watch, with their state. The others are let go again."""
    known = [name for name in names if _may_ask(hub, socket, name)]
    inner = {name: topics.inner(name, socket.viewer_id) for name in known}
    await hub.listen(inner.values())
    states: dict[str, TopicState] = {}
    try:
        states = await _read(hub, socket, inner)
    finally:  # what was refused, or could not be asked, is not listened to any longer
        hub.ignore(inner[name] for name in known if name not in states)
    return states


async def _read(hub: Hub, socket: Socket, inner: dict[str, str]) -> dict[str, TopicState]:
    """The states of these topics; read again where something came meanwhile, which the state may not have yet."""
    states: dict[str, TopicState] = {}
    asked = list(inner)
    for _ in range(READS):
        came = {name: hub.came(inner[name]) for name in asked}
        read = await hub.reads.states(socket.viewer_id, asked)
        states = {name: state for name, state in states.items() if name not in came} | read
        asked = [name for name in read if hub.came(inner[name]) != came[name]]
        if not asked:
            break
    return states


def _may_ask(hub: Hub, socket: Socket, name: str) -> bool:
    """Whether there is a rule to ask; of some kinds only if the session behind the socket proved a second factor."""
    part = topics.split(name)
    if part is None or part[0] not in hub.domain.rules:
        return False
    return part[0] not in hub.domain.proven or (socket.viewer is not None and socket.viewer.second_factor)


def _own(hub: Hub, states: dict[str, TopicState], socket: Socket, place: int) -> None:
    """Remember whose topics these are; and if rights have shrunk since the rules were asked, ask them again."""
    for name, state in states.items():
        hub.own(name, state.owner_id)
    if hub.control.place != place:
        hub.control.verify_topics(socket, states)
