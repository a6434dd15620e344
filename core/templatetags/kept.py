"""Parts of pages that are rendered once for the same values: a feed's cards, the icons, the templates of scripts.

Rendering is most of what a page costs, and all of it happens in the event loop. A part sees nothing but the values that
it is given, so whatever it shows is in its key: whose page it is, what they like, where a form returns to. The token of
forms is put in afterwards, in place of a mark that nobody can guess.
"""

import functools
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

PARTS = 4_096  # of about 6 KB each, those asked for last
MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800  # seconds

_MARK = f"csrf-{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True)
class Place:
    """What of a request a part may see: where it is."""

    path: str
    GET: QueryDict


class _Part(tuple[Any, ...]):
    """What tells a part from others: its template, its values and its place as texts, its language, its age.

    The values themselves are beside it, for when it has to be rendered.
    """

    values: dict[str, Any]


@register.simple_tag(takes_context=True)
def kept(context: Context, name: str, *, since: datetime | None = None, **values: Any) -> SafeString:
    """Render a template for these values and nothing else, or give what was rendered for their like.

    Values are alike if their `repr` is. Of the request, if it is one of them, the part sees a `Place`. What tells how
    long ago a moment was names it as `since`, and is rendered anew when the words for that may have become others.
    """
    request = values.pop("request", None)
    place = (request.path, request.META.get("QUERY_STRING")) if request else None
    part = _Part((name, repr(values), place, get_language(), _age(since) if since else None))
    part.values = {**values, "request": Place(request.path, request.GET)} if request else values
    first, *others = _rendered(part)
    return SafeString(str(context["csrf_token"]).join((first, *others))) if others else first


def _age(since: datetime) -> tuple[int, int]:
    """How old a moment is, in the smaller of the two units that `timesince` tells it in; and that, in seconds."""
    seconds = time.time() - since.timestamp()
    unit = MINUTE if seconds < DAY else HOUR if seconds < WEEK else DAY
    return int(seconds // unit), unit


@functools.lru_cache(PARTS)
def _rendered(part: _Part) -> list[SafeString]:
    """The part in pieces, between which the token of forms belongs."""
    found = get_template(part[0])
    assert isinstance(found, Template)
    context = Context({**part.values, "csrf_token": _MARK})
    context.request = part.values.get("request")  # type: ignore[attr-defined]  # `querystring` looks there
    text = found.template.render(context)
    part.values.clear()  # the key is kept as long as the text, and needs them no more
    return [SafeString(piece) for piece in text.split(_MARK)]
