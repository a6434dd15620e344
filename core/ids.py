"""64-bit, time-ordered ids made by PostgreSQL; never a position in a stream.

41 bits of milliseconds since 2026-01-01, 13 bits of shard, 10 bits of sequence, in the manner of Instagram
(https://instagram-engineering.com/sharding-ids-at-instagram-1cf5a71e5a5c). Core's first migration makes the function.
Commit order differs from id order, so streams count by a sequence of their own (realtime.log).
"""

from datetime import UTC, datetime, timedelta

from django.db import models

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class NextId(models.Func):
    """The SQL call that makes one id."""

    function = "photophore_id"
    output_field = models.BigIntegerField()


def id_field() -> "models.BigIntegerField[int, int]":
    """The primary key of every table of ours: made in the database, returned by the INSERT."""
    return models.BigIntegerField(primary_key=True, db_default=NextId(), editable=False)


def may_be(number: int) -> bool:
    """Whether a number that somebody sent could be an id at all; others PostgreSQL would not even take."""
    return 0 < number < 2**63


def id_at(moment: datetime, *, shard: int = 0, sequence: int = 0) -> int:
    """The id that the SQL function would have made at a moment: for rows of the past, such as imported ones."""
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return milliseconds << 23 | shard % 8192 << 10 | sequence % 1024


def created_at(row_id: int) -> datetime:
    """The moment at which an id was made, to the millisecond."""
    return EPOCH + timedelta(milliseconds=row_id >> 23)
