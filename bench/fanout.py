"""Deliveries a second a core: one post, many sockets that watch it, ours and the peer by turns in one run."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from channels.layers import BaseChannelLayer
from django.conf import settings
from django.utils.module_loading import import_string

from bench import figures, machine, report, world
from bench.peers import channels_app
from bench.servers import Servers, Web
from bench.swarm import Remote
from realtime import bus, protocol

TURNS = 2  # starts of each, by turns, so that a noisy neighbour disturbs both
BURSTS = 3  # a start
BURST_EVENTS = 10
SMALL = 500  # sockets; a peer that is slow with many is compared at this number too
SETTLE_SECONDS = 1.0
TIMEOUT_SECONDS = 30.0
FIRST_VERSION = 1_000_000_000  # ten digits, so that every frame has the same length
PAYLOAD_BYTES = 300

Publish = Callable[[list[str]], None]
Tokens = Sequence[str | None]


@dataclass(slots=True)
class Row:
    """What came of one subject at one number of sockets, over all its starts."""

    name: str
    sockets: int
    connects: list[float] = field(default_factory=list)  # a second
    connect_us: list[float] = field(default_factory=list)  # server CPU for each
    kib: list[float] = field(default_factory=list)  # resident, per idle connection
    alone_ms: list[float] = field(default_factory=list)  # one event to all, until the last has it
    alone_us: list[float] = field(default_factory=list)  # server CPU per delivery, one event at a time
    burst_us: list[float] = field(default_factory=list)  # the same, events back to back
    rate: list[float] = field(default_factory=list)  # deliveries a second in a burst, by the clock
    client_share: list[float] = field(default_factory=list)  # per cent of a core that the clients used
    lost: int = 0
    wrong: int = 0  # out of order, or twice
    closed: int = 0


def measure(servers: Servers, swarm: Remote, *, sockets: int, seconds: float) -> dict[str, Any]:
    """Ours and the peers by turns; the slow core layer only with few sockets."""
    people = world.make_people(sockets)
    post_id = world.make_posts(people[0], 1)[0].id
    topic = f"post:{post_id}"
    small = min(SMALL, sockets)
    plan = [("photophore", sockets), ("channels-pubsub", sockets)]
    plan += [("photophore", small), ("channels-pubsub", small)] * (small < sockets) + [("channels-core", small)]
    rows = {(name, count): Row(name, count) for name, count in plan}
    for (name, count), row in [*rows.items()] * TURNS:
        if name == "photophore":
            with servers.photophore(worker=False) as web:
                tokens = [person.token for person in people[:count]]
                hello = b'{"t":"hello","topics":["%s"]}' % topic.encode()
                _start(row, Subject(swarm, web, _by_bus(topic), topic), tokens, hello, seconds)
        else:
            layer = name.removeprefix("channels-")
            with servers.peer(layer) as web, asyncio.Runner() as runner:
                _start(row, Subject(swarm, web, _by_layer(runner, layer), topic), [None] * count, b"", seconds)
    return {"seconds": seconds, "burst_events": BURST_EVENTS, "rows": [asdict(row) for row in rows.values()]}


def section(result: dict[str, Any]) -> str:
    """What the page says of it."""
    rows = [
        [
            f"{row['name']}, {row['sockets']}",
            str(figures.spread(row["burst_us"])),
            str(figures.spread(row["rate"])),
            str(figures.spread(row["alone_us"])),
            str(figures.spread(row["alone_ms"])),
            f"{row['lost']}, {row['wrong']}, {row['closed']}",
            str(figures.spread(row["kib"])),
            str(figures.spread(row["connects"])),
            str(figures.spread(row["connect_us"])),
            f"{figures.spread(row['client_share']).median:.0f}",
        ]
        for row in result["rows"]
    ]
    head = "subject, sockets | burst: server CPU us/delivery | burst: deliveries/s | single: CPU us/delivery | "
    head += "single: ms until the last has it | lost, wrong, closed | KiB/connection | connects/s | CPU us/connect | "
    head += "clients % of core"
    return f"""\
## Deliveries a second a core

One post that all sockets watch, state frames of 300 bytes. *Single*: one event, until all have it, then the next.
*Burst*: {result["burst_events"]} events back to back. Medians, and in brackets the least and the most. Ours signs
each socket in by a bearer token and a query; the peer, a stock `AsyncWebsocketConsumer` in a group, signs nobody in.
Each is started twice, by turns. A delivery is counted if it is whole, in order and comes once.

