"""Everybody comes back at once, ten events behind: who has caught up, how fast, and what it asks of PostgreSQL."""

import statistics
import sys
import time
from typing import Any

import psycopg
import redis
from django.conf import settings

from bench import machine, report, world
from bench.load import Client, Load
from bench.servers import Servers, Web
from bench.subjects import CHUNK, tell
from realtime import bus, log

MISSED = 10  # events each
STORMS = ("rings", "rings", "PostgreSQL")  # from where what was missed is read
MOST_SECONDS = 15.0
CLIENTS_A_QUERY = 50
PATH, READY = "/rt?u=", '"t":"ready"'

OURS = "SELECT pg_stat_statements_reset()"
ASKED = """\
SELECT calls, query FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
WHERE datname = current_database() AND query NOT LIKE '%pg_stat_statements%' ORDER BY calls DESC"""


def measure(servers: Servers, load: Load, *, sockets: int, seconds: float) -> dict[str, Any]:
    """One web process; in each storm all its sockets close, miss events, and come back in the same moment."""
    people = world.make_people(sockets)
    epoch, seq, storms = log.epoch(), 0, []
    with servers.photophore(worker=False) as web, servers.counting():
        load.open(web.port, _clients(people, epoch, seq), path=PATH, ready=READY)
        for source in STORMS:
            print(f"  from {source} …", file=sys.stderr, flush=True)
            load.close()
            _let_miss(people, source)
            storms.append(_storm(servers, load, web, _clients(people, epoch, seq), seq, seconds) | {"source": source})
            seq += MISSED
        load.close()
    return {"sockets": sockets, "missed": MISSED, "storms": storms}


def _clients(people: list[world.Person], epoch: str, seq: int) -> list[Client]:
    hello = '{"t":"hello","cursor":{"epoch":"%s","seq":%d}}' % (epoch, seq)  # noqa: UP031 -- braces
    return [Client(person.token, hello) for person in people]


def _let_miss(people: list[world.Person], source: str) -> None:
    """What the drain does for people who are away: their logs, and their rings, which live on for a while."""
    for number in range(MISSED):
        numbered = tell(people, lambda _, number=number: f"missed {number}")  # type: ignore[misc]
        for start in range(0, len(numbered), CHUNK):
            messages = [bus.of_event(event) for event in numbered[start : start + CHUNK]]
            while not bus.publish(messages):  # a machine so busy that Valkey took a second; again does no harm
                time.sleep(0.1)
    if source == "PostgreSQL":
        redis.Redis.from_url(settings.REDIS_URL).flushall()


def _storm(
    servers: Servers, load: Load, web: Web, clients: list[Client], seq: int, seconds: float
) -> dict[str, Any]:  # fmt: skip
    cpu = machine.cpu_seconds(web.web_pid)
    with psycopg.connect(servers.postgres.url, autocommit=True) as watching:
        watching.execute(OURS)
        result = load.open(
            web.port, clients, path=PATH, ready=READY,
            inflight=len(clients), seconds=4 * seconds, since=seq, upto=seq + MISSED,
        )  # fmt: skip
        queries = watching.execute(ASKED).fetchall()
    cpu = machine.cpu_seconds(web.web_pid) - cpu
    after = load.idle(1.0)  # whatever comes twice has come by now
    return {
        **{name: result[name] for name in ("seconds", "p50_ms", "p99_ms", "refused", "failed")},
        "caught_up": len(clients) - after["behind"],
        "lost": after["seq_lost"] + after["behind"] * MISSED,
        "twice": after["seq_twice"],
        "closed": after["closed"],
        "cpu_us": cpu * 1e6 / len(clients),
        "queries": sum(calls for calls, _ in queries),
        "statements": [[calls, " ".join(query.split())[:160]] for calls, query in queries[:12]],
    }


def section(result: dict[str, Any]) -> str:
    """What the page says of it."""
    rows = [
        [
            storm["source"],
            f"{storm['caught_up']:,} of {result['sockets']:,}",
            f"{storm['seconds']:.1f}",
            f"{storm['p50_ms'] / 1e3:.1f}, {storm['p99_ms'] / 1e3:.1f}",
            f"{storm['lost']}, {storm['twice']}, {storm['closed']}",
            f"{storm['queries']:,} ({result['sockets'] / max(1, storm['queries']):.0f} clients each)",
            f"{storm['cpu_us']:.0f}",
            f"{storm['refused']:,}, {storm['failed']:,}",
        ]
        for storm in result["storms"]
    ]
    head = "missed events from | caught up | s until the last has | p50, p99 s | lost, twice, closed | SQL queries | "
    head += "server CPU µs a client | refused and came again: 503, TCP"
    return f"""\
## A storm of reconnects

{result["sockets"]:,} signed-in clients of one web process close, miss {result["missed"]} events each, and all come back
in the same moment, with cursors. A client has caught up with `ready` and its last event, all in order. *rings*: as
after a lost line; *PostgreSQL*: Redis was flushed meanwhile. Queries are counted by pg_stat_statements, those that
prove who it is among them.

{report.table(head.split(" | "), rows)}"""


def gates(result: dict[str, Any]) -> list[report.Gate]:
    """All caught up in time, nothing lost, nothing twice, and few queries."""
    storms, sockets = result["storms"], result["sockets"]
    missed = [(storm["lost"], storm["twice"], sockets - storm["caught_up"]) for storm in storms]
    slowest, queries = max(storm["seconds"] for storm in storms), [storm["queries"] for storm in storms]
    return [
        report.Gate(
            f"{sockets:,} come back at once, {MISSED} events behind: 0 lost, 0 twice, all caught up",
            "; ".join(f"{lost}, {twice}, {behind} behind" for lost, twice, behind in missed),
            kept=not any(map(any, missed)),
        ),
        report.Gate(
            f"… in at most {MOST_SECONDS:g} s",
            f"{statistics.median(storm['seconds'] for storm in storms):.1f}, at worst {slowest:.1f}",
            kept=slowest <= MOST_SECONDS,
        ),
        report.Gate(
            f"… with at most one SQL query for {CLIENTS_A_QUERY} clients",
            ", ".join(f"{count} from {storm['source']}" for count, storm in zip(queries, storms, strict=True)),
            kept=max(queries) * CLIENTS_A_QUERY <= sockets,
        ),
    ]
