"""Parts of pages that are rendered once for the same values: a feed's cards, the icons, the templates of scripts.

Rendering is most of what a page costs, and all of it happens in the event loop. A part sees nothing but the values that
it is given, so whatever it shows is in its key: whose page it is, what they like, where a form returns to. The token of
forms is put in afterwards, in place of a mark that nobody can guess.
"""

import functools
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from django import template
from django.http import QueryDict
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

PARTS = 4_096  # of about 6 KB each, those asked for last
SECONDS = 60  # "3 minutes ago" is at most so much too young; a script puts it right

_MARK = f"csrf-{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True)
class Place:
    """What of a request a part may see: where it is."""

    path: str
    GET: QueryDict


@dataclass(frozen=True, slots=True)
class _Part:
    """A template and its values, the same as another where it says the same of them."""

    name: str
    values: dict[str, Any] = field(compare=False, repr=False)
    said: str
    language: str
    minute: int


@register.simple_tag(takes_context=True)
def kept(context: Context, name: str, **values: Any) -> SafeString:
    """Render a template for these values and nothing else, or give what was rendered for their like within the minute.

    Values are alike if their `repr` is. Of the request, if it is one of them, the part sees a `Place`.
    """
    if request := values.get("request"):
        values["request"] = Place(request.path, request.GET)
    part = _Part(name, values, repr(values), get_language() or "", int(time.time() / SECONDS))
    text = _rendered(part)
    return mark_safe(text.replace(_MARK, str(context["csrf_token"])) if _MARK in text else text)  # noqa: S308 -- a template's


@functools.lru_cache(PARTS)
def _rendered(part: _Part) -> str:
    found = get_template(part.name)
    assert isinstance(found, Template)
    context = Context({**part.values, "csrf_token": _MARK})
    context.request = part.values.get("request")  # type: ignore[attr-defined]  # `querystring` looks there
    text = found.template.render(context)
    part.values.clear()  # the key is kept as long as the text, and needs them no more
    return str(text)
