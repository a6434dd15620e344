"""What is open in this process, counted by one pass over its sockets once a second. Deliveries pay nothing for it.

Knows clients by what they say they are, never by person: of people only a sketch leaves the process, from which the
number of different ones in several processes is made.
"""

import operator
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

if TYPE_CHECKING:
    from realtime.socket import Socket

MOST_KINDS = 24  # told apart in a census; clients choose their names, so that anybody could make millions
SKETCH = 256  # hashes: up to so many people the number is exact, above by 1/sqrt(256), 6 %
_HASHES = 2**32
_WHOLE = 2**64 - 1
_MIXER = 0x9E3779B97F4A7C15  # 2^64 by the golden ratio (Knuth, 6.4): spreads ids that lie close together
_kind = operator.attrgetter("peer.app", "peer.version", "peer.transport")


K = TypeVar("K")


class Kind(NamedTuple):
    """What a client is."""

    app: str
    version: str
    transport: str


OTHERS = Kind("…", "", "")


class Census(msgspec.Struct, frozen=True):
    """What one pass has found."""

    kinds: list[tuple[Kind, int]] = []  # the most frequent first
    slow: int = 0  # sockets whose client does not read as fast as it is written to
    queued_bytes: int = 0  # what waits for them


def taken(sockets: Collection["Socket"]) -> Census:
    """Count sockets."""
    slow = [socket for socket in sockets if socket.is_slow]
    return Census(
        most_frequent(Counter(map(Kind._make, map(_kind, sockets)))), len(slow), sum(one.waiting_bytes for one in slow)
    )


def most_frequent(kinds: Counter[Kind]) -> list[tuple[Kind, int]]:
    """The most frequent kinds, and all others as one."""
    return few(kinds, MOST_KINDS, others=OTHERS)


def few(counts: Counter[K], most: int, *, others: K) -> list[tuple[K, int]]:
    """The highest counts, and the sum of all others."""
    first = counts.most_common(most)
    rest = counts.total() - sum(count for _, count in first)
    return [*first, (others, rest)] if rest else first


def sketch(people: Iterable[int]) -> list[int]:
    """The smallest hashes of people: those of several processes together say how many different ones there are."""
    return sorted([(person * _MIXER & _WHOLE) >> 32 for person in people])[:SKETCH]


def different(sketches: Iterable[Sequence[int]], counts: Sequence[int]) -> int:
    """How many different people there are behind the sketches of processes, each of which counted so many.

    Where the smallest k of evenly spread hashes reach up to h, there are k - 1 for each h.
    """
    smallest = sorted({one for many in sketches for one in many})[:SKETCH]
    if len(smallest) < SKETCH:
        return len(smallest)
    guess = round((SKETCH - 1) * _HASHES / smallest[-1])
    return min(max(guess, *counts), sum(counts))
