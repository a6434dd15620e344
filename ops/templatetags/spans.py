"""Spans, sizes and times of a day as operators read them: `{{ connection.age|span }}`, `{{ row.at|clock }}`."""

from datetime import UTC, datetime

from django import template

from ops.figures import BYTES, SECONDS
from ops.templatetags.figures import WRITERS

register = template.Library()


@register.filter
def span(seconds: float | None) -> str:
    """How long: 3 h, 12.0 s, 4.2 ms, as the console writes it; "?" for what is not known."""
    return "?" if seconds is None else WRITERS[SECONDS](seconds)


@register.filter
def octets(count: int) -> str:
    """A size: 0 B, 1.4 KB, as the console writes it."""
    return WRITERS[BYTES](count)


@register.filter
def clock(seconds: float) -> str:
    """Seconds since 1970 as the time of a day, in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).time().isoformat("milliseconds")
