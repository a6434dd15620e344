"""What this process has counted of its sockets since it started: plain numbers, since deliveries add to them.

Sends nothing, and knows nobody: no count is kept by person or topic. Every number only grows, so that whoever reads
them makes rates of two readings; a histogram can be added to another's, which a percentile cannot.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

# Upper bounds in seconds, each twice to two and a half times the last, as Prometheus has them; the last bucket is
# everything above.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

NO_CODE = 1006


class Histogram(msgspec.Struct):
    """How many durations fell between two bounds, and their sum in seconds."""

    counts: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        """Count one; a clock that went backwards counts as 0."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += max(0.0, seconds)

    def percentile(self, share: float) -> float | None:
        """The bound, in seconds, below which `share` of all lie; None of none, infinite above the last bound."""
        wanted, seen = share * sum(self.counts), 0
        for bound, count in zip((*BOUNDS, float("inf")), self.counts, strict=True):
            seen += count
            if count and seen >= wanted:
                return bound
        return None


def _counts() -> defaultdict[str, int]:
    return defaultdict(int)


class Meters(msgspec.Struct):
    """Everything that is counted."""

    accepted: dict[str, int] = msgspec.field(default_factory=_counts)  # by transport
    refused: dict[str, int] = msgspec.field(default_factory=_counts)  # by why
    closed: dict[str, int] = msgspec.field(default_factory=_counts)  # by code, whoever closed
    frames_in: int = 0
    bytes_in: int = 0
    frames_out: dict[str, int] = msgspec.field(default_factory=_counts)  # by class: answer, durable, state, ephemeral
    bytes_out: int = 0
    resumed: dict[str, int] = msgspec.field(default_factory=_counts)  # by outcome: replaying, fresh, resync
    replayed: int = 0  # events written from the log
    holes: dict[str, int] = msgspec.field(default_factory=_counts)  # sockets found behind: by a seq, a check
    lagged: int = 0  # queues given up, since their clients did not read
    bus_messages: int = 0
    bus_bytes: int = 0
    bus_outages: int = 0
    ready: Histogram = msgspec.field(default_factory=Histogram)  # from accept to `ready`
    lag: Histogram = msgspec.field(default_factory=Histogram)  # from the drain's clock to here; of some events
    pulse: Histogram = msgspec.field(default_factory=Histogram)  # from a recorded event to the hub, the way of a like
    loop: Histogram = msgspec.field(default_factory=Histogram)  # how late the event loop wakes who slept

    def ended(self, code: int) -> None:
        """Count an end by its code; 0 is none, as when the line was cut (1006 in RFC 6455, 7.1.5)."""
        self.closed[str(int(code) or NO_CODE)] += 1

    def sent(self, kind: str, size: int, sockets: int = 1) -> None:
        """Count a frame of so many bytes, handed to so many sockets."""
        self.frames_out[kind] += sockets
        self.bytes_out += size * sockets


def added(many: Iterable[Meters]) -> Meters:
    """The sum over several processes."""
    whole = Meters()
    for one in many:
        for name in Meters.__struct_fields__:
            setattr(whole, name, _sum(getattr(whole, name), getattr(one, name)))
    return whole


def since(now: Meters, then: Meters) -> Meters:
    """What one process has counted between two readings."""
    return Meters(**{name: _less(getattr(now, name), getattr(then, name)) for name in Meters.__struct_fields__})


def _less(now: Any, then: Any) -> Any:
    match now:
        case dict():
            return {key: count - then.get(key, 0) for key, count in now.items()}
        case Histogram():
            counts = [one - other for one, other in zip(now.counts, then.counts, strict=True)]
            return Histogram(counts, now.total - then.total)
    return now - then


def _sum(mine: Any, theirs: Any) -> Any:
    match mine:
        case dict():
            return {key: mine.get(key, 0) + theirs.get(key, 0) for key in mine.keys() | theirs.keys()}
        case Histogram():
            counts = [one + other for one, other in zip(mine.counts, theirs.counts, strict=True)]
            return Histogram(counts, mine.total + theirs.total)
    return mine + theirs


meters = Meters()
