"""How often one may ask, route by route: a table; the counting is project.tally's. Log-in is allauth's.

A request counts for all requests of its asker, and where the table names its route for that route alone: a limit is
never shared by accident, nor evaded by another spelling, since the key is the route that Django has found.
"""

import asyncio
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from limits import parse

from core.problems import TooMany
from core.web import Next
from project import problems
from project.middleware import NOBODY_ASKS
from project.tally import Limit, Tally
from realtime.admission import network


@dataclass(frozen=True, slots=True)
class Rates:
    """What one person may ask for, by whatever means; what one token; what an address that has not signed in."""

    person: str
    token: str = ""
    address: str = ""


# All requests together, and pages and files apart from the API. The API's are Mastodon's numbers.
EVERYTHING = {
    "api": Rates("1500/5minutes", "300/5minutes", "300/5minutes"),
    "page": Rates("3000/5minutes", "", "1500/5minutes"),
}

# By method and route. What costs much, or is seen by others, is done less often.
ROUTES = {
    "POST api/v1/media": Rates("60/30minutes"),
    "PUT api/v1/me/avatar": Rates("30/30minutes"),
    "POST new/": Rates("60/30minutes"),
    "POST settings/avatar/": Rates("30/30minutes"),
    "POST api/v1/posts": Rates("60/30minutes"),
    "DELETE api/v1/posts/<post_id>": Rates("30/30minutes"),
    "POST p/<int:post_id>/delete/": Rates("30/30minutes"),
    "POST p/<int:post_id>/archive/": Rates("60/30minutes"),
    "POST p/<int:post_id>/edit/": Rates("60/30minutes"),  # each may mention many
    "POST deleted/<int:post_id>/restore/": Rates("30/30minutes"),
    "POST api/v1/posts/<post_id>/comments": Rates("120/10minutes"),
    "POST p/<int:post_id>/comments/": Rates("120/10minutes"),
    "POST comments/<int:comment_id>/like/": Rates("600/10minutes"),
    "PUT api/v1/posts/<post_id>/like": Rates("600/10minutes"),
    "PUT api/v1/users/<username>/follow": Rates("200/hour"),
    "POST @<str:username>/follow/": Rates("200/hour"),
    "PUT api/v1/users/<username>/block": Rates("200/hour"),
    "POST @<str:username>/block/": Rates("200/hour"),
    "POST @<str:username>/mute/": Rates("200/hour"),
    "POST api/v1/reports": Rates("30/hour"),
    "POST report/<str:kind>/<int:object_id>/": Rates("30/hour"),
    "POST api/v1/appeals": Rates("10/hour", "", "10/hour"),
    "POST ops/trace/": Rates("60/hour"),  # each takes a place in somebody's log
    "POST csp": Rates("60/5minutes", "", "60/5minutes"),  # a line of the log each
    "POST accounts/suspended/": Rates("10/hour", "", "10/hour"),
    "POST api/v1/me/tokens": Rates("20/hour"),
    "POST settings/tokens/": Rates("20/hour"),
    "POST api/v1/realtime/ticket": Rates("120/5minutes"),
    "PATCH api/v1/me": Rates("60/hour"),
    "POST settings/": Rates("60/hour"),
    "POST i18n/setlang/": Rates("60/hour"),
    "PUT api/v1/notifications/preferences": Rates("60/hour"),  # each may go through all that one was ever told
    "POST settings/notifications/": Rates("60/hour"),
    "DELETE api/v1/me": Rates("10/hour"),
    "POST settings/delete/": Rates("10/hour"),
    "POST ops/connections/disconnect/": Rates("240/hour"),  # counts and deeds
    "POST ops/connections/<str:node>/<str:connection>/tail/": Rates("120/hour"),
    "POST ops/tails/<str:tail_id>/stop/": Rates("120/hour"),
    "POST ops/nodes/<str:node>/": Rates("240/hour"),
}


_item = functools.cache(parse)  # each text of the table once a process


def limits_of(request: HttpRequest) -> list[Limit]:
    """What a request that Django has found a route for counts for: the narrowest first."""
    route = f"{request.method} {request.resolver_match.route}"  # type: ignore[union-attr]
    own = [Limit(_item(rate), (route, *who)) for rate, who in _of(request, ROUTES.get(route))]
    kind = "api" if request.path.startswith("/api/") else "page"
    return own + [Limit(_item(rate), (kind, *who)) for rate, who in _of(request, EVERYTHING[kind])]


def _of(request: HttpRequest, rates: Rates | None) -> Iterator[tuple[str, tuple[str, str]]]:
    """The rates that apply to an asker, each with who that is."""
    if rates is None:
        return
    viewer = request.viewer  # type: ignore[attr-defined]
    if viewer is None:
        if rates.address:
            yield rates.address, ("address", network(request.scope))  # type: ignore[attr-defined]
        return
    if rates.token and viewer.token_id is not None:
        yield rates.token, ("token", str(viewer.token_id))
    yield rates.person, ("person", str(viewer.id))


_tallies: dict[int, Tally] = {}


def tally() -> Tally:
    """The tally of this event loop."""
    loop = id(asyncio.get_running_loop())
    if loop not in _tallies:
        _tallies[loop] = Tally()
    return _tallies[loop]


class RateMiddleware:
    """Counts each request once its route is known, refuses what is too much, and tells where the asker stands."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers of the limit."""
        response = await self._get_response(request)
        for name, value in getattr(request, "rate_headers", {}).items():
            response[name] = value
        return response

    async def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Count it; what is too much is answered here."""
        if not settings.RATE_LIMITS or request.path.startswith(NOBODY_ASKS):
            return None
        try:
            request.rate_headers = await tally().count(limits_of(request))  # type: ignore[attr-defined]
        except TooMany as problem:
            return problems.answer(request, problem)
        return None
