"""Small statistics over few measurements. Smooths nothing: the spread is part of every figure."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and how far the single measurements were from it."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        digits = 0 if self.median >= 100 else 1
        return f"{self.median:,.{digits}f} ({self.least:,.{digits}f} to {self.most:,.{digits}f})"


def spread(values: Sequence[float]) -> Spread:
    """The median and the range of measurements."""
    return Spread(statistics.median(values), min(values), max(values))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """How many times more ours is: of the medians, and between the unluckiest and the luckiest pair."""
    middle = statistics.median(ours) / statistics.median(theirs)
    return Spread(middle, min(ours) / max(theirs), max(ours) / min(theirs))


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of a hundred do not exceed; one that was measured, never one in between."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
