"""The two marks that the wire's words use, as HTML."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

CODE = re.compile(r"`([^`]*)`")
STRONG = re.compile(r"\*\*(.+?)\*\*")


@register.filter
def inline(text: str) -> SafeString:
    """Show `code` and **strong** words; everything else is text."""
    marked = STRONG.sub(r"<b>\1</b>", CODE.sub(r"<code>\1</code>", escape(text)))
    return mark_safe(marked)  # noqa: S308 -- escaped above; the two marks are ours
