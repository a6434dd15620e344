"""Ours and the peers by turns in one run: CPU a delivery, one event to all, targeted events, connects, memory."""

import itertools
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from bench import machine, sockets_page, tools, world
from bench.load import Load
from bench.servers import Servers
from bench.subjects import FIRST, Stage, Subject

SMALL = 1_000  # sockets; peers that are slow with many are compared at this number
MANY = (
    *("photophore", "photophore by send", "channels pubsub on uvicorn"),
    *("ws", "socket.io", "picows", "floor"),
)
FEW = (*MANY, "channels core on uvicorn", "channels pubsub on daphne", "channels core on daphne")
TURNS = 3
SETTLE_SECONDS = 0.7
TIMEOUT_SECONDS = 40.0
BURSTS = 3  # a start
SLOW_SECONDS = 1.0  # for one event to all: then one burst has enough to measure
IN_NO_HURRY_SECONDS = 2.0  # a start: else what no gate is about is measured in the first turn only
ASIDE = ("photophore by send", "floor")
MOST_EVENTS = 60  # in a burst: a backlog of a subject's own must not be what is measured
TARGETS = 2  # rounds of one event for each socket; the first finds everything cold


@dataclass(slots=True)
class Row:
    """What came of one subject at one number of sockets, over all its starts."""

    name: str
    sockets: int
    skipped: str = ""  # why it could not be measured
    connects: list[float] = field(default_factory=list)  # a second
    connect_us: list[float] = field(default_factory=list)  # server CPU for each
    kib: list[float] = field(default_factory=list)  # resident, per idle connection
    kib_after: list[float] = field(default_factory=list)  # the same, after the traffic
    single_us: list[float] = field(default_factory=list)  # server CPU a delivery, one event at a time
    single_p50: list[float] = field(default_factory=list)  # ms from publishing to a socket
    single_p99: list[float] = field(default_factory=list)
    single_last: list[float] = field(default_factory=list)  # … to the last of all sockets
    burst_us: list[float] = field(default_factory=list)  # server CPU a delivery, events back to back
    rate: list[float] = field(default_factory=list)  # deliveries a second in a burst, by the clock
    load_us: list[float] = field(default_factory=list)  # CPU of the load client a delivery
    load_share: list[float] = field(default_factory=list)  # per cent of a core that it used meanwhile
    target_rate: list[float] = field(default_factory=list)  # targeted events a second
    target_us: list[float] = field(default_factory=list)  # server CPU each
    target_p50: list[float] = field(default_factory=list)
    target_p99: list[float] = field(default_factory=list)
    lost: int = 0
    wrong: int = 0  # out of order, to the wrong socket, or when nothing was sent
    twice: int = 0
    closed: int = 0


section, gates = sockets_page.section, sockets_page.gates


def measure(servers: Servers, load: Load, *, sockets: int, seconds: float, turns: int = TURNS) -> dict[str, Any]:
    """All subjects by turns, so that a noisy neighbour disturbs each; `seconds` of one event at a time a start."""
    people = world.make_people(sockets)
    stage = Stage(servers, people, world.make_posts(people[0], 1)[0].id)
    small = min(SMALL, sockets)
    plan = [(name, sockets) for name in MANY if small < sockets] + [(name, small) for name in FEW]
    rows = [Row(name, count) for name, count in plan]
    for turn, row in itertools.product(range(turns), rows):
        is_aside = row.sockets < sockets or row.name in ASIDE
        if row.skipped or (turn and is_aside and seconds < IN_NO_HURRY_SECONDS):
            continue
        print(f"  {turn + 1}/{turns} {row.name}, {row.sockets} …", file=sys.stderr, flush=True)
        try:
            with stage.start(row.name) as subject:
                _Start(row, subject, load).measure(seconds)
        except (tools.Missing, RuntimeError) as error:
            if row.name.startswith("photophore"):
                raise
            row.skipped = str(error)  # a peer that does not start or hold is a result, too
        finally:
            load.close()
    return {"turns": turns, "seconds": seconds, "versions": _versions(), "rows": [asdict(row) for row in rows]}


def _versions() -> dict[str, str]:
    try:
        return tools.node_versions(tools.node_peers())
    except tools.Missing:
        return {}


