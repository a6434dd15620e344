"""Rings: the last events of everybody who is online, in Redis Streams. A cheaper way to read the log, never the log.

A ring is made by a hub when a person comes online, and by nobody else; the drain adds to rings that are there
(`NOMKSTREAM`), so that people who are away cost nothing. An entry's id is its event's `seq`, so nothing is added twice.

A ring may lack its tail: Redis answers before its replica has the entry, so a failover loses the last few; a full Redis
refuses them. What is left looks whole. Therefore whoever reads a ring compares its end with the head in PostgreSQL, and
reads the log where the ring stops short; only polls do not each time (realtime.polls). A hole in the middle is seen
here, and such a ring is not answered at all.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from realtime import topics

ENTRIES = 256  # about: whole nodes are trimmed, so up to a hundred more
TTL_MS = 15 * 60 * 1000  # how long a phone in a tunnel is cheap

ALL = "ring:*"  # the keys of all of them: a restore removes these

Command = tuple[str | bytes | int, ...]  # a Redis command: its name, its key, and the rest


class Ring(NamedTuple):
    """An entry for a person's ring."""

    key: str
    seq: int
    frame: str


def key(user_id: int) -> str:
    """The stream of a person, on the same shard as their channel."""
    return f"ring:{{p{user_id % topics.PARTITIONS}}}:u:{user_id}"


def adding(ring: Ring) -> Command:
    """Add an event to a ring, if there is one."""
    return ("XADD", ring.key, "NOMKSTREAM", "MAXLEN", "~", ENTRIES, _at(ring.seq), "f", ring.frame)


def opening(user_id: int, head: int) -> list[Command]:
    """Make a ring that begins behind `head`; one that is there already stays as it is, and lives on."""
    return [("XADD", key(user_id), "MAXLEN", "~", ENTRIES, _at(head), "f", ""), touching(user_id)]


def filling(user_id: int, head: int, frames: Sequence[str]) -> list[Command]:
    """Add the last events up to `head` to a ring that is there, behind a mark; what it has already is refused."""
    entries = enumerate(("", *frames), head - len(frames))
    return [adding(Ring(key(user_id), seq, frame)) for seq, frame in entries]


def touching(user_id: int) -> Command:
    """Keep a ring; answers 0 if there is none."""
    return ("PEXPIRE", key(user_id), TTL_MS)


def reading(user_id: int, after_seq: int) -> Command:
    """Read a ring from the entry at `after_seq` on, which shows that it reaches back so far."""
    return ("XRANGE", key(user_id), f"{after_seq}-0", "+")


def whole(entries: Any, after_seq: int) -> list[tuple[int, str]] | None:
    """What follows `after_seq`, or None unless it is contiguous from there.

    An entry with an empty frame is a mark: the ring was opened at that position, and what led to it is not here.
    """
    found: list[tuple[int, str]] = []
    begins = False
    for seq, frame in _parsed(entries):
        if seq == after_seq:
            begins = True
        elif frame and seq == after_seq + len(found) + 1:
            found.append((seq, frame))
        else:
            return None
    return found if begins or found else None


def is_stale(refusal: Exception) -> bool:
    """Whether an entry was refused for being there already: a repetition, which is no trouble."""
    return "equal or smaller" in str(refusal)


def reaches(answer: Any) -> bool:
    """Whether a ring ends at an entry or behind it, by what came of adding it; None says that there is no ring."""
    return is_stale(answer) if isinstance(answer, Exception) else answer is not None


def _at(seq: int) -> str:
    return f"{seq}-0" if seq else "0-1"  # Redis has no entry 0-0


def _parsed(entries: Any) -> Iterable[tuple[int, str]]:
    for name, fields in entries:
        yield int(name.partition(b"-")[0]), fields[1].decode()  # after their one name
