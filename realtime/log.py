"""The durable log: one contiguous sequence a person, in commit order, kept in PostgreSQL. Sends nothing."""

import functools
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from django.db import connection

from core import clock, sql
from realtime import protocol
from realtime.models import Head

CONTROL = 0  # nobody's id: the log that every hub follows, of what ends access
MAX_REPLAY = 500  # events; further behind than that, a snapshot is cheaper than a replay
NOWHERE = 2**62  # behind every event that there will be


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


# Where the log of a person stands, in SQL: in one statement with other data it is of the same moment as these.
HEAD = "coalesce((SELECT seq FROM user_head WHERE user_id = {}), 0)"

# Stands for the seq in frames that have none yet, so that the head is moved and the frames are kept in one statement:
# longer than any id, and nobody's text has it, since it is another one in each process.
_UNNUMBERED = str(9 * 10**18 + secrets.randbelow(10**17))

# The heads move first, in id order, and stay locked.
_APPEND = """
WITH moved AS (
    INSERT INTO user_head AS head (user_id, seq, trimmed)
    SELECT user_id, n, 0 FROM unnest(%s::bigint[], %s::bigint[]) AS new (user_id, n) ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET seq = head.seq + excluded.seq RETURNING user_id, seq
), kept AS (
    INSERT INTO user_event (user_id, seq, frame, created_at)
    SELECT user_id, seq - behind, replace(frame, %s, (seq - behind)::text), %s::timestamptz
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS event (user_id, behind, frame) JOIN moved USING (user_id)
)
SELECT user_id, seq FROM moved
"""


def append(told: list[Told]) -> list[Numbered]:
    """Number events and keep them, in the caller's transaction; each person's in the order given.

    The heads stay locked until that transaction ends, taken in id order so that two writers never deadlock: a `seq` is
    seen by others only when all before it are. One statement, however many people and events. Person 0 is as anybody.
    """
    return append_later(told)()


def append_later(told: list[Told]) -> Callable[[], list[Numbered]]:
    """The same, inside `sql.pipeline` without waiting: call the answer for the events."""
    if not told:
        return list
    counts = Counter(item.user_id for item in told)
    people, behind, frames = sorted(counts), _behind(told, counts), _unnumbered(told)
    heads = sql.later(
        _APPEND,
        people,
        [counts[person] for person in people],
        _UNNUMBERED,
        clock.now(),
        [item.user_id for item in told],
        behind,
        frames,
    )

    def numbered() -> list[Numbered]:
        seqs: dict[int, int] = dict(heads())
        return [
            Numbered(
                item.user_id, seqs[item.user_id] - after, frame.replace(_UNNUMBERED, str(seqs[item.user_id] - after))
            )
            for item, after, frame in zip(told, behind, frames, strict=True)
        ]

    return numbered


def _behind(told: list[Told], counts: Counter[int]) -> list[int]:
    """How many of the same person's events follow each."""
    left = dict(counts)
    behind = []
    for item in told:
        left[item.user_id] -= 1
        behind.append(left[item.user_id])
    return behind


def _unnumbered(told: list[Told]) -> list[str]:
    at, seq = clock.now(), int(_UNNUMBERED)
    return [
        protocol.event(user_id=one.user_id, seq=seq, kind=one.kind, at=at, data=one.data, mut=one.mut) for one in told
    ]


@functools.cache
def epoch() -> str:
    """The log's epoch. Only a restore changes it, and every process starts anew after that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM realtime_epoch")
        return str(cursor.fetchone()[0])


# For a restore, in its transaction: no cursor of the time after the backup is believed. Whoever comes back loads anew.
NEW_EPOCH = "UPDATE public.realtime_epoch SET value = substr(md5(gen_random_uuid()::text), 1, 6)"


def heads(user_ids: Iterable[int]) -> dict[int, int]:
    """The heads of many people in one query; 0 for whom nothing has happened yet."""
    found = dict.fromkeys(user_ids, 0)
    found.update(sql.rows("SELECT user_id, seq FROM user_head WHERE user_id = ANY(%s::bigint[])", list(found)))
    return found


def replay(user_id: int, cursor: protocol.Cursor | None) -> Replay:
    """What a client at `cursor` has missed: all of it, or `resync` when that cannot be had; never a part."""
    ask = (user_id, cursor)
    return replay_many({ask: []})[ask]


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


# One row an ask at least. Of who is too far behind no event is looked at, so the bounds of the index say so.
_MISSED = f"""
SELECT ask.number, coalesce(head.seq, 0), coalesce(head.trimmed, 0), event.frame
FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS ask (user_id, after, number)
LEFT JOIN user_head AS head ON head.user_id = ask.user_id
LEFT JOIN user_event AS event ON event.user_id = ask.user_id AND event.seq <= head.seq
    AND event.seq > CASE WHEN head.seq - ask.after > {MAX_REPLAY} THEN head.seq ELSE ask.after END
ORDER BY ask.number, event.seq
"""  # noqa: S608 -- of a constant


def replay_many(kept: Mapping[ReplayAsk, list[str]]) -> dict[ReplayAsk, Replay]:
    """What many clients have missed, in one query for all; `kept` is what somebody has already of what follows each."""
    now_epoch = epoch()
    stands: list[Stand] = [Stand(0, 0)] * len(kept)
    frames = [list(one) for one in kept.values()]
    after = [_end(cursor, len(one), now_epoch) for (_, cursor), one in kept.items()]
    for number, seq, trimmed, frame in sql.rows(_MISSED, [user_id for user_id, _ in kept], after):
        stands[number - 1] = Stand(seq, trimmed)
        if frame is not None:
            frames[number - 1].append(frame)
    return {
        ask: _whole(judge(ask[1], stand, now_epoch), ask[1], found)
        for ask, stand, found in zip(kept, stands, frames, strict=True)
    }


def _end(cursor: protocol.Cursor | None, count: int, now_epoch: str) -> int:
    """Behind which event to read on, for whom so many are there already."""
    return cursor.seq + count if cursor and cursor.epoch == now_epoch else NOWHERE


def _whole(told: Replay, cursor: protocol.Cursor | None, frames: list[str]) -> Replay:
    """A replay with its frames; or a resync, if the log has a hole."""
    if cursor is None or told.outcome == "resync":
        return told
    if len(frames) != told.head - cursor.seq:
        return Replay("resync", told.epoch, told.head, [])
    return Replay("replaying", told.epoch, told.head, frames)