class _Start:
    """One start of a subject: connects, memory, one event at a time, bursts, targeted events."""

    def __init__(self, row: Row, subject: Subject, load: Load) -> None:
        self.row, self.subject, self.load = row, subject, load
        self.pid = subject.web.web_pid
        self.number = FIRST

    def measure(self, seconds: float) -> None:
        first, *rest = self.subject.clients(self.row.sockets)
        self._open([first])
        self._send(1)
        before = machine.rss_bytes(self.pid)  # what the first socket brings into memory is no socket's
        self._connect(rest)
        self.row.kib.append((machine.rss_bytes(self.pid) - before) / 1024 / len(rest))
        self._send(1)  # cold
        each = self._singles(seconds)
        events = max(2, min(MOST_EVENTS, int(seconds / each)))
        is_slow = each > SLOW_SECONDS
        for _ in range(1 if is_slow else BURSTS):
            self._burst(events)
        if self.row.name != "floor":
            for _ in range(1 if is_slow else TARGETS):
                self._target()
        self.row.kib_after.append((machine.rss_bytes(self.pid) - before) / 1024 / len(rest))
        after = self.load.idle(0.2)
        self.row.wrong += after["stray"] + after["seq_lost"]
        self.row.twice += after["seq_twice"]
        self.row.closed += after["closed"]

    def _open(self, clients: list[Any]) -> dict[str, Any]:
        subject = self.subject
        return self.load.open(subject.web.port, clients, path=subject.path, ready=subject.ready)

    def _connect(self, clients: list[Any]) -> None:
        cpu = machine.cpu_seconds(self.pid)
        opened = self._open(clients)
        self.row.connects.append(len(clients) / opened["seconds"])
        self.row.connect_us.append((machine.cpu_seconds(self.pid) - cpu) * 1e6 / len(clients))
        self.row.closed += opened["closed"]
        time.sleep(SETTLE_SECONDS)

    def _send(self, events: int) -> dict[str, Any]:
        """Publish events and wait until every socket has all of them."""
        self.load.expect("count", self.number, events, TIMEOUT_SECONDS)
        began = time.monotonic_ns()
        self.subject.burst(self.number, events)
        result = self.load.answer()
        self.number += events
        self.row.lost += result["lost"]
        self.row.wrong += result["wrong"]
        self.row.twice += result["twice"]
        return result | {"took": (result["last_ns"] - began) / 1e9}

    def _singles(self, seconds: float) -> float:
        """One event, until all have it, then the next; answer how long one takes."""
        row, results = self.row, []
        cpu, began = machine.cpu_seconds(self.pid), time.monotonic()
        while len(results) < 3 or time.monotonic() - began < seconds:
            results.append(self._send(1))
        cpu = machine.cpu_seconds(self.pid) - cpu
        row.single_us.append(cpu * 1e6 / len(results) / row.sockets)
        for name, what in (("p50", "p50_ms"), ("p99", "p99_ms"), ("last", "most_ms")):
            getattr(row, f"single_{name}").extend(result[what] for result in results)
        return (time.monotonic() - began) / len(results)

    def _burst(self, events: int) -> None:
        row, cpu = self.row, machine.cpu_seconds(self.pid)
        result = self._send(events)
        deliveries = events * row.sockets - result["lost"]
        if deliveries:
            row.burst_us.append((machine.cpu_seconds(self.pid) - cpu) * 1e6 / deliveries)
            row.rate.append(deliveries / result["took"])
            row.load_us.append(result["cpu"] * 1e6 / deliveries)
            row.load_share.append(100 * result["cpu"] / result["took"])

    def _target(self) -> None:
        row = self.row
        publish = self.subject.address(self.number, row.sockets)
        self.load.expect("target", self.number, row.sockets, TIMEOUT_SECONDS)
        cpu, began = machine.cpu_seconds(self.pid), time.monotonic_ns()
        publish()
        result = self.load.answer()
        cpu = machine.cpu_seconds(self.pid) - cpu
        self.number += row.sockets
        row.lost += result["lost"]
        row.wrong += result["wrong"]
        row.twice += result["twice"]
        if arrived := row.sockets - result["lost"]:
            row.target_us.append(cpu * 1e6 / arrived)
            row.target_rate.append(arrived / (result["last_ns"] - began) * 1e9)
            row.target_p50.append(result["p50_ms"])
            row.target_p99.append(result["p99_ms"])
