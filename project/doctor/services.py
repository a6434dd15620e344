"""What Photophore keeps and hears by: PostgreSQL, Redis, the task queue and who works on it."""

import time
from collections.abc import Iterator

import psycopg
from celery import current_app
from django.conf import settings
from django.db import connection

from core import clock, redis_client, redis_url, replica, sql
from core.broker import DEAD
from events import outbox
from ops import queues
from ops.health import unapplied
from project import beats
from project.doctor.findings import Finding, fail, ok, warn
from realtime import bus

OLDEST_POSTGRES = 140_000
SKEW_SECONDS = 1.0
MEGABYTE = 1024 * 1024
FAR_BEHIND = 16 * MEGABYTE  # a segment of the WAL
LATE_SECONDS = 10.0  # an event waits milliseconds for its drain
LONG = 1_000  # tasks that wait
ANSWER_SECONDS = 2
QUEUES = {
    "live": "celery -A project worker -Q live,feeds -P solo",
    "feeds": "celery -A project worker -Q live,feeds -P solo",
    "media": "celery -A project worker -Q media,bulk -P prefork -c 1",
    "bulk": "celery -A project worker -Q media,bulk -P prefork -c 1",
}


def database() -> Iterator[Finding]:
    """The server and its schema."""
    yield from server()
    yield from _schema()


def server() -> Iterator[Finding]:
    """The version of PostgreSQL, its encoding, clock and room."""
    with psycopg.connect(**connection.get_connection_params()):
        pass  # of the pool nobody would hear why it has no connection, and that after five seconds
    ((version, number, encoding, now, used, most),) = sql.rows(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int, "
        "current_setting('server_encoding'), clock_timestamp(), (SELECT count(*) FROM pg_stat_activity), "
        "current_setting('max_connections')::int"
    )
    skew = abs((now - clock.now()).total_seconds())
    if number < OLDEST_POSTGRES:
        yield fail("postgresql", f"{version} is too old.", "Upgrade to PostgreSQL 14 or later.")
    elif encoding != "UTF8":
        yield fail("postgresql", f"Its encoding is {encoding}.", "Make the database anew with ENCODING 'UTF8'.")
    elif skew > SKEW_SECONDS:
        yield warn("postgresql", f"Its clock is {skew:.1f} s from ours.", "Run NTP on both machines.")
    elif used > 0.8 * most:
        yield warn("postgresql", f"{used} of {most} connections are taken.", "Raise max_connections, or pool less.")
    else:
        yield ok("postgresql", f"{version}, {used} of {most} connections")


def _schema() -> Iterator[Finding]:
    """The extensions, and whether every migration is applied."""
    there = {name for (name,) in sql.rows("SELECT extname::text FROM pg_extension")}
    if missing := {"pg_trgm", "unaccent"} - there:
        cure = "As the database's owner: " + " ".join(f"CREATE EXTENSION {name};" for name in sorted(missing))
        yield fail("extensions", f"Missing: {', '.join(sorted(missing))}.", cure)
    if waiting := unapplied():
        yield fail("migrations", f"{waiting} are not applied.", "manage.py migrate")
    else:
        yield ok("migrations", "all applied")


def standby() -> Iterator[Finding]:
    """The replica, where there is one: whether it follows, and how far it is behind."""
    if not replica.exists():
        return
    behind = replica.bytes_behind()
    if behind > FAR_BEHIND:
        yield warn("replica", f"It is {behind // MEGABYTE} MiB behind: the primary does its work.", "Look at its log.")
    else:
        yield ok("replica", f"{behind} bytes behind")


def outbox_depth() -> Iterator[Finding]:
    """Whether what people do is told to others."""
    depth = outbox.depth()
    if depth.oldest_seconds > LATE_SECONDS:
        said = f"{depth.waiting} events wait, the oldest for {depth.oldest_seconds:.0f} s."
        yield fail("outbox", said, f"Start a worker: {QUEUES['live']}")
    elif depth.dead:
        yield warn("outbox", f"{depth.dead} events failed five times.", "docs/operations.md, Is it well?")
    else:
        yield ok("outbox", f"{depth.waiting} events wait")


def live_bus() -> Iterator[Finding]:
    """Redis: whether every partition is held, how fast one answers, and what it does when it is full."""
    began = time.monotonic()
    if not bus.ping():
        yield fail("redis", "A part of it does not answer.", "Look at its log; REDIS_URL says where it is.")
        return
    took_ms = (time.monotonic() - began) * 1000
    policy = _policy()
    if policy not in ("", "noeviction"):
        cure = "Set maxmemory-policy noeviction, and give caches a Redis of their own."
        yield warn("redis", f"When full it forgets by {policy}, tasks as well.", cure)
    else:
        yield ok("redis", f"answers within {took_ms:.1f} ms")


def _policy() -> str:
    """What one Redis does when it is full; nothing of a Cluster's, or of one that does not tell."""
    if redis_url.parse(settings.REDIS_URL).kind == "cluster":
        return ""
    client = redis_client.connect(settings.REDIS_URL, timeout_seconds=ANSWER_SECONDS)
    return str(client.info("memory").get("maxmemory_policy", ""))


def broker() -> Iterator[Finding]:
    """The task queue, how much waits in each queue, and whether somebody works on it."""
    waiting = queues.depths((*QUEUES, DEAD))
    dead = waiting.pop(DEAD)
    longest = max(waiting, key=lambda queue: waiting[queue])
    if waiting[longest] > LONG:
        cure = f"Start another worker: {QUEUES[longest]}"
        yield warn("queues", f"{waiting[longest]} tasks wait in {longest}.", cure)
    else:
        yield ok("queues", ", ".join(f"{queue} {count}" for queue, count in waiting.items()))
    yield from _workers()
    if dead:
        said = f"{dead} tasks took their workers with them, or were refused, and were given up."
        yield warn("dead letters", said, f"Look at RabbitMQ's queue {DEAD}, then purge it.")


def _workers() -> Iterator[Finding]:
    with current_app.connection_for_read(connect_timeout=ANSWER_SECONDS) as fresh:  # one of the pool may be long dead
        found = current_app.control.inspect(timeout=ANSWER_SECONDS, connection=fresh).active_queues() or {}
    heard = {queue["name"] for theirs in found.values() for queue in theirs}
    missing = [queue for queue in QUEUES if queue not in heard]
    if missing:
        yield fail("workers", f"Nobody works on {', '.join(missing)}.", f"Start one: {QUEUES[missing[0]]}")
    else:
        yield ok("workers", f"{len(found)} at work")
    age = beats.age_seconds()
    if "live" in heard and (age is None or age > LATE_SECONDS):
        yield fail("beat", "The clock of what is done now and then stands still.", "Start it: celery -A project beat")
    elif "live" in heard:
        yield ok("beat", f"heard of {age:.0f} s ago")


CHECKS = (
    ("postgresql", database, "Start it, or correct DATABASE_URL."),
    ("replica", standby, "Start it, or correct DATABASE_REPLICA_URL: the primary does its work."),
    ("outbox", outbox_depth, "manage.py migrate"),
    ("redis", live_bus, "Start it, or correct REDIS_URL."),
    ("queues", broker, "Start it, or correct CELERY_BROKER_URL."),
)
