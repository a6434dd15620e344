"""The outbox: record an event beside its facts, take batches of a shard, settle them. Handles no event itself."""

import logging
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import connection, transaction
from django.db.models import F

from events import types, wake
from events.models import MAX_ATTEMPTS, SHARDS, OutboxRow

logger = logging.getLogger(__name__)

LOCK_CLASS = 0x7068  # "ph": keeps our advisory locks apart from anybody else's
LOCK_WAIT_MS = 2_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event that waits in the outbox, with the moment at which it was recorded."""

    row_id: int
    event: types.AnyEvent
    recorded_at: datetime


def shard_of(user_id: int) -> int:
    """The shard that holds everything addressed to one person (ids differ in their low and their time bits)."""
    return ((user_id >> 23) ^ user_id) % SHARDS


def record(event: types.Event, *, for_user: int) -> None:
    """Write an event in the caller's transaction, and wake a drain once that has committed.

    Must be called inside `transaction.atomic()`, beside the facts that the event names; a rollback takes both back.
    """
    shard = shard_of(for_user)
    OutboxRow.objects.create(shard=shard, event=types.encode(event))
    transaction.on_commit(lambda: wake.sender().wake(shard))


def lock_shard(shard: int) -> None:
    """Become the only drain of a shard until the transaction ends.

    Waits for the one before rather than giving up: it may already have taken its last look when our row committed.

    Raises:
        django.db.OperationalError: if the other drain takes longer than 2 s; the sweep comes back to it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s, %s)",
            [f"{LOCK_WAIT_MS}ms", LOCK_CLASS, shard],
        )


def take(shard: int, limit: int, *, after: int = 0) -> list[Waiting]:
    """Take the oldest waiting events of a shard, behind row `after`, locked until the transaction ends.

    A row that this version cannot read counts an attempt and is left for a newer worker.
    """
    unlocked = OutboxRow.objects.select_for_update(skip_locked=True)
    rows = unlocked.filter(shard=shard, attempts__lt=MAX_ATTEMPTS, id__gt=after)
    waiting = []
    for row in rows.order_by("id")[:limit]:
        try:
            waiting.append(Waiting(row.id, types.decode(row.event), row.created_at))
        except msgspec.ValidationError as error:
            fail([row.id], error)
    return waiting


def settle(row_ids: list[int]) -> None:
    """Delete handled rows, in the transaction that derived everything from them."""
    OutboxRow.objects.filter(id__in=row_ids).delete()


def fail(row_ids: list[int], error: Exception) -> None:
    """Count an attempt on each row; after MAX_ATTEMPTS a row is a dead letter."""
    logger.error("outbox rows %s failed: %s", row_ids, error)
    OutboxRow.objects.filter(id__in=row_ids).update(attempts=F("attempts") + 1, error=str(error)[:500])


def waiting_shards() -> list[int]:
    """Shards in which something waits: what the periodic sweep drains."""
    rows = OutboxRow.objects.filter(attempts__lt=MAX_ATTEMPTS)
    return list(rows.values_list("shard", flat=True).distinct().order_by("shard"))
