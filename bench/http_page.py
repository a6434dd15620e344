"""What the page says of HTTP: each route on ours, on both Djangos and on the limit. Measures nothing."""

from typing import Any

from bench import figures, report
from bench.asking import CONNECTIONS
from bench.http_subjects import LIMIT, OURS, STOCK, WSGI
from bench.network import POSTS_EACH

# At least so many times the requests a second, by what a route does.
_BARE = {WSGI: 2.5, STOCK: 6.0}
LEAST = {"open": _BARE, "bare": _BARE, "read": {WSGI: 2.0}, "write": {WSGI: 2.0, STOCK: 4.0}}
OF_THE_LIMIT = 0.6  # of routes with a logged-in person

Row = dict[str, Any]

COLUMNS = {
    "requests/s": "rate",
    "p50 ms": "p50",
    "p99 ms": "p99",
    "server CPU µs/request": "cpu_us",
    "server %": "server_share",
    "client core %": "client_core",
    "at 70 %: p50 ms": "paced_p50",
    "p99 ms ": "paced_p99",
    "sent late, p99 ms": "late_p99",
}


def section(result: dict[str, Any]) -> str:
    """What the routes take, and how ours stand to the others."""
    routes = list(dict.fromkeys(row["route"] for row in result["rows"]))
    ratios = [_ratios(result, route) for route in routes]
    rows = [
        [row["route"], row["subject"], *(_cell(row[name]) for name in COLUMNS.values()), _failed(row)]
        for row in result["rows"]
    ]
    return f"""\
## HTTP

{result["people"]:,} people and their {result["people"] * POSTS_EACH:,} posts, made as in *Feeds at size*;
{result["viewers"]} of them ask by turns, the page by cookie, the API by bearer token (*instance, nobody* without, and
its limit does nothing at all), without gzip. One server process on its core; wrk, PostgreSQL and Valkey share the
other. {CONNECTIONS} connections,
{result["seconds"]:g} s each (up to {result["most_seconds"]:g} where answers are slow), medians of {result["turns"]}, in
brackets the least and the most; all servers run, and are asked by turns. Then ours and WSGI are asked 70 % of what they
have just answered, by a client that keeps the time: a wait counts from when its request was due. Likes and follows are
PUT by all and then DELETEd by all, so that each changes something; no worker runs, and what was written is taken back
after each measurement. No limit of rates is kept. An answer that is no 2xx makes the row void.

**photophore** is the web process as `up` runs it. **Django ASGI**: the same views under Django's own handler and
middlewares on uvicorn; events, which are no view of ours, as one. **Gunicorn WSGI**: their synchronous twins, JSON by
Django, one gthread worker with as many threads as ours has, no static files, no maintenance; who asks is looked up with
each request. **limit**: a bare ASGI function on uvicorn that runs, one after the other and prepared where ours are, the
statements that the route was seen to ask (by the log of PostgreSQL, of each person after two seconds of silence), and
sends the very answer; it knows nothing of Redis and makes no JSON. All have the same PostgreSQL, and pools of the same
size.

{report.table(_RATIOS.split(" | "), ratios)}
{report.table(["route", "server", *COLUMNS, "failed"], rows)}"""


_RATIOS = (
    "route | requests/s | times Gunicorn WSGI | times Django ASGI | of the limit | CPU: of WSGI's | of Django ASGI's | "
)
_RATIOS += "of the limit's | statements, first | again"


def _ratios(result: dict[str, Any], route: str) -> list[str]:
    rows = _by_subject(result, route)
    counts = result["statements"][route]
    rates = [_cell_of(_ratio(rows, other)) for other in (WSGI, STOCK, LIMIT)]
    cpu = [_cell_of(_ratio(rows, other, "cpu_us")) for other in (WSGI, STOCK, LIMIT)]
    return [route, _cell(rows[OURS]["rate"]), *rates, *cpu, f"{counts['first']:.1f}", f"{counts['again']:.1f}"]


def _by_subject(result: dict[str, Any], route: str) -> dict[str, Row]:
    return {row["subject"]: row for row in result["rows"] if row["route"] == route}


def _ratio(rows: dict[str, Row], other: str, what: str = "rate") -> figures.Spread | None:
    """How many times the other's ours is; none if one of them is void."""
    if rows[OURS]["failed"] or rows[other]["failed"]:
        return None
    return figures.ratio(rows[OURS][what], rows[other][what])


def _cell(values: list[float]) -> str:
    return str(figures.spread(values)) if values else "-"


def _cell_of(ratio: figures.Spread | None) -> str:
    return f"{ratio.median:.2f} ({ratio.least:.2f} to {ratio.most:.2f})" if ratio else "void"


def _failed(row: Row) -> str:
    return f"**{row['failed']}: void** {row['why']}" if row["failed"] else "0"


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """What the issue wants of each route, of all together, and that nothing failed."""
    routes = list(dict.fromkeys((row["route"], row["kind"]) for row in result["rows"]))
    found = [
        _times(_by_subject(result, route), route, other, least)
        for route, kind in routes
        for other, least in LEAST[kind].items()
    ]
    names = [route for route, _ in routes]
    signed_in = [route for route, kind in routes if kind != "open"]
    return [*found, _of_the_limit(result, signed_in), _paced(result, names), _nothing_failed(result)]


def _times(rows: dict[str, Row], route: str, other: str, least: float) -> report.Gate:
    ratio = _ratio(rows, other)
    kept = ratio is not None and ratio.median >= least
    return report.Gate(f"HTTP, {route}: at least {least:g} times {other}", _cell_of(ratio), kept=kept)


def _of_the_limit(result: dict[str, Any], routes: list[str]) -> report.Gate:
    ratios = {route: _ratio(_by_subject(result, route), LIMIT) for route in routes}
    under = {route: ratio for route, ratio in ratios.items() if ratio is None or ratio.median < OF_THE_LIMIT}
    said = ", ".join(f"{route} {ratio.median:.2f}" if ratio else f"{route} void" for route, ratio in under.items())
    return report.Gate(
        f"HTTP: no route with a logged-in person under {OF_THE_LIMIT:g} of the limit", said or "none is", kept=not under
    )


def _paced(result: dict[str, Any], routes: list[str]) -> report.Gate:
    ratios = {route: _ratio(_by_subject(result, route), WSGI, "paced_p99") for route in routes}
    worse = {route: ratio for route, ratio in ratios.items() if ratio is None or ratio.median > 1}
    said = ", ".join(
        f"{route} {ratio.median:.2f} times" if ratio else f"{route} void" for route, ratio in worse.items()
    )
    wanted = "HTTP: p99 at 70 % of what one can, no worse than Gunicorn WSGI's"
    return report.Gate(wanted, said or "none is", kept=not worse)


def _nothing_failed(result: dict[str, Any]) -> report.Gate:
    failed = {f"{row['route']} on {row['subject']}": row["failed"] for row in result["rows"] if row["failed"]}
    said = ", ".join(f"{name}: {count}" for name, count in failed.items())
    return report.Gate("HTTP: every answer is a success", said or "all", kept=not failed)
