"""Pages and parts of pages that are rendered once for the same values: for who comes again, and for who sees the same.

Rendering is most of what a page costs, and all of it happens in the event loop. What is kept sees nothing but the
values that it is given, so whatever it shows is in its key: whose page it is, what they like, where a form returns to.
The token of forms is put in afterwards, in place of a mark that nobody can guess.
"""

import functools
import secrets
import time
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core.web import viewer_context

PARTS = 4_096  # of about 6 KB each, those asked for last
PAGES = 200  # of about 100 KB each
MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800  # seconds

_MARK = f"csrf-{secrets.token_hex(16)}"

Values = tuple[tuple[str, Hashable], ...]
Age = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """What of a request it may see: where it is."""

    path: str
    query: str

    @classmethod
    def of(cls, request: "HttpRequest | Place") -> "Place":
        """Where a request is; in a page that is kept, what stands for it says so."""
        return request if isinstance(request, Place) else cls(request.path, request.META.get("QUERY_STRING", ""))

    @property
    def GET(self) -> QueryDict:
        """What it asks for there."""
        return QueryDict(self.query)


def part(
    name: str,
    values: Mapping[str, Hashable],
    *,
    request: HttpRequest | Place | None,
    since: datetime | None,
    token: object,
) -> SafeString:
    """Render a template for these values and nothing else, or give what was rendered for their equals.

    Args:
        request: whose place it may see.
        since: a moment of which it tells how long ago that was: it is rendered anew once the words may be others.
        token: of forms, as a template has it.
    """
    place = Place.of(request) if request else None
    ages = (_age(since),) if since else ()
    first, *others = _part(name, tuple(values.items()), place, get_language(), ages)
    return SafeString(str(token).join((first, *others))) if others else first


def page(
    request: HttpRequest, name: str, context: Mapping[str, Hashable], *, since: Iterable[datetime]
) -> HttpResponse:
    """The same for a whole page, in place of Django's `render`; for who comes back before anything has changed.

    One that has something else to say, a message or that there is maintenance, is rendered as any other.
    """
    shown = viewer_context(request)
    if shown["maintenance"] or get_messages(request):
        return render(request, name, dict(context))
    values = (*shown.items(), *context.items())
    first, *others = _page(name, values, Place.of(request), get_language(), tuple(map(_age, since)))
    return HttpResponse(get_token(request).encode().join((first, *others)) if others else first)


def _age(since: datetime) -> Age:
    """How old a moment is, in the smaller of the two units that `timesince` tells it in; and that, in seconds."""
    seconds = time.time() - since.timestamp()
    unit = MINUTE if seconds < DAY else HOUR if seconds < WEEK else DAY
    return int(seconds // unit), unit


def _rendered(name: str, values: Values, place: Place | None, _language: str | None, _ages: tuple[Age, ...]) -> Any:
    """The text in pieces, between which the token of forms belongs."""
    found = get_template(name)
    assert isinstance(found, Template)
    context = Context({**dict(values), "request": place, "csrf_token": _MARK})
    context.request = place  # type: ignore[attr-defined]  # `querystring` looks there
    return found.template.render(context).split(_MARK)


@functools.lru_cache(PARTS)
def _part(*key: Any) -> list[SafeString]:
    return [SafeString(piece) for piece in _rendered(*key)]


@functools.lru_cache(PAGES)
def _page(*key: Any) -> list[bytes]:
    return [piece.encode() for piece in _rendered(*key)]
