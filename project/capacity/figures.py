"""What was measured, and by what command. A test holds each figure of ours equal to the results of that run."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

RESULTS = "bench/results/2026-11-27-2-core.json"
UNREPEATED = "no command of this repository repeats it"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its unit and what it is of. `by` is a part of the bench, in whose results `read` finds it; or words."""

    value: float
    unit: str
    what: str
    by: str
    read: Callable[[Any], float] | None = None

    @property
    def source(self) -> str:
        """The command that measured it, or who says so."""
        return f"`python -m bench --only {self.by}`" if self.read else self.by


def _run(results: Any, path: str, rate: int) -> Any:
    return next(run for run in results["like"]["runs"] if (run["path"], run["rate"]) == (path, rate))


def _share(results: Any, process: str) -> float:
    """CPU in µs that a process spends on a like, of 300 a second to many people."""
    run = _run(results, "action", 300)
    return float(run["shares"][process] / 100 / run["reached"] * 1e6)


def _request(results: Any) -> float:
    """CPU in µs of a like over REST: what the web process needs more than when likes do not come through it."""
    rest, without = _run(results, "REST", 20), _run(results, "action", 20)
    return float((rest["shares"]["web"] - without["shares"]["web"]) / 100 / rest["reached"] * 1e6)


def _sockets(results: Any, name: str) -> float:
    """The median over the starts of Photophore with 5,000 sockets."""
    row = next(row for row in results["sockets"]["rows"] if (row["name"], row["sockets"]) == ("photophore", 5000))
    return float(statistics.median(row[name]))


def _page(results: Any, size: int, name: str, which: str) -> float:
    pages = results["feeds"]["sizes"][size]["pages"]
    found = next(page[which] for page in pages if page["name"] == name)
    return float(max(found) if isinstance(found, list) else found)


def _handed(results: Any) -> float:
    """Seconds of a worker for each follower, in µs."""
    fan_out = results["feeds"]["sizes"][1]["fan_out"]
    return float(statistics.median(fan_out["ours"])) / int(fan_out["followers"]) * 1e6


# fmt: off -- a figure is one or two lines
SOCKET = Figure(
    19.3,
    "KiB",
    "memory of a connected, signed-in, idle socket, without the kernel's",
    "sockets",
    lambda found: _sockets(found, "kib"),
)
CONNECT = Figure(
    1230, "µs", "CPU of the web process to let a socket in", "sockets", lambda found: _sockets(found, "connect_us")
)
DELIVERY = Figure(
    11.1, "µs", "CPU of the web process a frame to one of 5,000", "sockets", lambda found: _sockets(found, "single_us")
)
EVENT = Figure(
    24.1, "µs", "CPU of the web process an event to one person", "sockets", lambda found: _sockets(found, "target_us")
)
LIKE = Figure(6400, "µs", "CPU of the web process a like over REST", "like", _request)
PAGE = Figure(
    17.5,
    "ms",
    "the feed over REST, one reader at a time, p50; counted as if all of it were CPU",
    "feeds",
    lambda found: _page(found, 1, "home feed, warm, over REST", "p50_ms"),
)
DRAIN = Figure(
    1340,
    "µs",
    "CPU of the live worker a like, at 300 a second; at 1,000 of one post a fifth",
    "like",
    lambda found: _share(found, "worker"),
)
HAND = Figure(16.8, "µs", "time of a worker to hand a post to one of 100,000 followers", "feeds", _handed)
WRITE = Figure(
    2050,
    "µs",
    "CPU of PostgreSQL a like, its commit and its drain, at 300 a second",
    "like",
    lambda found: _share(found, "postgres"),
)
COMMIT = Figure(
    1.51, "ms", "a like, to its commit", "like", lambda found: float(_run(found, "action", 300)["action_p50"])
)
QUERY = Figure(
    121,
    "µs",
    "CPU of PostgreSQL a small query",
    f"908 ORM reads a second of a stock Django under uvicorn took 11 % of a core; {UNREPEATED}",
)
QUERIES = Figure(
    3, "queries", "a page of the feed", "feeds", lambda found: _page(found, 1, "home feed, warm", "queries")
)
BUS = Figure(241, "µs", "CPU of Valkey a like, at 300 a second", "like", lambda found: _share(found, "valkey"))
RING = Figure(110, "KiB", "memory of Valkey a person who is online", f"256 events of 400 bytes; {UNREPEATED}")
SEARCH_TENTH = Figure(
    25.6,
    "ms",
    "people of a name among 20,000, p99",
    "feeds",
    lambda found: _page(found, 0, "people of a name", "p99_ms"),
)
SEARCH = Figure(
    142,
    "ms",
    "people of a name among 200,000, p99",
    "feeds",
    lambda found: _page(found, 1, "people of a name", "p99_ms"),
)
FIGURES = (
    SOCKET,
    CONNECT,
    DELIVERY,
    EVENT,
    LIKE,
    PAGE,
    DRAIN,
    HAND,
    WRITE,
    COMMIT,
    QUERY,
    QUERIES,
    BUS,
    RING,
    SEARCH_TENTH,
    SEARCH,
)
# fmt: on
