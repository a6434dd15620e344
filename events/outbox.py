"""The outbox: record an event beside its facts, take batches of a shard, settle them. Handles no event itself."""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from core import clock, sql
from core.pipeline import Row
from core.tracking import on_behalf_of, request_id, traceparent
from events import types, wake
from events.models import MAX_ATTEMPTS, SHARDS, OutboxRow

logger = logging.getLogger(__name__)

LOCK_CLASS = 0x7068  # "ph": keeps our advisory locks apart from anybody else's
LOCK_WAIT_MS = 2_000
MOST = 100_000  # rows that `depth` counts: beyond that an outage would make looking at it expensive

# What a drain asks goes by keys. Its plans are made once, maybe while the tables are empty, and must not then read all
# of a table, which the planner takes for cheap as long as it knows of none of its rows.
_LOCK = (
    "SELECT set_config('lock_timeout', %s::text, true), set_config('enable_seqscan', 'off', true), "
    "set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), "
    "pg_advisory_xact_lock(%s::int, %s::int)"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event that waits in the outbox, with the moment at which it was recorded."""

    row_id: int
    event: types.AnyEvent
    recorded_at: datetime
    request_id: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Depth:
    """What is in the outbox: how much waits (counted up to MOST) and since when, and how much is dead."""

    waiting: int
    oldest_seconds: float
    dead: int


def shard_of(user_id: int) -> int:
    """The shard that holds everything addressed to one person (ids differ in their low and their time bits)."""
    return ((user_id >> 23) ^ user_id) % SHARDS


def record(event: types.Event, *, for_user: int) -> None:
    """Write an event in the caller's transaction, and wake a drain once that has committed.

    Must be called inside `transaction.atomic()`, beside the facts that the event names; a rollback takes both back.
    """
    shard = shard_of(for_user)
    _row(event, shard).save(force_insert=True)
    wake_after_commit(shard)


def record_all(events: Iterable[types.Event], *, for_user: int) -> None:
    """The same for several, in one statement."""
    shard = shard_of(for_user)
    OutboxRow.objects.bulk_create(_row(event, shard) for event in events)
    wake_after_commit(shard)


def _row(event: types.Event, shard: int) -> OutboxRow:
    encoded = types.encode(event)
    return OutboxRow(shard=shard, event=encoded, request_id=request_id.get(), traceparent=traceparent.get())


# For an action that is one statement: records the rows `(for_user, event)` of its query `happened`, in their order. Its
# values are `origin()`; the shard is that of `shard_of`.
RECORDED = (
    "INSERT INTO outbox (shard, event, request_id, traceparent, created_at, attempts, error) "  # noqa: S608
    f"SELECT ((for_user >> 23) # for_user) %% {SHARDS}, event, %(request_id)s, %(traceparent)s, now(), 0, '' "
    "FROM happened"
)


def origin() -> dict[str, str]:
    """The values of RECORDED: on whose behalf it is done."""
    return {"request_id": request_id.get(), "traceparent": traceparent.get()}


def blank() -> int:
    """Stands in an event for an id that only its statement finds: longer than any, and in nobody's text."""
    return 9 * 10**18 + secrets.randbelow(10**17)


def filled(event: str, ids: dict[int, str]) -> str:
    """An event, as SQL, with its blanks replaced by what SQL finds."""
    for number, found in ids.items():
        event = f"replace({event}, '{number}', {found}::text)"
    return event


def wake_after_commit(shard: int) -> None:
    """Wake a drain once the caller's transaction has committed; at once if there is none."""
    transaction.on_commit(lambda: wake.sender().wake(shard))


def claim(shard: int, limit: int) -> list[Waiting]:
    """Lock a shard and take its oldest events; inside `sql.pipeline`, in one round trip."""
    lock_shard(shard)
    return take(shard, limit)


def lock_shard(shard: int) -> None:
    """Become the only drain of a shard until the transaction ends.

    Waits for the one before rather than giving up: it may already have taken its last look when our row committed.

    Raises:
        django.db.OperationalError: if the other drain takes longer than 2 s; the sweep comes back to it.
    """
    sql.later(_LOCK, f"{LOCK_WAIT_MS}ms", LOCK_CLASS, shard)


def take(shard: int, limit: int, *, after: int = 0) -> list[Waiting]:
    """Take the oldest waiting events of a shard, behind row `after`, locked until the transaction ends.

    A row that this version cannot read counts an attempt and is left for a newer worker.
    """
    rows = sql.rows(
        # The index is on `attempts < MAX_ATTEMPTS`: a parameter would hide that from a prepared plan.
        "SELECT id, event, created_at, request_id, traceparent FROM outbox "
        "WHERE shard = %s AND attempts < 5 AND id > %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
        shard,
        after,
        limit,
    )
    return _read(rows)


def _read(rows: list[Row]) -> list[Waiting]:
    waiting = []
    for row_id, event, created_at, of_request, of_span in rows:
        try:
            waiting.append(Waiting(row_id, types.decode(event), created_at, of_request, of_span))
        except msgspec.ValidationError as error:
            with on_behalf_of(of_request):
                fail([row_id], error)
    return waiting


def settle(row_ids: list[int]) -> None:
    """Delete handled rows, in the transaction that derived everything from them."""
    if row_ids:
        sql.later("DELETE FROM outbox WHERE id = ANY(%s::bigint[])", row_ids)


def fail(row_ids: list[int], error: Exception) -> None:
    """Count an attempt on each row; after MAX_ATTEMPTS a row is a dead letter."""
    logger.error("outbox rows %s failed: %s", row_ids, error)
    sql.later(
        "UPDATE outbox SET attempts = attempts + 1, error = %s WHERE id = ANY(%s::bigint[])", str(error)[:500], row_ids
    )


def waiting_shards(*, for_seconds: float = 0) -> list[int]:
    """Shards in which something waits, or has waited for so long: what the periodic sweeps drain."""
    since = clock.now() - timedelta(seconds=for_seconds)
    rows = OutboxRow.objects.filter(attempts__lt=MAX_ATTEMPTS, created_at__lte=since)
    return list(rows.values_list("shard", flat=True).distinct().order_by("shard"))


def waits(event: types.Event, *, for_user: int) -> bool:
    """Whether the very event still waits."""
    rows = OutboxRow.objects.filter(shard=shard_of(for_user), attempts__lt=MAX_ATTEMPTS)
    return rows.filter(event=types.encode(event)).exists()


def names(user_id: int) -> bool:
    """Whether something that waits names a person, in whatever shard; dead letters do not wait. Reads all of it."""
    return OutboxRow.objects.filter(attempts__lt=MAX_ATTEMPTS, event__contains=str(user_id)).exists()


def depth() -> Depth:
    """How much waits and for how long, in one query that stays cheap however much it is."""
    ((waiting, oldest_seconds, dead),) = sql.rows(
        "SELECT (SELECT count(*) FROM (SELECT FROM outbox WHERE attempts < 5 LIMIT %s) AS waiting), "
        "(SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 FROM outbox WHERE attempts < 5 "
        "ORDER BY id LIMIT 1), (SELECT count(*) FROM outbox WHERE attempts >= 5)",
        MOST,
    )
    return Depth(waiting, max(0.0, oldest_seconds or 0.0), dead)
