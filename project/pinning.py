"""Who has just written reads from the primary for as long as the replica may be late: a cookie says so, on any node."""

import math

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware

from core import replica
from core.web import Next

COOKIE = "wrote"
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


@async_only_middleware
def pinning_middleware(get_response: Next) -> Next:
    """Set the cookie with the answer to each write, heed it in what follows. A client without cookies may find late."""

    async def middleware(request: HttpRequest) -> HttpResponse:
        if COOKIE in request.COOKIES:
            replica.pin()
        response = await get_response(request)
        if request.method not in SAFE:
            _set(response)
        return response

    return middleware


def _set(response: HttpResponse) -> None:
    # Beyond its own second: browsers know no fractions, and the answer takes its way.
    seconds = math.ceil(settings.REPLICA_LAG_SECONDS) + 1
    response.set_cookie(COOKIE, "1", max_age=seconds, httponly=True, samesite="Lax", secure=settings.SECURE)