{report.table(head.split(" | "), rows)}
{_ratios(result["rows"])}"""


def _ratios(rows: list[dict[str, Any]]) -> str:
    ours = {row["sockets"]: row for row in rows if row["name"] == "photophore"}
    lines = []
    for row in rows:
        if row["name"] != "photophore" and row["sockets"] in ours:
            mine = ours[row["sockets"]]
            cpu = figures.ratio(row["burst_us"], mine["burst_us"])
            rate = figures.ratio(mine["rate"], row["rate"])
            lines.append(
                f"- {row['name']} at {row['sockets']} sockets: per CPU second we deliver **{cpu}** times as much, "
                f"by the clock {rate} times."
            )
    return "\n".join(lines) + "\n"


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """Our own part loses nothing. What a peer loses is a result."""
    ours = [row for row in result["rows"] if row["name"] == "photophore"]
    return [
        report.Gate(
            f"nothing lost, wrong or closed at {row['sockets']} sockets",
            f"{row['lost']}, {row['wrong']}, {row['closed']}",
            kept=not (row["lost"] or row["wrong"] or row["closed"]),
        )
        for row in ours
    ]


@dataclass(slots=True)
class Subject:
    """A server with the clients that watch it."""

    swarm: Remote
    web: Web
    publish: Publish
    topic: str
    versions: "itertools.count[int]" = field(default_factory=lambda: itertools.count(FIRST_VERSION))


def _start(row: Row, subject: Subject, tokens: Tokens, hello: bytes, seconds: float) -> None:
    """One start: memory and connects, one event at a time, bursts."""
    swarm, web = subject.swarm, subject.web
    ready = b'"denied":{}'
    swarm.do("open", web.port, tokens[:1], hello, ready)  # what the first socket brings into memory is no socket's
    _open(row, subject, tokens[1:], hello, ready)
    _send(row, subject, 1, keep=False)
    deadline = time.monotonic() + seconds
    for number in itertools.count():
        if number >= BURSTS and time.monotonic() > deadline:
            break
        _send(row, subject, 1)
    for _ in range(BURSTS):
        _send(row, subject, BURST_EVENTS)
    extra = swarm.do("count", 0, 0, row.sockets, 0.3)
    row.wrong += extra["wrong"]
    row.closed += extra["closed"]
    swarm.do("close")


def _open(row: Row, subject: Subject, tokens: Tokens, hello: bytes, ready: bytes) -> None:
    """Open all sockets but the first, and let them idle."""
    pid = subject.web.web_pid
    rss, cpu = machine.rss_bytes(pid), machine.cpu_seconds(pid)
    opened = subject.swarm.do("open", subject.web.port, tokens, hello, ready)
    row.connects.append(len(tokens) / opened["seconds"])
    row.connect_us.append((machine.cpu_seconds(pid) - cpu) * 1e6 / len(tokens))
    time.sleep(SETTLE_SECONDS)
    row.kib.append((machine.rss_bytes(pid) - rss) / 1024 / len(tokens))


def _send(row: Row, subject: Subject, events: int, *, keep: bool = True) -> None:
    """Publish events and wait until every client has all of them."""
    versions = list(itertools.islice(subject.versions, events))
    frames = [_frame(subject.topic, version) for version in versions]
    subject.swarm.ask("count", versions[0], events, row.sockets, TIMEOUT_SECONDS)
    cpu, began = machine.cpu_seconds(subject.web.web_pid), time.monotonic_ns()
    subject.publish(frames)
    result = subject.swarm.answer()
    cpu = machine.cpu_seconds(subject.web.web_pid) - cpu
    row.lost += result["lost"]
    row.wrong += result["wrong"]
    took_ms = (result["last_ns"] - began) / 1e6
    deliveries = events * row.sockets - result["lost"]
    if not keep or not deliveries:
        return
    if events == 1:
        row.alone_ms.append(took_ms)
        row.alone_us.append(cpu * 1e6 / deliveries)
    else:
        row.burst_us.append(cpu * 1e6 / deliveries)
        row.rate.append(deliveries / took_ms * 1e3)
        row.client_share.append(100 * result["cpu"] * 1e3 / took_ms)


def _frame(topic: str, version: int) -> str:
    """A state frame of PAYLOAD_BYTES, as a new comment makes."""
    bare = protocol.state(topic, version, {"comment_count": 7, "added": [{"text": ""}], "removed": []})
    text = "x" * (PAYLOAD_BYTES - len(bare))
    return protocol.state(topic, version, {"comment_count": 7, "added": [{"text": text}], "removed": []})


def _by_bus(topic: str) -> Publish:
    return lambda frames: bus.publish([bus.of_state(topic, frame) for frame in frames]) or None


def _by_layer(runner: asyncio.Runner, name: str) -> Publish:
    """The layer has no call for many messages: one after the other, as its users do."""
    configuration = channels_app.layer(name, settings.REDIS_URL)
    layer: BaseChannelLayer = import_string(configuration["BACKEND"])(**configuration["CONFIG"])

    async def send(frames: list[str]) -> None:
        for frame in frames:
            await layer.group_send(channels_app.GROUP, {"type": "post.state", "text": frame})

    return lambda frames: runner.run(send(frames))
