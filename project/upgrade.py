"""What an upgrade to this code would do, told before it is done: looked up in the database that is still in use."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from core import env, redis_client, redis_url, sql
from project import VERSION, migrating
from project.backup import told_by
from project.doctor import Check, Finding, examine, fail, ok, warn
from project.doctor.machine import packages
from project.doctor.services import server
from project.up.folder import secrets_in

MANY_ROWS = 100_000  # below it a lock is over before anybody notices
OLDEST_REDIS, OLDEST_CLUSTER = (6, 2), (7, 0)  # XADD NOMKSTREAM and GETDEL; sharded pub/sub
REDIS_SECONDS = 2.0
OURS = "PHOTOPHORE_"


def check(since: Path | None = None) -> Iterator[Finding]:
    """Look at all that an upgrade depends on; `since` is a backup of before, which tells what could be set then.

    Raises:
        Damaged, Incompatible, OSError: if that backup cannot be read.
    """
    before = set(told_by(since).settings) if since else None
    names: Check = ("settings", lambda: _settings(before), "docs/configuration.md")
    yield from examine((*CHECKS, names))


def _packages() -> Iterator[Finding]:
    yield ok("photophore", VERSION)
    yield from packages()


def _redis() -> Iterator[Finding]:
    client = redis_client.connect(settings.REDIS_URL, timeout_seconds=REDIS_SECONDS)
    cluster = redis_url.parse(settings.REDIS_URL).kind == "cluster"
    # A Cluster tells of every node; its oldest counts.
    told = list(client.info("server").values()) if cluster else [client.info("server")]
    version = min(str(one.get("valkey_version") or one["redis_version"]) for one in told)
    number = tuple(int(part) for part in version.split(".")[:2])
    oldest = OLDEST_CLUSTER if cluster else OLDEST_REDIS
    if number < oldest:
        yield fail(
            "redis", f"{version} is too old.", f"Upgrade to Redis {'.'.join(map(str, oldest))} or later, or Valkey."
        )
    else:
        yield ok("redis", version)


def _migrations() -> Iterator[Finding]:
    if later := migrating.unknown():
        yield fail(
            "migrations", f"The database is of a later Photophore: {later[0]}.", "Use that one, or restore a backup."
        )
        return
    waiting, steps = migrating.waiting()
    yield ok("migrations", f"{len(waiting)} to apply{': ' if waiting else ''}{', '.join(waiting)}")
    for step in steps:
        yield _of(step)


def _of(step: migrating.Step) -> Finding:
    place = f" on {step.table} (about {step.rows} rows)" if step.table else ""
    said = f"{step.migration}: {step.operation}{place}: {step.what}."
    if step.what not in (migrating.BREAKS, migrating.READ_IT) and step.rows < MANY_ROWS:
        return ok("migration", said)
    return warn("migration", said, "Do it in a quiet hour: manage.py maintenance on, then migrate.")


def _room() -> Iterator[Finding]:
    """Room for a backup and for tables that are written anew, where PostgreSQL shares the disk."""
    ((size,),) = sql.rows("SELECT pg_database_size(current_database())")
    free = shutil.disk_usage(settings.DATA).free
    said = f"{free / 1024**3:.1f} GiB free at {settings.DATA}, the database has {size / 1024**3:.1f}"
    yield (
        ok("room", said)
        if free > 2 * size
        else warn("room", said, "Make room for a backup, and for twice the database.")
    )


def _settings(before: set[str] | None) -> Iterator[Finding]:
    known = env.names()
    given = {name.removesuffix("_FILE") for name in (*os.environ, *secrets_in(Path(settings.DATA)))}
    gone = {name for name in given if name.startswith(OURS) or name in (before or ())} - known
    for name in sorted(gone):
        yield warn("settings", f"{name} is set, and is no setting (any more).", "See docs/configuration.md.")
    if before is not None:
        new = sorted(known - before)
        yield ok("settings", f"new: {', '.join(new)}" if new else "none is new")
    elif not gone:
        yield ok("settings", "all that are set are known")


CHECKS: tuple[Check, ...] = (
    ("packages", _packages, "make setup"),
    ("postgresql", server, "Start it, or correct DATABASE_URL."),
    ("redis", _redis, "Start it, or correct REDIS_URL."),
    ("migrations", _migrations, "See the log of PostgreSQL."),
    ("room", _room, "The user that runs Photophore must own PHOTOPHORE_DATA."),
)
