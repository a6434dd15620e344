"""The durable log: one contiguous sequence a person, in commit order, kept in PostgreSQL. Sends nothing."""

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from core import clock, sql
from realtime import protocol
from realtime.models import Head, UserEvent

MAX_REPLAY = 500  # events; further behind than that, a snapshot is cheaper than a replay


@dataclass(frozen=True, slots=True)
class Told:
    """Something a person is to be told: not yet numbered."""

    user_id: int
    kind: str
    data: dict[str, Any]
    mut: str | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place in a person's log, encoded as it goes to sockets."""

    user_id: int
    seq: int
    frame: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What a client that comes back is to get: the missed frames in order, or none and why."""

    outcome: Literal["replaying", "fresh", "resync"]
    epoch: str
    head: int
    frames: list[str]


def append(told: list[Told]) -> list[Numbered]:
    """Number events and keep them, in the caller's transaction; each person's in the order given.

    The heads stay locked until that transaction ends, taken in id order so that two writers never deadlock: a `seq` is
    seen by others only when all before it are. Two statements, however many people and events. Person 0 is as anybody.
    """
    if not told:
        return []
    heads = _advance(_counts(told))
    at = clock.now()
    numbered = []
    for item in told:
        heads[item.user_id] += 1
        seq = heads[item.user_id]
        frame = protocol.event(user_id=item.user_id, seq=seq, kind=item.kind, at=at, data=item.data, mut=item.mut)
        numbered.append(Numbered(item.user_id, seq, frame))
    sql.later(
        "INSERT INTO user_event (user_id, seq, frame, created_at) SELECT *, %s::timestamptz "
        "FROM unnest(%s::bigint[], %s::bigint[], %s::text[])",
        at,
        [event.user_id for event in numbered],
        [event.seq for event in numbered],
        [event.frame for event in numbered],
    )
    return numbered


def _counts(told: list[Told]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    for item in told:
        counts[item.user_id] += 1
    return counts


def _advance(counts: dict[int, int]) -> dict[int, int]:
    """Move each head on by its count; answer where each stood before."""
    people = sorted(counts)
    moved = sql.rows(
        "INSERT INTO user_head AS head (user_id, seq, trimmed) "
        "SELECT user_id, n, 0 FROM unnest(%s::bigint[], %s::bigint[]) AS new (user_id, n) ORDER BY user_id "
        "ON CONFLICT (user_id) DO UPDATE SET seq = head.seq + excluded.seq RETURNING user_id, seq",
        people,
        [counts[person] for person in people],
    )
    return {user_id: seq - counts[user_id] for user_id, seq in moved}


@functools.cache
def epoch() -> str:
    """The log's epoch. Only a restore changes it, and every process starts anew after that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM realtime_epoch")
        return str(cursor.fetchone()[0])


def position(user_id: int) -> tuple[str, int]:
    """Where a person's log stands. Read it before the data of a snapshot, never after."""
    return epoch(), heads([user_id])[user_id]


def heads(user_ids: Iterable[int]) -> dict[int, int]:
    """The heads of many people in one query; 0 for whom nothing has happened yet."""
    found = dict.fromkeys(user_ids, 0)
    found.update(Head.objects.filter(user_id__in=list(found)).values_list("user_id", "seq"))
    return found


def replay(user_id: int, cursor: protocol.Cursor | None) -> Replay:
    """What a client at `cursor` has missed: all of it, or `resync` when that cannot be had; never a part."""
    now_epoch = epoch()
    head = Head.objects.filter(user_id=user_id).first() or Head(user_id=user_id, seq=0, trimmed=0)
    if cursor is None:
        return Replay("fresh", now_epoch, head.seq, [])
    missed = head.seq - cursor.seq
    if cursor.epoch != now_epoch or missed < 0 or missed > MAX_REPLAY or cursor.seq < head.trimmed:
        return Replay("resync", now_epoch, head.seq, [])
    kept = UserEvent.objects.filter(user_id=user_id, seq__gt=cursor.seq, seq__lte=head.seq).order_by("seq")
    frames = list(kept.values_list("frame", flat=True))
    if len(frames) != missed:  # trimmed between the two reads
        return Replay("resync", now_epoch, head.seq, [])
    return Replay("replaying", now_epoch, head.seq, frames)
