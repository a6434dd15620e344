"""The console's numbers as text. frontend/static/js/lib/figures.js writes them alike, but for some separators."""

from collections.abc import Callable, Mapping

from django import template
from django.utils.formats import number_format

from ops.figures import BOUND, BYTE_RATE, BYTES, COUNT, RATE, RATIO, SECONDS, Figure

register = template.Library()

NONE = "\N{EN DASH}"  # not read
BYTE_UNITS = ("B", "KB", "MB", "GB", "TB")
SPANS = ((172_800, 86_400, "d"), (7_200, 3_600, "h"), (120, 60, "min"))  # from so many seconds on, in this unit


def _grouped(value: float, digits: int = 0) -> str:
    return number_format(round(value, digits), digits, use_l10n=True, force_grouping=True)


def _bytes(value: float) -> str:
    unit = 0
    while value >= 1024 and unit < len(BYTE_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{_grouped(value, 1 if unit else 0)} {BYTE_UNITS[unit]}"


def _seconds(value: float) -> str:
    for least, unit, name in SPANS:
        if value >= least:
            return f"{_grouped(value // unit)} {name}"
    return f"{_grouped(value, 1)} s" if value >= 1 else f"{_grouped(value * 1000, 1 if value < 0.01 else 0)} ms"


WRITERS: dict[str, Callable[[float], str]] = {
    COUNT: _grouped,
    RATE: lambda value: f"{_grouped(value, 1)}/s",
    BYTES: _bytes,
    BYTE_RATE: lambda value: f"{_bytes(value)}/s",
    RATIO: lambda value: _grouped(value, 2),
    SECONDS: _seconds,
    BOUND: lambda value: f"≤ {_seconds(value)}",
}


@register.filter
def figure(numbers: Mapping[str, float], of: Figure) -> str:
    """A number, and what it is a part of if that has a limit."""
    if (value := numbers.get(of.name)) is None:
        return NONE
    whole = f" / {WRITERS[of.kind](numbers[of.of])}" if numbers.get(of.of) else ""
    return WRITERS[of.kind](value) + whole


@register.filter
def entry(parts: Mapping[str, list[tuple[str, int]]], name: str) -> list[tuple[str, int]]:
    """One of the parts."""
    return parts.get(name, [])
