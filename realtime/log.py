"""The durable log: one contiguous sequence a person, in commit order, kept in PostgreSQL. Sends nothing."""

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from django.db import connection

from core import clock, sql
from realtime import protocol
from realtime.models import Head

CONTROL = 0  # nobody's id: the log that every hub follows, of what ends access
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


class Stand(NamedTuple):
    """Where a person's log stands: its newest event, and up to where events are gone."""

    seq: int
    trimmed: int


ReplayAsk = tuple[int, protocol.Cursor | None]  # a person, and what the client has


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
        "FROM unnest(%s::bigint[], %s::bigint[], %b::text[])",  # %b: every quote of a frame is escaped in a text array
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
    ask = (user_id, cursor)
    return replay_many([ask], stand_of([user_id]))[ask]


def stand_of(user_ids: Collection[int]) -> dict[int, Stand]:
    """Where the logs of many people stand, in one query."""
    found = dict.fromkeys(user_ids, Stand(0, 0))
    rows = Head.objects.filter(user_id__in=list(found)).values_list("user_id", "seq", "trimmed")
    found.update({user_id: Stand(seq, trimmed) for user_id, seq, trimmed in rows})
    return found


def judge(cursor: protocol.Cursor | None, stand: Stand, now_epoch: str) -> Replay:
    """What a client at `cursor` is to get, as far as the head alone tells: its frames are still to be read."""
    if cursor is None:
        return Replay("fresh", now_epoch, stand.seq, [])
    missed = stand.seq - cursor.seq
    if cursor.epoch != now_epoch or missed < 0 or missed > MAX_REPLAY or cursor.seq < stand.trimmed:
        return Replay("resync", now_epoch, stand.seq, [])
    return Replay("replaying", now_epoch, stand.seq, [])


def is_behind(ask: ReplayAsk, told: Replay) -> bool:
    """Whether frames belong to a replay."""
    return told.outcome == "replaying" and ask[1] is not None and ask[1].seq < told.head


def replay_many(asks: Collection[ReplayAsk], stands: dict[int, Stand]) -> dict[ReplayAsk, Replay]:
    """What many clients have missed, in one query for all; `stands` are the heads, read before."""
    now_epoch = epoch()
    found = {ask: judge(ask[1], stands[ask[0]], now_epoch) for ask in asks}
    behind = [ask for ask, one in found.items() if is_behind(ask, one)]
    if behind:
        kept = _events([(user_id, cursor.seq if cursor else 0, stands[user_id].seq) for user_id, cursor in behind])
        for ask, frames in zip(behind, kept, strict=True):
            found[ask] = _whole(found[ask], ask[1], frames)
    return found


def _whole(told: Replay, cursor: protocol.Cursor | None, frames: list[str]) -> Replay:
    """A replay with its frames; or a resync, if some were trimmed between the two reads."""
    assert cursor is not None
    if len(frames) != told.head - cursor.seq:
        return Replay("resync", told.epoch, told.head, [])
    return Replay("replaying", told.epoch, told.head, frames)


def _events(spans: list[tuple[int, int, int]]) -> list[list[str]]:
    """The frames of many spans `(person, after, up to)`, each in order, in one query."""
    frames: list[list[str]] = [[] for _ in spans]
    people, after, up_to = zip(*spans, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT span.number, event.frame "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) "
            "WITH ORDINALITY AS span (user_id, after, up_to, number) "
            "JOIN user_event AS event "
            "ON event.user_id = span.user_id AND event.seq > span.after AND event.seq <= span.up_to "
            "ORDER BY span.number, event.seq",
            [list(people), list(after), list(up_to)],
        )
        for number, frame in cursor.fetchall():
            frames[number - 1].append(frame)
    return frames
