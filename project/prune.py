"""Everything that may go, now instead of tonight: what each app forgets by itself, and what nobody else looks for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

import accounts.actions
import content.actions
import ops.actions
from accounts import queries
from accounts.models import FormerUsername, Session
from content import files, lacking
from content.actions import once, removal
from content.models import RESTORABLE, Made, Media, Post
from core import clock
from ops.models import EVIDENCE_KEPT, Case
from project import purge
from realtime import partitions, tickets
from realtime.models import Ticket

YOUNG = timedelta(days=1)  # a file that no row names yet may be on its way in
MAIL_KEPT = timedelta(days=30)  # letters in files, where there is no EMAIL_URL
MANY = 1_000  # people that are counted
RUNS = 10_000  # of a purge that does some at a time


@dataclass(frozen=True, slots=True)
class Found:
    """How much there is of something that may go; bytes of files and tables, 0 of rows."""

    count: int
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Pruned:
    """What there was of something, and what is left of it: it is young again, or held by a backup or another run."""

    what: str
    found: Found
    left: Found


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of thing that may go."""

    what: str
    find: Callable[[], Found]
    remove: Callable[[], object]


def prune(*, dry_run: bool = False) -> Iterator[Pruned]:
    """Remove all that may go, kind by kind; with `dry_run` only look. It may run beside everything else."""
    for job in JOBS:
        found = job.find()
        if found.count and not dry_run:
            job.remove()
        yield Pruned(job.what, found, job.find() if found.count and not dry_run else found)


def _rows(rows: Callable[[], QuerySet]) -> Callable[[], Found]:  # type: ignore[type-arg]  # of any model
    return lambda: Found(rows().count())


def _again(purge_some: Callable[[], object], rows: Callable[[], QuerySet]) -> Callable[[], None]:  # type: ignore[type-arg]
    """Run a purge that does some at a time until it gets no further."""

    def purge_all() -> None:
        left = rows().count()
        for _ in range(RUNS):
            purge_some()
            before, left = left, rows().count()
            if not left or left == before:
                return

    return purge_all


def _sessions() -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lte=clock.now())


def _tickets() -> QuerySet[Ticket]:
    return Ticket.objects.filter(expires_at__lte=clock.now())


def _keys() -> QuerySet[Made]:
    return Made.objects.filter(created_at__lt=clock.now() - once.KEPT)


def _posts() -> QuerySet[Post]:
    return Post.objects.filter(deleted_at__lte=clock.now() - RESTORABLE)


def _photos() -> QuerySet[Media]:
    return Media.objects.purgeable()


def _cases() -> QuerySet[Case]:
    return Case.objects.closed().filter(closed_at__lte=clock.now() - EVIDENCE_KEPT)


def _people() -> Found:
    return Found(len(queries.overdue_people(limit=MANY)))


def _log() -> Found:
    end = clock.now() - timedelta(days=settings.LOG_DAYS)
    names = [one.name for one in partitions.partitions() if one.end <= end]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_total_relation_size(name::regclass)), 0) FROM unnest(%s::text[]) name", [names]
        )
        return Found(len(names), int(cursor.fetchone()[0] or 0))


def _cached() -> Found:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE expires < now()")
        return Found(cursor.fetchone()[0])


def _forget_cached() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cache WHERE expires < now()")


def _orphans() -> Found:
    sizes = [files.bytes_of(path) for path in lacking.orphans(before=_young().timestamp())]
    return Found(len(sizes), sum(sizes))


def _unfinished() -> list[Path]:
    """What backups and restores that were killed have left."""
    data = Path(settings.DATA)
    return _old([*data.glob("backups/.photophore-*"), *data.glob(".restore-*")], _young())


def _letters() -> list[Path]:
    return _old((Path(settings.DATA) / "outbox").glob("*.log"), clock.now() - MAIL_KEPT)


def _old(paths: object, before: datetime) -> list[Path]:
    return [path for path in paths if path.stat().st_mtime < before.timestamp()]  # type: ignore[attr-defined]


def _young() -> datetime:
    return clock.now() - YOUNG


def _sized(paths: Callable[[], list[Path]]) -> Callable[[], Found]:
    return lambda: Found(len(found := paths()), sum(map(files.bytes_of, found)))


def _removing(paths: Callable[[], list[Path]]) -> Callable[[], None]:
    def remove() -> None:
        for path in paths():
            files.remove_path(path)

    return remove


# People before posts, posts before photos, photos before files: each leaves something to the next.
JOBS = (
    Job("accounts", _people, lambda: list(purge.purge())),
    Job("posts", _rows(_posts), _again(content.actions.purge_posts, _posts)),
    Job("photos", _rows(_photos), _again(lambda: removal.purge_leftovers(before=clock.now()), _photos)),
    Job("files of nobody", _orphans, lambda: removal.remove_orphans(before=_young())),
    Job("sessions", _rows(_sessions), accounts.actions.forget_sessions),
    Job("tickets", _rows(_tickets), tickets.sweep),
    Job("idempotency keys", _rows(_keys), once.forget),
    Job("former names", _rows(FormerUsername.objects.forgotten), accounts.actions.forget_names),
    Job("cases", _rows(_cases), _again(ops.actions.purge_cases, _cases)),
    Job("events", _log, partitions.keep_up),
    Job("cache", _cached, _forget_cached),
    Job("unfinished backups", _sized(_unfinished), _removing(_unfinished)),
    Job("letters", _sized(_letters), _removing(_letters)),
)
