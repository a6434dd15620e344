"""What every page edge needs: sign-in, the viewer in templates, a safe way back. Knows no app."""

import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from core import sql

P = ParamSpec("P")
T = TypeVar("T")
Asked = TypeVar("Asked", bound=HttpRequest)
View = Callable[Concatenate[Asked, P], Coroutine[Any, Any, HttpResponseBase]]
ShellLater = Callable[[int], Callable[[], Any]]
Next = Callable[[HttpRequest], Awaitable[HttpResponse]]  # what a middleware wraps


def login_required(view: View[Asked, P]) -> View[Asked, P]:
    """Send whoever is not signed in to the log-in page, and from there to where they were going."""

    @functools.wraps(view)
    async def guarded(request: Asked, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "viewer", None) is None:
            # A form twin answers to POST alone: come back to the page that held the form instead.
            wanted = request.get_full_path() if request.method in ("GET", "HEAD") else _wanted(request)
            return redirect_to_login(wanted or "/")
        return await view(request, *args, **kwargs)

    return guarded


def vary(response: HttpResponse, names: tuple[str, ...]) -> None:
    """Django's `patch_vary_headers`, which takes both apart for each answer, though there are few ways to meet."""
    there = response.headers._store  # as Django keeps them: what we set needs no second look
    _, value = there.get("vary", ("Vary", None))
    there["vary"] = ("Vary", _varied(value, names))


@functools.lru_cache(1_000)
def _varied(there: str | None, names: tuple[str, ...]) -> str:
    response = HttpResponse(headers={"Vary": there} if there else {})
    patch_vary_headers(response, names)
    return response["Vary"]


def back(request: HttpRequest, fallback: str) -> HttpResponse:
    """Send a form's sender back where it came from (303, so that a reload sends nothing again).

    Only paths of this very host are followed, against open redirects.
    """
    response = HttpResponseRedirect(_wanted(request) or fallback)
    response.status_code = 303
    return response


def listing(request: HttpRequest, page: str, *, rows: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page with a list; for a script that wants more of it (`?fragment=`), the next rows alone."""
    return render(request, rows if request.GET.get("fragment") else page, context)


def viewer_context(request: HttpRequest) -> dict[str, Any]:
    """Give every template what the frame of a page shows.

    The viewer, the shell (unread count, place in the log), why nobody may write, where this is, and our version.
    """
    asked = {name: getattr(request, name, None) for name in ("viewer", "shell", "maintenance")}
    url_name = request.resolver_match.url_name if request.resolver_match else None
    return asked | {"url_name": url_name, "version": settings.VERSION}


def with_shell(
    shell_later: ShellLater,
    viewer_id: int,
    function: Callable[Concatenate[int, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> tuple[T, Any]:
    """Make a page's call for a viewer, and read the shell of its frame on the way.

    Before what the page shows: what happens after that comes over the socket, too.
    """
    with sql.pipeline(holds=True):
        shell = shell_later(viewer_id)
        found = function(viewer_id, *args, **kwargs)
    return found, shell()


def _wanted(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else ""
