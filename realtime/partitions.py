"""The log's partitions: made ahead, and dropped when they are old. A client behind what is dropped gets `resync`.

`user_event` is cut by `created_at`. The database's key is (user_id, seq, created_at), since PostgreSQL wants the cut in
it; (user_id, seq) is unique all the same: a seq is taken from its head, whose row is locked until the commit. What has
no partition goes to the default one, and from there into the next that is made for it.
"""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import LiteralString

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql as names

from core import clock

logger = logging.getLogger(__name__)

AHEAD = timedelta(days=28)  # for which there are partitions, should nothing make more for as long
LOCK_WAIT = "2s"  # then the next run tries again: who waits for a table holds up all who come after
DEFAULT = "user_event_default"
_BOUNDS = re.compile(r"FROM \('([^']+)'\) TO \('([^']+)'\)")


@dataclass(frozen=True, slots=True)
class Partition:
    """The events of one period, `end` exclusive."""

    name: str
    start: datetime
    end: datetime


def keep_up() -> None:
    """Make the partitions of the time ahead, and drop those past PHOTOPHORE_LOG_DAYS. Doing it again does nothing."""
    make_ahead(clock.now() + AHEAD)
    drop_before(clock.now() - timedelta(days=settings.LOG_DAYS))


def partitions() -> list[Partition]:
    """All but the default partition, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_get_expr(relpartbound, pg_class.oid) FROM pg_inherits "
            "JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'user_event'::regclass"
        )
        found = [(name, _BOUNDS.search(bounds)) for name, bounds in cursor.fetchall()]
    made = [Partition(name, *map(datetime.fromisoformat, bounds.groups())) for name, bounds in found if bounds]
    return sorted(made, key=lambda partition: partition.start)


def make_ahead(until: datetime) -> None:
    """Make partitions from where the last one ends; another length of the periods begins there, too."""
    made = partitions()
    end = made[-1].end if made else _period_of(_oldest_by_default())[0]
    while end < until:
        start, end = end, _period_of(end)[1]
        _make(Partition(f"user_event_{start:%Y%m%d}", start, end))


def drop_before(moment: datetime) -> None:
    """Drop the partitions that end before a moment, each in one transaction with the heads that it trims."""
    for partition in partitions():
        if partition.end <= moment:
            _drop(partition)
    with transaction.atomic():
        _trim(DEFAULT, moment)
        _execute("DELETE FROM {} WHERE created_at < %s", DEFAULT, moment)


def _period_of(moment: datetime) -> tuple[datetime, datetime]:
    """The period that holds a moment: of seven days, from Monday to Monday, UTC."""
    days = settings.LOG_PARTITION_DAYS
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = day - timedelta(days=(day.toordinal() - 1) % days)
    return start, start + timedelta(days=days)


def _oldest_by_default() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(created_at), now()) FROM user_event_default")
        oldest: datetime = cursor.fetchone()[0]
        return oldest


def _make(partition: Partition) -> None:
    """Make one, with what has gone to the default partition for want of it."""
    span = (partition.start, partition.end)
    with transaction.atomic():
        _execute("SET LOCAL lock_timeout = %s", None, LOCK_WAIT)
        _execute("CREATE TABLE {} (LIKE user_event INCLUDING ALL)", partition.name)
        _execute(
            "WITH moved AS (DELETE FROM user_event_default WHERE created_at >= %s AND created_at < %s RETURNING *) "
            "INSERT INTO {} SELECT * FROM moved",
            partition.name,
            *span,
        )
        _execute("ALTER TABLE user_event ATTACH PARTITION {} FOR VALUES FROM (%s) TO (%s)", partition.name, *span)


def _drop(partition: Partition) -> None:
    with transaction.atomic():
        _execute("SET LOCAL lock_timeout = %s", None, LOCK_WAIT)
        _trim(partition.name, partition.end)
        _execute("DROP TABLE {}", partition.name)
    logger.info("dropped %s, the events before %s", partition.name, partition.end)


def _trim(table: str, moment: datetime) -> None:
    """Move `trimmed` behind what goes, before it goes: a client that has not got there is told to start over.

    Heads are locked in id order, as the drains do. The highest seq that goes is the mark, so that what stays above it
    is whole, even where two drains' clocks differ.
    """
    _execute(
        "WITH gone AS (SELECT user_id, max(seq) AS seq FROM {} WHERE created_at < %s GROUP BY user_id), "
        "locked AS (SELECT user_id FROM user_head WHERE user_id IN (SELECT user_id FROM gone) "
        "ORDER BY user_id FOR UPDATE) "
        "UPDATE user_head AS head SET trimmed = greatest(head.trimmed, gone.seq) FROM gone "
        "WHERE head.user_id = gone.user_id AND (SELECT count(*) FROM locked) > 0",
        table,
        moment,
    )


def _execute(statement: LiteralString, table: str | None, *parameters: str | datetime) -> None:
    query = names.SQL(statement).format(*([names.Identifier(table)] if table else []))
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
