"""Counts as people read them. The pages' JavaScript says the same (lib/compact.js)."""

from django.utils.formats import get_format, number_format
from django.utils.translation import gettext_lazy as _

EXACT_BELOW = 10_000
DIGITS = 3  # of a large number
UNITS = ((10**9, _("%(count)sB")), (10**6, _("%(count)sM")), (10**3, _("%(count)sK")))


def shown(count: int) -> int:
    """What a reader sees of a count: all of a small one, three digits of a large one."""
    if count < EXACT_BELOW:
        return count
    step: int = 10 ** (len(str(count)) - DIGITS)
    return count // step * step


def compact(count: int) -> str:
    """A count in few letters: 9999, 12.3K, 1.23M. Cut off, not rounded: nobody is shown a like that was not given."""
    if count < EXACT_BELOW:
        return str(count)
    size, unit = next((size, unit) for size, unit in UNITS if count >= size)
    digits = f"{shown(count) / size:.10g}".replace(".", get_format("DECIMAL_SEPARATOR"))
    return str(unit % {"count": digits})


def grouped(count: int) -> str:
    """A number to the last digit, in groups of three: 1,001."""
    return str(number_format(count, force_grouping=True))
