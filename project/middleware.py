"""Who is asking, in one crossing at most before any view; and problems as answers. Decides nothing."""

import re
import secrets
import time
from http import HTTPStatus

from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware
from django.utils.translation import gettext as _

from accounts import queries
from accounts.recognized import Proof, recognized
from accounts.viewers import Viewer
from core import crossing
from core.problems import Problem, Unauthenticated
from core.rest import SESSION_TOKEN_HEADER
from core.tracking import request_id
from core.web import Next, vary
from project import languages, problems, tracing
from project.shell import Shell, shell_later

# Answered without knowing who asks; an app that signs in has a session that proves nobody yet.
NOBODY_ASKS = (
    "/static/", "/i18n/words/", "/healthz", "/readyz", "/metrics", "/_allauth/", "/sw.js", "/offline/", "/robots.txt",
)  # fmt: skip
SESSION_TOKEN_META = f"HTTP_{SESSION_TOKEN_HEADER.upper().replace('-', '_')}"
BARE = ("/api/", "/media/")  # no page, hence no shell
FRONT = "/"  # reads its shell itself, on the way to its posts
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")  # of a proxy in front; anything else might forge log lines


class ProblemMiddleware:
    """Gives each request an id; turns refusals, raised or answered, into what their asker reads."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the API never answers an error as HTML, whoever found it."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")  # `headers` is made of all of them, which takes its time
        request.id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        token = request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = await self._get_response(request)
        finally:
            request_id.reset(token)
        if problems.is_api(request) and _is_foreign_error(response):
            response = problems.replacing(request, response)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what a page's domain call refused; anything else is a bug and goes on to Django."""
        return problems.answer(request, error) if isinstance(error, Problem) else None


def _is_foreign_error(response: HttpResponse) -> bool:
    is_error = response.status_code >= HTTPStatus.BAD_REQUEST
    return is_error and not response.get("Content-Type", "").startswith(problems.CONTENT_TYPE)


@async_only_middleware
def tracing_middleware(get_response: Next) -> Next:
    """Begin a trace with each request, or go on with that of the proxy in front; no layer where nothing is traced."""
    if not tracing.begin():
        raise MiddlewareNotUsed
    from project import spans  # noqa: PLC0415 -- where it is not traced, it is not imported

    return spans.middleware(get_response)


@async_only_middleware
def viewer_middleware(get_response: Next) -> Next:
    """Set `request.viewer`, and `request.shell` for pages, in one crossing; none for whom we know."""

    async def middleware(request: HttpRequest) -> HttpResponse:
        request.viewer = request.shell = None  # type: ignore[attr-defined]
        request.shell_later = shell_later  # type: ignore[attr-defined]
        if request.path.startswith(NOBODY_ASKS):
            return await get_response(request)
        try:
            await _identify(request)
        except Problem as problem:
            return problems.answer(request, problem)
        languages.prefer(request.viewer)  # type: ignore[attr-defined]
        return _kept_private(request, await get_response(request))

    return middleware


async def _identify(request: HttpRequest) -> None:
    """Look up who asks, or recognize them; whoever crosses anyway is looked up anew.

    Raises:
        Unauthenticated: if there is a token, and nobody has it.
    """
    proof = _proof(request)
    if proof is None:
        return
    viewer = None if _wants_shell(request) or _is_upload(request) else recognized.by(proof)
    if viewer is None:
        place, since = recognized.place, time.monotonic()
        viewer, request.shell = await crossing.call(_look_up, request, proof)  # type: ignore[attr-defined]
        if viewer is not None:
            recognized.keep(proof, viewer, place=place, since=since)
    request.viewer = viewer  # type: ignore[attr-defined]


def _proof(request: HttpRequest) -> Proof | None:
    """The first proof that a request brings: bearer token, session token, cookie; the empty token is one, too.

    A wrong token is refused, never passed over for the cookie: a page of another site would skip the CSRF token by it.
    """
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        return Proof("token", token.strip())
    session_token = request.META.get(SESSION_TOKEN_META)
    if session_token is not None:
        return Proof("app", session_token)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return Proof("session", key) if key else None


def _wants_shell(request: HttpRequest) -> bool:
    return not request.path.startswith(BARE) and request.get_full_path() != FRONT and "fragment" not in request.GET


def _is_upload(request: HttpRequest) -> bool:
    return request.content_type == "multipart/form-data"


def _look_up(request: HttpRequest, proof: Proof) -> tuple[Viewer | None, Shell | None]:
    """All that a request needs before its view.

    Raises:
        Unauthenticated: if there is a token, and nobody has it.
    """
    viewer = _who(proof)
    if viewer is None:
        return None, None
    _read_form(request)
    return viewer, shell_later(viewer.id)() if _wants_shell(request) else None


def _who(proof: Proof) -> Viewer | None:
    if proof.via == "session":
        return queries.viewer_by_session(proof.secret)
    find = queries.viewer_by_token if proof.via == "token" else queries.viewer_by_session_token
    viewer = find(proof.secret)
    if viewer is None:
        raise Unauthenticated(_("This token is unknown or was revoked."))
    return viewer


def _read_form(request: HttpRequest) -> None:
    """Parse an upload here in a thread, for PUT too; Django would do it in the event loop, and for POST alone."""
    if not _is_upload(request):
        return
    method, request.method = request.method, "POST"
    try:
        request.POST  # noqa: B018 -- the first look parses, and keeps what it found
    finally:
        request.method = method


def _kept_private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep one person's page out of every shared cache, and tell the service worker whose it is."""
    viewer = request.viewer  # type: ignore[attr-defined]
    vary(response, ("Cookie", "Authorization", SESSION_TOKEN_HEADER))
    if viewer and not response.has_header("Cache-Control"):
        response["Cache-Control"] = "private, no-cache"
    if not request.path.startswith(BARE):
        response["X-Viewer"] = str(viewer.id) if viewer else "0"
    return response
