"""The hottest routes over HTTP: ours, the same views on Django under ASGI and WSGI, and the limit, by turns."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import http_page, http_recording, http_world, machine
from bench.asking import CONNECTIONS, Asking
from bench.http_subjects import DJANGOS, LIMIT, OURS, SUBJECTS, WSGI, started
from bench.http_world import Route, World
from bench.load import Load
from bench.servers import Servers, Web
from project import static
from project.up import watchdog

TURNS = 3
PART = 0.7  # of what a subject answers at most, asked of it at a steady pace
PACED = (OURS, WSGI)
FULL_LINES = 3  # so often each connection is answered at least, by what a subject took when it was asked once …
MOST_SECONDS = 6.0  # … if that takes no longer


@dataclass(slots=True)
class Row:
    """What came of one route on one subject, over all turns."""

    route: str
    kind: str
    subject: str
    rate: list[float] = field(default_factory=list)  # requests a second
    p50: list[float] = field(default_factory=list)  # ms
    p99: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)  # of the server, a request
    server_share: list[float] = field(default_factory=list)  # per cent of a core, of the server
    client_core: list[float] = field(default_factory=list)  # per cent busy: wrk, PostgreSQL, Valkey
    paced_p50: list[float] = field(default_factory=list)
    paced_p99: list[float] = field(default_factory=list)
    late_p99: list[float] = field(default_factory=list)
    failed: int = 0
    why: str = ""


section, gates = http_page.section, http_page.gates


def measure(servers: Servers, _: Load, *, sockets: int, seconds: float) -> dict[str, Any]:
    """All routes on all subjects, which run side by side and are asked by turns; `seconds` a turn and client."""
    asking = Asking(servers.folder)
    for pid in (os.getpid(), servers.postgres.pid, servers.valkey.pid):  # another part may have let them run anywhere
        machine.pin_family(pid, machine.CLIENT_CORE)
    static.collect()
    _say(f"loading {sockets:,} people")
    world = http_world.build(sockets)
    routes = world.routes()
    recording = servers.folder / "recording.json"
    with contextlib.ExitStack() as running:
        webs = {name: running.enter_context(started(servers, name, recording)) for name in DJANGOS}
        run = _Run(asking, world, webs, seconds)
        for name in DJANGOS[1:]:  # not ours: what it answers first is written down
            run.check(name, routes)
        _say("writing down what is asked of PostgreSQL")
        counts = http_recording.record(servers.postgres, webs[OURS].port, routes, recording)
        world.keep()
        for route in routes:
            world.undo(route)
        webs[LIMIT] = running.enter_context(started(servers, LIMIT, recording))
        run.check(LIMIT, routes)
        run.check(OURS, routes)
        rows = [row for route in routes for row in run.measure(route)]
    sizes = {"people": sockets, "viewers": len(world.viewers)}
    return {
        **{"turns": TURNS, "seconds": seconds, "most_seconds": MOST_SECONDS, "statements": counts},
        **sizes,
        "rows": [asdict(row) for row in rows],
    }


def _say(what: str) -> None:
    print(f"  {what} …", file=sys.stderr, flush=True)


class _Run:
    """The subjects that run, and who asks them."""

    def __init__(self, asking: Asking, world: World, webs: dict[str, Web], seconds: float) -> None:
        self._asking, self._world, self._webs, self._least_seconds = asking, world, webs, seconds
        self._rates: dict[tuple[str, str], float] = {}  # of a subject at a route, as far as is known

    def check(self, name: str, routes: list[Route]) -> None:
        """Ask everything once, of which nothing may fail; what a subject makes at first it has made then.

        Raises:
            RuntimeError: if something fails.
        """
        _say(f"asking {name} everything once")
        for route in routes:
            found = self._asking.once(self._webs[name].port, self._file(route))
            self._world.undo(route)
            self._rates[name, route.name] = found["asked"] / found["seconds"]
            if found["bad"]:
                raise RuntimeError(f"{name} fails {found['bad']} times at {route.name}: {found['first_bad']}")

    def measure(self, route: Route) -> list[Row]:
        """One route on all subjects by turns; who is first changes with each turn."""
        rows = [Row(route.name, route.kind, name) for name in SUBJECTS]
        for turn in range(TURNS):
            _say(f"{route.name} {turn + 1}/{TURNS}")
            for row in rows[turn:] + rows[:turn]:
                self._saturate(row, route)
                if row.subject in PACED:
                    self._pace(row, route)
        return rows

    def _saturate(self, row: Row, route: Route) -> None:
        web = self._webs[row.subject]
        with self._measured(web) as used:
            found = self._asking.saturate(web.port, self._file(route), self._seconds(row))
        self._world.undo(route)
        row.failed += found["failed"] + found["broken"]
        row.rate.append(found["requests"] / found["seconds"])
        row.p50.append(found["p50_ms"])
        row.p99.append(found["p99_ms"])
        row.cpu_us.append(used["server"] / found["requests"] * 1e6)
        row.server_share.append(100 * used["server"] / used["took"])
        row.client_core.append(100 * used["client core"] / used["took"])

    def _pace(self, row: Row, route: Route) -> None:
        rate, port = PART * row.rate[-1], self._webs[row.subject].port
        found = self._asking.pace(port, self._file(route), rate, self._seconds(row))
        self._world.undo(route)
        row.failed += found["bad"]
        row.why = row.why or found["first_bad"]
        row.paced_p50.append(found["p50_ms"])
        row.paced_p99.append(found["p99_ms"])
        row.late_p99.append(found["late_p99_ms"])

    def _seconds(self, row: Row) -> float:
        wanted = FULL_LINES * CONNECTIONS / self._rates[row.subject, row.route]
        return min(MOST_SECONDS, max(self._least_seconds, wanted))

    def _file(self, route: Route) -> Path:
        return self._asking.file(route.name, route.asks)

    @contextlib.contextmanager
    def _measured(self, web: Web) -> Iterator[dict[str, float]]:
        """What a server and the clients' core use meanwhile, in seconds."""
        used: dict[str, float] = {}
        before, busy, began = _cpu_seconds(web), machine.core_busy_seconds()[machine.CLIENT_CORE], time.monotonic()
        yield used
        used["took"] = time.monotonic() - began
        used["server"] = _cpu_seconds(web) - before
        used["client core"] = machine.core_busy_seconds()[machine.CLIENT_CORE] - busy


def _cpu_seconds(web: Web) -> float:
    """Of a server's process and its workers."""
    return sum(machine.cpu_seconds(pid) for pid in watchdog.family(web.web_pid))
