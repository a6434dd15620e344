"""The middlewares of Django and others, where the request is. They change nothing that those do.

By themselves they send each request into a thread and back for every hook, sixteen times in all. But the hooks only
look at headers and set some, in microseconds; the few that wait or compute for long still go into the thread.
"""

from typing import Any

from asgiref.sync import markcoroutinefunction, sync_to_async
from csp import middleware as csp
from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse
from django.middleware import clickjacking, common, csrf, security
from django.utils.deprecation import MiddlewareMixin

from core.web import Next

KNOWN_HOSTS = 100  # spellings of our own names
SMALL_BYTES = 64 * 1024  # of a form that is read in the event loop, in less than a millisecond


class _Here(MiddlewareMixin):
    """Calls the hooks in the event loop."""

    sync_capable = False

    get_response: Any

    async def __acall__(self, request: HttpRequest) -> Any:
        response = self.process_request(request) if hasattr(self, "process_request") else None
        response = response or await self.get_response(request)
        return self.process_response(request, response) if hasattr(self, "process_response") else response


class SecurityMiddleware(_Here, security.SecurityMiddleware):
    """Redirects to HTTPS, and the headers of security."""


class CommonMiddleware(_Here, common.CommonMiddleware):
    """The missing slash, and the length."""


class AuthenticationMiddleware(_Here, auth.AuthenticationMiddleware):
    """The user, for third-party pages, looked up when they ask."""


class MessageMiddleware(_Here, messages.MessageMiddleware):
    """Messages for the next page, kept in a cookie: other storages would need the thread."""


class HeadersMiddleware:
    """The headers of SecurityMiddleware, CSPMiddleware and XFrameOptionsMiddleware, which are the same each time.

    A view has others by setting them; the decorators by which those three excuse a view are not looked at.
    """

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response
        self._headers = {is_secure: _headers(is_secure=is_secure) for is_secure in (False, True)}
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with them; what the view has set stays."""
        response = await self._get_response(request)
        there = response.headers._store  # as Django keeps them: each way in would check and encode them again
        for name, header in self._headers[request.is_secure()].items():
            there.setdefault(name, header)
        return response


def _headers(*, is_secure: bool) -> dict[str, tuple[str, str]]:
    """What the three set on an answer to anybody."""
    request, response = _SafeRequest() if is_secure else HttpRequest(), HttpResponse(headers={"Content-Type": ""})
    if settings.SECURE_PROXY_SSL_HEADER:
        request.META[settings.SECURE_PROXY_SSL_HEADER[0]] = "https" if is_secure else "http"
    for kind in (security.SecurityMiddleware, csp.CSPMiddleware, clickjacking.XFrameOptionsMiddleware):
        kind(HttpResponse).process_response(request, response)
    del response.headers["Content-Type"]
    return dict(response.headers._store)


class _SafeRequest(HttpRequest):
    def _get_scheme(self) -> str:
        return "https"


class HostMiddleware(CommonMiddleware):
    """CommonMiddleware for addresses that end in no slash: it would resolve each a second time before the view."""

    def __init__(self, get_response: Next) -> None:
        super().__init__(get_response)
        self._known: set[str] = set()

    def process_request(self, request: HttpRequest) -> None:
        """See that the host is ours; one that was seen to be needs no second look."""
        host = request.META.get("HTTP_HOST")
        if host not in self._known or settings.USE_X_FORWARDED_HOST:
            request.get_host()
            if host is not None and len(self._known) < KNOWN_HOSTS:
                self._known.add(host)


class SessionMiddleware(_Here, sessions.SessionMiddleware):
    """The session, for third-party pages; saving it takes the thread."""

    async def __acall__(self, request: HttpRequest) -> Any:
        self.process_request(request)
        response = await self.get_response(request)
        if settings.SESSION_SAVE_EVERY_REQUEST or getattr(getattr(request, "session", None), "modified", True):
            return await sync_to_async(self.process_response)(request, response)
        return self.process_response(request, response)


class CsrfViewMiddleware(_Here, csrf.CsrfViewMiddleware):
    """The token of forms; looking for it in a form that is large takes the thread."""

    async def process_view(  # type: ignore[override]  # Django asks each method whether it is async
        self, request: HttpRequest, callback: Any, args: Any, kwargs: Any
    ) -> Any:
        """Refuse what shows no token."""
        if getattr(callback, "csrf_exempt", False) or _is_small(request):
            return super().process_view(request, callback, args, kwargs)
        return await sync_to_async(super().process_view)(request, callback, args, kwargs)


def _is_small(request: HttpRequest) -> bool:
    """Whether a form is small, read already, or none at all."""
    length = request.META.get("CONTENT_LENGTH") or ""
    told = int(length) if length.isdecimal() else None
    return request.method != "POST" or hasattr(request, "_post") or (told is not None and told <= SMALL_BYTES)
