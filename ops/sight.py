"""What operators are told of connections, and which of them they mean: read where the sockets are, when it is asked."""

import ipaddress
import time
from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.conf import settings

from realtime.ends import End
from realtime.hub import Hub
from realtime.socket import Socket

# Of an address so many bits are told: an IPv4 one without its last octet, an IPv6 one without its last 80 bits.
TOLD_BITS = {4: 24, 6: 48}


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which connections are meant: those to which all applies that is not empty."""

    connection: str = ""
    node: str = ""  # a process's id, or the name of a node
    person: int | None = None
    session: int | None = None
    token: int | None = None
    app: str = ""
    version: str = ""
    network: str = ""  # addresses, as 203.0.113.0/24
    transport: str = ""


class Connection(msgspec.Struct, frozen=True):
    """One connection. Times are seconds, and as old as the answer."""

    id: str
    node: str  # the process's id
    person: int | None  # None: a visitor
    username: str
    session: int | None
    token: int | None
    app: str
    version: str
    transport: str
    network: str  # its address, masked
    age: float
    idle_in: float  # since something came
    idle_out: float  # since something went out, or, where the kernel does not tell, the last heartbeat
    seq: int  # the last event written or queued
    acked: int  # what the client says that it has shown
    head: int  # the newest event that this node has heard of
    waiting: int  # frames
    waiting_bytes: int  # these, and what waits in the server and the kernel
    state: str  # live, replaying, lagging, leaving
    topics: int
    viewed: int
    tail: str = ""  # the tail that somebody has on it

    @property
    def behind(self) -> int:
        """How many events the node has heard of that were not written yet."""
        return self.head - self.seq


class Detail(msgspec.Struct, frozen=True):
    """What is told of one connection alone."""

    round_trip: float | None  # of a heartbeat, to the client and back
    wire_trip: float | None  # of the kernel's packets: to the client, or to the proxy before us
    expires: float | None  # in seconds: the proof of who this is
    topics: list[str]
    viewed: list[str]
    ends: list[End]  # of the same person, in this process
    at: datetime


def is_of(node: str, node_id: str) -> bool:
    """Whether a process is meant: by its id, by its node's name, or because none is named."""
    return node in ("", node_id, settings.NODE)


def candidates(hub: Hub, wanted: Wanted) -> Iterable[Socket]:
    """A few sockets among which are all that are wanted: by what is known of them already."""
    if wanted.session is not None:
        return hub.proofs.get(("session", wanted.session), ())
    if wanted.token is not None:
        return hub.proofs.get(("token", wanted.token), ())
    return hub.users.get(wanted.person, ()) if wanted.person is not None else hub.sockets


class Matcher:
    """Tells whether a socket is wanted; the range of addresses is read once."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._network = ipaddress.ip_network(wanted.network) if wanted.network else None

    def __call__(self, socket: Socket) -> bool:
        wanted, peer = self._wanted, socket.peer
        proof = (socket.viewer.id, socket.viewer.session_id, socket.viewer.token_id) if socket.viewer else (None,) * 3
        pairs = (
            (wanted.connection, socket.id), (wanted.app, peer.app), (wanted.version, peer.version),
            (wanted.transport, peer.transport), *zip((wanted.person, wanted.session, wanted.token), proof, strict=True),
        )  # fmt: skip
        return all(one in ("", None, found) for one, found in pairs) and self._is_within(peer.address)

    def _is_within(self, address: str) -> bool:
        if self._network is None:
            return True
        return bool(address) and ipaddress.ip_address(address) in self._network


def connection(hub: Hub, node_id: str, socket: Socket) -> Connection:
    """What is told of a socket in a list."""
    now, viewer, peer, wire = time.monotonic(), socket.viewer, socket.peer, socket.outlet.look(socket.outlet.line)
    return Connection(
        id=socket.id, node=node_id,
        person=viewer.id if viewer else None, username=viewer.username if viewer else "",
        session=viewer.session_id if viewer else None, token=viewer.token_id if viewer else None,
        app=peer.app, version=peer.version, transport=peer.transport, network=masked(peer.address),
        age=now - peer.since, idle_in=wire.get("in", now - socket.heard_at),
        idle_out=wire.get("out", now - socket.spoken_at),
        seq=socket.seq, acked=socket.acked, head=max(socket.seq, hub.tops.get(viewer.id, 0) if viewer else 0),
        waiting=socket.waiting, waiting_bytes=socket.waiting_bytes + int(wire.get("unsent", 0)), state=_state(socket),
        topics=len(socket.topics), viewed=len(socket.viewed), tail=socket.tap.name if socket.tap else "",
    )  # fmt: skip


def detail(hub: Hub, socket: Socket, now: datetime) -> Detail:
    """What is told of a socket to who looks at it alone."""
    return Detail(
        round_trip=socket.round_trip, wire_trip=socket.outlet.look(socket.outlet.line).get("trip"),
        expires=socket.expires_at - time.monotonic() if socket.expires_at is not None else None,
        topics=sorted(socket.topics), viewed=sorted(socket.viewed),
        ends=hub.ends.of(socket.viewer.id) if socket.viewer else [], at=now,
    )  # fmt: skip


def masked(address: str) -> str:
    """The network that an address is told as; "" for none."""
    if not address:
        return ""
    whole = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((address, TOLD_BITS[whole.version]), strict=False))


def _state(socket: Socket) -> str:
    if socket.leaving:
        return "leaving"
    if socket.lagging:
        return "lagging"
    return "live" if socket.held is None else "replaying"
