"""One socket that never reads beside hundreds that do: whether they notice, what it costs, what it has afterwards."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import figures, machine, report, world
from bench.load import Client, Load
from bench.servers import Servers
from bench.subjects import FIRST, state_frame, tell
from realtime import bus, log

RATE = 50  # states a second, each to all: a phase needs enough for its slowest hundredth to be more than one
STATE_BYTES = 4 * 1024
TURNS = 11  # phases without and with the sleeper, by turns; odd, so that there is a median
TOLD = 16  # durable events for the sleeper in each phase: of such a size that more than its queue may hold …
TOLD_BYTES = 20 * 1024  # … but in all phases less than the kernel holds for who comes back
NARROW_BYTES = 16 * 1024  # of the sleeper's receive buffer: the kernel's usual megabytes would read for it
PATH, READY, SUBSCRIBED = "/rt?u=", '"t":"ready"', '"denied":{}'
MOST_GROWTH = 0.10
MOST_MIB = 8.0  # 256 KiB are queued for a socket at most, and its kernel's buffers are not in there


def measure(servers: Servers, load: Load, *, sockets: int, seconds: float) -> dict[str, Any]:
    """Phases of `seconds`, without and with a sleeper by turns; in the end the sleeper comes back."""
    *people, sleeper, away = world.make_people(sockets + 2)
    post_id = world.make_posts(people[0], 1)[0].id
    with servers.photophore(worker=False) as web:
        run = _Run(load, web.port, f"post:{post_id}", sockets, sleeper, away)
        load.open(web.port, [run.client(person) for person in people], path=PATH, ready=SUBSCRIBED)
        run.phase(1.0, told=0)  # cold
        phases: dict[str, list[dict[str, Any]]] = {"without": [], "with": []}
        before = machine.rss_bytes(web.web_pid)
        with _most_memory(web.web_pid) as most:
            for _ in range(TURNS):
                phases["without"].append(run.phase(seconds))
                with run.asleep():
                    phases["with"].append(run.phase(seconds, sleeps=True))
        back = run.come_back()
        load.close()
    return {
        "sockets": sockets,
        "rate": RATE,
        "bytes": STATE_BYTES,
        "seconds": seconds,
        "phases": phases,
        "grown_mib": (most[0] - before) / 2**20,
        "told": run.told,
        "back": back,
    }


class _Run:
    """The healthy sockets, the first of the load client's, and what is sent to them and to the sleeper."""

    def __init__(
        self, load: Load, port: int, topic: str, sockets: int, sleeper: world.Person, away: world.Person
    ) -> None:
        self.load, self.port, self.topic, self.sockets = load, port, topic, sockets
        self.number = FIRST
        self.sleeper, self.away = sleeper, away
        self.told = 0
        self._sleeps = 0

    def client(self, person: world.Person, cursor: str = "") -> Client:
        return Client(person.token, '{"t":"hello",%s"topics":["%s"]}' % (cursor, self.topic))  # noqa: UP031 -- braces

    def phase(self, seconds: float, told: int = TOLD, *, sleeps: bool = False) -> dict[str, Any]:
        """Publish at a steady pace, and the sleeper's events beside it; answer what the healthy sockets got."""
        events = int(RATE * seconds)
        self.load.expect("count", self.number, events, seconds + 20)
        start, sent = time.monotonic(), 0
        person = self.sleeper if sleeps else self.away  # the work is the same whether the sleeper is there or not
        for at in range(events):
            time.sleep(max(0.0, start + at / RATE - time.monotonic()))
            bus.publish([bus.of_state(self.topic, state_frame(self.topic, self.number + at, STATE_BYTES))])
            while sent < told * (at + 1) // events:
                bus.publish([bus.of_event(event) for event in tell([person], lambda _: "y" * TOLD_BYTES)])
                sent += 1
        self.number += events
        self.told += sent if sleeps else 0
        result = self.load.answer()
        return {name: result[name] for name in ("p50_ms", "p99_ms", "most_ms", "lost", "wrong", "twice", "closed")}

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """A socket that is welcomed, and reads nothing from then on."""
        self.load.do("narrow", NARROW_BYTES)
        cursor = '"cursor":{"epoch":"%s","seq":%d},' % (log.epoch(), self.told)  # noqa: UP031 -- braces
        self.load.open(self.port, [self.client(self.sleeper, cursor)], path=PATH, ready=SUBSCRIBED)
        self.load.do("narrow", 0)
        index = self.sockets + self._sleeps
        self.load.do("sleep", index)
        self._sleeps += 1
        yield
        self.load.close(index)

    def come_back(self) -> dict[str, Any]:
        """The sleeper, with the cursor of what it had before it fell asleep for the first time: nothing."""
        client = self.client(self.sleeper, '"cursor":{"epoch":"%s","seq":0},' % log.epoch())  # noqa: UP031 -- braces
        opened = self.load.open(self.port, [client], path=PATH, ready=SUBSCRIBED, seconds=20, since=0, upto=self.told)
        return {"lost": opened["seq_lost"], "twice": opened["seq_twice"], "ms": opened["most_ms"]}


@contextmanager
def _most_memory(pid: int) -> Iterator[list[int]]:
    """Watch how much memory a process has at most."""
    most, done = [machine.rss_bytes(pid)], threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            most[0] = max(most[0], machine.rss_bytes(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def section(result: dict[str, Any]) -> str:
    """What the page says of it."""
    rows = [
        [
            f"{which} the sleeper",
            *(str(figures.spread([phase[name] for phase in phases])) for name in ("p50_ms", "p99_ms", "most_ms")),
            ", ".join(str(sum(phase[name] for phase in phases)) for name in ("lost", "wrong", "twice")),
        ]
        for which, phases in result["phases"].items()
    ]
    head = ["", "p50 ms", "p99 ms", "max ms", "lost, wrong, twice"]
    return f"""\
## A socket that never reads

{result["sockets"]} healthy sockets and one that is welcomed and then reads nothing: {result["rate"]} states of
{result["bytes"]:,} bytes a second to all, phases of {result["seconds"]:g} s without and with a sleeper by turns,
medians of {TURNS}. In each phase with it, its person is told {TOLD} durable events of {TOLD_BYTES:,} bytes, more
than may wait for it; in the others somebody who is away is. The web process grew by {result["grown_mib"]:.1f} MiB at
most. Back again with its first cursor, the sleeper had all {result["told"]} events after {result["back"]["ms"]:.0f} ms.

{report.table(head, rows)}"""


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """The healthy do not notice, the memory is bounded, and the sleeper has everything in the end."""
    p99 = {which: statistics.median(phase["p99_ms"] for phase in phases) for which, phases in result["phases"].items()}
    missed = sum(phase[name] for phases in result["phases"].values() for phase in phases for name in ("lost", "wrong"))
    growth, back = p99["with"] / p99["without"] - 1, result["back"]
    return [
        report.Gate(
            f"one socket that never reads beside {result['sockets']}: their p99 within {MOST_GROWTH:.0%}",
            f"{growth:+.1%} ({p99['without']:.2f} ms, then {p99['with']:.2f} ms), {missed} lost",
            kept=growth <= MOST_GROWTH and not missed,
        ),
        report.Gate(
            f"… server memory bounded: at most {MOST_MIB:g} MiB more",
            f"{result['grown_mib']:.1f} MiB",
            kept=result["grown_mib"] <= MOST_MIB,
        ),
        report.Gate(
            "… and the sleeper, back again, has everything",
            f"{result['told']} events, {back['lost']} lost, {back['twice']} twice",
            kept=not back["lost"] and not back["twice"],
        ),
    ]
