"""From a like to the screen: the clock before its commit, the clock when the author's socket has the event."""

import contextlib
import http.client
import itertools
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connections

from bench import figures, machine, report, world
from bench.floor import Floor
from bench.servers import Servers, Web
from bench.swarm import Remote
from bench.watchers import Watchers
from content import actions
from content.actions import likes as like_actions
from content.models import Like, Post

RATES = (20, 300)  # likes a second
HOT_RATE = 1_000  # on one post
HOT_TIMES = 3  # as long as the others
API_RATE = 20
WRITERS = 8  # threads, as many as a web process has for domain code
LATE_SECONDS = 15.0
LINGER_SECONDS = 2.5  # a counter may wait two seconds for its tick
HELLO = b'{"t":"hello"}'
TIMES_THE_FLOOR = 3.0
COUNTERS_A_SECOND = 4

Give = Callable[[int, int], None]  # post, actor
Clocks = tuple[int, int, int]  # before the action, before its commit, after it


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one rate, in milliseconds. `late` is how far behind its time a like was begun: our own fault."""

    path: str
    rate: int
    reached: float
    expected: int
    delivered: int
    repeated: int
    in_order: bool
    resyncs: int  # times the author was told to load a snapshot in place of events
    p50: float  # from before the commit
    p95: float
    p99: float
    most: float
    whole_p50: float  # from before the action, or the request
    whole_p99: float
    action_p50: float
    floor_p50: float
    floor_p99: float
    floors: int  # how many there were
    late_p99: float
    counters: int  # the most counter frames that a viewer got within any second
    counter_frames: int
    counted: bool  # the derived count is COUNT(*), and all who watched were last shown it
    cores: list[float]  # per cent busy, by anybody
    shares: dict[str, float]  # per cent of a core, by process


def measure(servers: Servers, _: Remote, *, sockets: int, seconds: float) -> dict[str, Any]:
    """All rates, on one start of the stack."""
    hot_likes = int(HOT_RATE * seconds * HOT_TIMES)
    author, *fans = world.make_people(max(sockets, hot_likes) + 1)
    probed, hot = (post.id for post in world.make_posts(author, 2))
    swarm = Remote(Watchers)
    with contextlib.closing(_Ending(swarm)), servers.photophore(worker=True) as web, _commits_seen():
        floor = Floor(f"post:{probed}", os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
        hello = b'{"t":"hello","topics":["%s"]}' % floor.topic.encode()
        swarm.do("open", web.port, [author.token], hello, b'"denied":{}')
        swarm.do("open", web.port, [fan.token for fan in fans[: sockets - 1]], HELLO, b'"t":"ready"')
        swarm.do("say", b'{"t":"view","add":["%d"]}' % hot)
        measured = Measured(servers, swarm, web, floor)
        measured.run("warm-up", _act, world.make_likes(author, fans[:500], 100), rate=20)
        runs = []
        for rate in RATES:
            likes = world.make_likes(author, fans[:500], int(rate * seconds))
            runs.append(measured.run("action", _act, likes, rate=rate))
        likes = [(hot, fan.id) for fan in fans[:hot_likes]]
        runs.append(measured.run("one post", _act, likes, rate=HOT_RATE, hot=hot))
        likes = world.make_likes(author, fans[:500], int(API_RATE * seconds))
        with contextlib.closing(_Api(web, {fan.id: fan.token for fan in fans[:500]})) as api:
            runs.append(measured.run("REST", api.give, likes, rate=API_RATE))
    return {"sockets": sockets, "seconds": seconds, "writers": WRITERS, "runs": [asdict(run) for run in runs]}


def section(result: dict[str, Any]) -> str:
    """What the page says of it."""
    rows = [
        [
            f"{run['path']}, {run['rate']}/s",
            *(f"{run[name]:.1f}" for name in ("p50", "p95", "p99", "most")),
            f"{run['floor_p50']:.1f} / {run['floor_p99']:.1f}",
            f"{run['p50'] / run['floor_p50']:.1f} / {run['p99'] / run['floor_p99']:.1f}",
            f"{run['whole_p50']:.1f} / {run['whole_p99']:.1f}",
            f"{run['action_p50']:.1f}",
            f"{run['delivered']}/{run['expected']}",
            f"{run['repeated']}, {'yes' if run['in_order'] else 'NO'}, {run['resyncs']}",
            f"{run['reached']:.0f}/s, {run['late_p99']:.1f}",
            f"{run['counters']}, {run['counter_frames']:,}",
            f"{_worker_us(run):.0f}",
            ", ".join(f"{name} {share:.0f}" for name, share in run["shares"].items()),
            " / ".join(f"{busy:.0f}" for busy in run["cores"][:2]),
        ]
        for run in result["runs"]
    ]
    head = "path, likes | p50 ms | p95 | p99 | max | floor p50 / p99 | times the floor p50 / p99 | "
    head += "with the action before p50 / p99 | action p50 | delivered | repeated, in order, resyncs | "
    head += "rate reached, late p99 ms | counter frames in a second, in all | worker CPU us/event | % of a core | "
    head += "cores 0 / 1 busy %"
    return f"""\
