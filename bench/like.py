"""From a like to the screen: the clock before the action, the clock when the author's socket has the event."""

import contextlib
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connections

from bench import figures, machine, report, world
from bench.servers import Servers, Web
from bench.swarm import Remote
from content import actions

RATES = (20, 100, 300)  # likes a second
API_RATE = 20
WRITERS = 8  # threads, as many as a web process has for domain code
LATE_SECONDS = 15.0
LINGER_SECONDS = 0.5
HELLO = b'{"t":"hello"}'

Give = Callable[[int, int], None]  # post, actor


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
    p50: float
    p95: float
    p99: float
    most: float
    action_p50: float
    late_p99: float
    cores: list[float]  # per cent busy, by anybody
    shares: dict[str, float]  # per cent of a core, by process


def measure(servers: Servers, swarm: Remote, *, sockets: int, seconds: float) -> dict[str, Any]:
    """All rates, on one start of the stack."""
    author, *fans = world.make_people(sockets)
    with servers.photophore(worker=True) as web:
        swarm.do("open", web.port, [person.token for person in (author, *fans)], HELLO, b'"t":"ready"')
        measured = Measured(servers, swarm, web)
        warm_up = world.make_likes(author, fans, 40)
        measured.run("action", _act, warm_up, rate=20)
        runs = []
        for rate in RATES:
            likes = world.make_likes(author, fans, int(rate * seconds))
            runs.append(measured.run("action", _act, likes, rate=rate))
        likes = world.make_likes(author, fans, int(API_RATE * seconds))
        with contextlib.closing(_Api(web, {fan.id: fan.token for fan in fans})) as api:
            runs.append(measured.run("REST", api.give, likes, rate=API_RATE))
        swarm.do("close")
    return {"sockets": sockets, "seconds": seconds, "writers": WRITERS, "runs": [asdict(run) for run in runs]}


def section(result: dict[str, Any]) -> str:
    """What the page says of it."""
    rows = [
        [
            f"{run['path']}, {run['rate']}/s",
            *(f"{run[name]:.1f}" for name in ("p50", "p95", "p99", "most", "action_p50")),
            f"{run['delivered']}/{run['expected']}",
            f"{run['repeated']}, {'yes' if run['in_order'] else 'NO'}, {run['resyncs']}",
            f"{run['reached']:.0f}/s, {run['late_p99']:.1f}",
            ", ".join(f"{name} {share:.0f}" for name, share in run["shares"].items()),
            " / ".join(f"{busy:.0f}" for busy in run["cores"][:2]),
        ]
        for run in result["runs"]
    ]
    head = "path, likes | p50 ms | p95 | p99 | max | of it the action, p50 | delivered | repeated, in order, resyncs | "
    head += "rate reached, late p99 ms | % of a core | cores 0 / 1 busy %"
    return f"""\
## From a like to the author's socket

{result["sockets"]} signed-in sockets are open, the author's among them; everybody likes the same author's posts,
so that one shard of the outbox has it all. From the clock before `content.actions.like_post` (or before the HTTP
request) to the arrival of the `ev` frame; {result["seconds"]:g} s each. {result["writers"]} writer threads, on the web
process's core as in production, give each like at its time and do not wait for those before.
A core that is nearly all busy is the bottleneck of its line; what our processes do not explain is others' work.

{report.table(head.split(" | "), rows)}"""


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """What it must show: every event arrives, once and in order, at every rate."""
    return [
        report.Gate(
            f"every event of {run['path']}, {run['rate']}/s, once and in order",
            f"{run['delivered']}/{run['expected']}, {run['repeated']} repeated",
            kept=run["delivered"] == run["expected"] and not run["repeated"] and run["in_order"],
        )
        for run in result["runs"]
    ]


class Measured:
    """Gives likes at a rate while the swarm listens."""

    def __init__(self, servers: Servers, swarm: Remote, web: Web) -> None:
        self._swarm = swarm
        self._pids = {"web": web.web_pid, "clients": swarm.pid, "valkey": servers.valkey.pid}
        self._pids |= {"worker": web.worker_pid} if web.worker_pid else {}
        self._postgres = servers.postgres.pid

    def run(self, path: str, give: Give, likes: list[world.Like], *, rate: int) -> Run:
        """Give the likes, wait for their events, compare."""
        self._swarm.do("beat")
        seconds = len(likes) / rate
        before, busy, began = self._used(), machine.core_busy_seconds(), time.monotonic()
        self._swarm.ask("listen", 0, len(likes), len(likes), seconds + LATE_SECONDS, LINGER_SECONDS)
        given, late = _give_all(give, likes, rate)
        reached = len(likes) / (time.monotonic() - began)
        heard = self._swarm.answer()
        took = time.monotonic() - began
        after, busy_after = self._used(), machine.core_busy_seconds()
        shares = {name: 100 * (after[name] - used) / took for name, used in before.items()}
        cores = [100 * (new - old) / took for new, old in zip(busy_after, busy, strict=True)]
        return Run(
            path=path,
            rate=rate,
            reached=reached,
            expected=len(likes),
            resyncs=heard["resyncs"],
            late_p99=figures.percentile(late, 99),
            cores=cores,
            shares=shares,
            **_compare(given, heard["events"]),
        )

    def _used(self) -> dict[str, float]:
        used = {name: machine.cpu_seconds(pid) for name, pid in self._pids.items()}
        return used | {"postgres": machine.family_cpu_seconds(self._postgres), "writers": time.process_time()}


def _compare(given: dict[world.Like, tuple[int, int]], heard: list[tuple[int, bytes]]) -> dict[str, Any]:
    """What was given, with the clocks before and after, against what the author's socket heard, with its clock."""
    frames = [(at, json.loads(frame)) for at, frame in heard]
    arrivals: dict[world.Like, int] = {}
    for at, frame in frames:
        like = (int(frame["d"]["group"]["post"]["id"]), int(frame["d"]["entry"]["actor"]["id"]))
        arrivals.setdefault(like, at)
    waits = [(arrivals[like] - began) / 1e6 for like, (began, _) in given.items() if like in arrivals] or [0.0]
    numbers = [frame["seq"] for _, frame in frames]
    return {
        "delivered": len(arrivals),
        "repeated": len(frames) - len(arrivals),
        "in_order": all(after == before + 1 for before, after in itertools.pairwise(numbers)),
        "p50": figures.percentile(waits, 50),
        "p95": figures.percentile(waits, 95),
        "p99": figures.percentile(waits, 99),
        "most": max(waits),
        "action_p50": figures.percentile([(ended - began) / 1e6 for began, ended in given.values()], 50),
    }


def _give_all(give: Give, likes: list[world.Like], rate: int) -> tuple[dict[world.Like, tuple[int, int]], list[float]]:
    """Give each like at its time, whatever became of those before: a slow answer must not spare the next one."""
    numbers = itertools.count()
    given: dict[world.Like, tuple[int, int]] = {}
    late: list[float] = []
    start = time.monotonic_ns() + 100_000_000

    def write() -> None:
        machine.pin(0, machine.SERVER_CORE)  # in production the action runs in the web process
        while (number := next(numbers)) < len(likes):
            due = start + number * 1_000_000_000 // rate
            time.sleep(max(0, due - time.monotonic_ns()) / 1e9)
            began = time.monotonic_ns()
            give(*likes[number])
            given[likes[number]] = (began, time.monotonic_ns())
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
