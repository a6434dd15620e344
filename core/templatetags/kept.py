"""The tag for parts of pages that are rendered once for the same values: a feed's cards, the icons, a tile."""

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from core import keeping

register = template.Library()


@register.simple_tag(takes_context=True)
def kept(context: Context, name: str, *, since: datetime | None = None, **values: Hashable) -> SafeString:
    """Render a template for these values alone, or give what was rendered for their equals (see core.keeping).

    Of the request, if it is one of them, the part sees the place. What tells how long ago a moment was names it as
    `since`.
    """
    request: Any = values.pop("request", None)
    return keeping.part(name, values, request=request, since=since, token=context["csrf_token"])