## From a like to the author's socket

{result["sockets"]} signed-in sockets are open, the author's among them; everybody likes the same author's posts,
so that one shard of the outbox has it all; all sockets have the post of the line *one post* on the screen.
From the clock before the statement that commits the like (for REST: before the request) to the arrival of the `ev`
frame; {result["seconds"]:g} s each, *one post* {HOT_TIMES} times that. {result["writers"]} writer threads, on the
web process's core as in production, give each like at its time and do not wait for those before. The worker and the
services are pinned to no core.

The floor is a commit of one row, one PUBLISH and one frame of about the same size through the same web process to the
author's socket, twenty times a second while the likes are given.
A core that is nearly all busy is the bottleneck of its line; what our processes do not explain is others' work.

{report.table(head.split(" | "), rows)}"""


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """What it must show: every event arrives, once and in order, near the floor; counters are right, and few."""
    return [gate for run in result["runs"] for gate in _gates_of(run)]


def _gates_of(run: dict[str, Any]) -> Iterator[report.Gate]:
    name = f"{run['path']}, {run['rate']}/s"
    yield report.Gate(
        f"every event of {name}, once and in order",
        f"{run['delivered']}/{run['expected']}, {run['repeated']} repeated",
        kept=run["delivered"] == run["expected"] and not run["repeated"] and run["in_order"],
    )
    if run["path"] != "REST":
        times = [run["p50"] / run["floor_p50"], run["p99"] / run["floor_p99"]]
        yield report.Gate(
            f"commit to frame of {name}: p50 and p99 within {TIMES_THE_FLOOR:g} times the floor",
            f"{times[0]:.1f} and {times[1]:.1f} times",
            kept=max(times) <= TIMES_THE_FLOOR,
        )
    if run["path"] == "one post":
        yield report.Gate(
            f"at most {COUNTERS_A_SECOND} counter frames a second for each viewer; the last is COUNT(*)",
            f"{run['counters']}; {'equal' if run['counted'] else 'NOT equal'}",
            kept=run["counters"] <= COUNTERS_A_SECOND and run["counted"],
        )


def _worker_us(run: dict[str, Any]) -> float:
    return float(run["shares"]["worker"] / 100 / run["reached"] * 1e6)


class Measured:
    """Gives likes at a rate while the swarm hears them."""

    def __init__(self, servers: Servers, swarm: Remote, web: Web, floor: Floor) -> None:
        assert web.worker_pid
        self._swarm = swarm
        self._floor = floor
        self._pids = {"web": web.web_pid, "clients": swarm.pid, "valkey": servers.valkey.pid, "worker": web.worker_pid}
        self._postgres = servers.postgres.pid
        for pid in (servers.postgres.pid, servers.valkey.pid, web.worker_pid):
            machine.unpin(pid)

    def run(self, path: str, give: Give, likes: list[world.Like], *, rate: int, hot: int | None = None) -> Run:
        """Give the likes, wait for their events, compare."""
        self._swarm.do("beat")
        seconds = len(likes) / rate
        before, busy, began = self._used(), machine.core_busy_seconds(), time.monotonic()
        self._swarm.ask("hear", len(likes), seconds + LATE_SECONDS, LINGER_SECONDS)
        with self._floor:
            given, late = _give_all(give, likes, rate)
        took = time.monotonic() - began
        after, busy_after = self._used(), machine.core_busy_seconds()
        heard = self._swarm.answer()
        floor = self._floor.waits(heard["states"]) or [0.0]
        return Run(
            path=path,
            rate=rate,
            reached=len(likes) / took,
            expected=len(likes),
            resyncs=heard["resyncs"],
            late_p99=figures.percentile(late, 99),
            floor_p50=figures.percentile(floor, 50),
            floor_p99=figures.percentile(floor, 99),
            floors=len(floor),
            counters=heard["counters"],
            counter_frames=heard["counter_frames"],
            counted=_is_counted(hot, heard["last"]),
            cores=[100 * (new - old) / took for new, old in zip(busy_after, busy, strict=True)],
            shares={name: 100 * (after[name] - used) / took for name, used in before.items()},
            **_compare(given, heard["events"]),
        )

    def _used(self) -> dict[str, float]:
        used = {name: machine.cpu_seconds(pid) for name, pid in self._pids.items()}
        return used | {"postgres": machine.family_cpu_seconds(self._postgres), "writers": time.process_time()}


def _is_counted(hot: int | None, last: dict[bytes, int]) -> bool:
    """Whether the hot post's count is that of its likes, in the database and on each screen that heard of it."""
    if hot is None:
        return True
    likes = Like.objects.filter(post=hot).count()
    shown = {json.loads(frame)["d"][str(hot)][1] for frame in last}
    return Post.objects.get(pk=hot).like_count == likes and shown == {likes}


