"""Spans of time and sizes as operators read them: `{{ connection.age|span }}`, `{{ row.at|clock }}`."""

from datetime import UTC, datetime

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

_UNITS = (
    (86_400, gettext_lazy("%(count)s d")),
    (3_600, gettext_lazy("%(count)s h")),
    (60, gettext_lazy("%(count)s min")),
    (1, gettext_lazy("%(count)s s")),
)


@register.filter
def span(seconds: float | None) -> str:
    """How long: 3 h, 12 s, 4.2 ms; "?" for what is not known."""
    if seconds is None:
        return "?"
    if seconds < 1:
        return _("%(count)s ms") % {"count": number_format(seconds * 1000, 1 if seconds < 0.1 else 0)}
    unit, words = next((unit, words) for unit, words in _UNITS if seconds >= unit)
    return str(words) % {"count": int(seconds // unit)}


@register.filter
def octets(count: int) -> str:
    """A size: 0 B, 1.4 KB."""
    return str(filesizeformat(count))


@register.filter
def clock(seconds: float) -> str:
    """Seconds since 1970 as the time of a day, in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).time().isoformat("milliseconds")