def _compare(given: dict[world.Like, Clocks], heard: list[tuple[int, bytes]]) -> dict[str, Any]:
    """What was given, with its clocks, against what the author's socket heard, with its clock."""
    frames = [(at, json.loads(frame)) for at, frame in heard]
    arrivals: dict[world.Like, int] = {}
    for at, frame in frames:
        like = (int(frame["d"]["group"]["post"]["id"]), int(frame["d"]["entry"]["actor"]["id"]))
        arrivals.setdefault(like, at)
    waits = [(arrivals[like] - clocks[1]) / 1e6 for like, clocks in given.items() if like in arrivals] or [0.0]
    whole = [(arrivals[like] - clocks[0]) / 1e6 for like, clocks in given.items() if like in arrivals] or [0.0]
    numbers = [frame["seq"] for _, frame in frames]
    return {
        "delivered": len(arrivals),
        "repeated": len(frames) - len(arrivals),
        "in_order": all(after == before + 1 for before, after in itertools.pairwise(numbers)),
        "p50": figures.percentile(waits, 50),
        "p95": figures.percentile(waits, 95),
        "p99": figures.percentile(waits, 99),
        "most": max(waits),
        "whole_p50": figures.percentile(whole, 50),
        "whole_p99": figures.percentile(whole, 99),
        "action_p50": figures.percentile([(ended - began) / 1e6 for began, _, ended in given.values()], 50),
    }


def _give_all(give: Give, likes: list[world.Like], rate: int) -> tuple[dict[world.Like, Clocks], list[float]]:
    """Give each like at its time, whatever became of those before: a slow answer must not spare the next one."""
    numbers = itertools.count()
    given: dict[world.Like, Clocks] = {}
    late: list[float] = []
    start = time.monotonic_ns() + 100_000_000

    def write() -> None:
        machine.pin(0, machine.SERVER_CORE)  # in production the action runs in the web process
        while (number := next(numbers)) < len(likes):
            due = start + number * 1_000_000_000 // rate
            time.sleep(max(0, due - time.monotonic_ns()) / 1e9)
            began = _clock.commit = time.monotonic_ns()
            give(*likes[number])
            given[likes[number]] = (began, _clock.commit, time.monotonic_ns())
            late.append((began - due) / 1e6)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given, late


def _act(post_id: int, actor_id: int) -> None:
    actions.like_post(post_id=post_id, actor_id=actor_id)
    connections.close_all()  # as core.crossing does: with a pool, it gives the connection back


_clock = threading.local()


@contextlib.contextmanager
def _commits_seen() -> Iterator[None]:
    """Note the clock before the statement that asks the policy, writes a like and commits it."""
    write = like_actions.write

    def noted(*arguments: Any, **named: Any) -> Any:
        _clock.commit = time.monotonic_ns()
        return write(*arguments, **named)

    like_actions.write = noted
    try:
        yield
    finally:
        like_actions.write = write


class _Ending:
    """Ends a swarm with the block."""

    def __init__(self, swarm: Remote) -> None:
        self.close = swarm.end


class _Api:
    """Likes over HTTP, on one kept connection a thread."""

    def __init__(self, web: Web, tokens: dict[int, str]) -> None:
        self._port = web.port
        self._tokens = tokens
        self._connections: dict[int, http.client.HTTPConnection] = {}

    def put(self, post_id: int, actor_id: int) -> int:
        """Like a post; answer the status."""
        thread = threading.get_ident()
        if thread not in self._connections:
            self._connections[thread] = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        connection = self._connections[thread]
        headers = {"Authorization": f"Bearer {self._tokens[actor_id]}"}
        connection.request("PUT", f"/api/v1/posts/{post_id}/like", headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def give(self, post_id: int, actor_id: int) -> None:
        status = self.put(post_id, actor_id)
        if status != http.HTTPStatus.OK:
            raise RuntimeError(f"the API answers {status}")

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
