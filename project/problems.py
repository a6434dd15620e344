"""Every refusal as an answer: problem details (RFC 9457) for the API, a page for people. Decides nothing."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from core.problems import Forbidden, NotFound, Problem, Unauthenticated

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class FieldError(Schema):
    """One wrong input."""

    field: str
    detail: str


class ProblemOut(Schema):
    """Problem details, RFC 9457. `instance` is the request's id, to quote when asking for help."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    errors: list[FieldError] | None = None


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, and not a person's browser."""
    return request.path.startswith("/api/")


def as_json(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as application/problem+json."""
    return _finish(problem, _json(problem.as_dict(instance=_instance(request))))


def as_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a page with the site around it; what happens often has a page of its own."""
    return _page(request, problem, f"{problem.status}.html")


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem in the form that its asker reads."""
    return as_json(request, problem) if is_api(request) else as_page(request, problem)


def replacing(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Problem details in the place of an error that Django or the router answered; what they told in headers stays."""
    better = plain(request, response.status_code)
    for name in ("Allow", "Retry-After"):
        if response.has_header(name):
            better[name] = response[name]
    better.cookies = response.cookies
    return better


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no address matches; an app is spared the page."""
    return plain(request, 404) if is_api(request) else page_not_found(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from our pages, or from one kept open over a log-in."""
    problem = Forbidden(_("This form has gone stale. Go back, reload the page, and send it again."))
    return as_json(request, problem) if is_api(request) else _page(request, problem, "stale.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke, to a person, with the id that stands in the log beside the trace. Who they are may be what broke."""
    logger.error("request %s failed", _instance(request))
    body = loader.render_to_string("500.html", {"request_id": _instance(request)})
    return HttpResponse(body, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def plain(request: HttpRequest, status: int) -> HttpResponse:
    """A bare status as problem details: what Django or the router refused before any code of ours ran."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "instance": _instance(request)}
    return _json(body)


def install(api: NinjaAPI) -> None:
    """Turn every exception of every operation into problem details."""
    handlers: list[tuple[type[Exception], Callable[[HttpRequest, Any], HttpResponse]]] = [
        (Problem, as_json),
        (ValidationError, _invalid),
        (Http404, lambda request, _: as_json(request, NotFound())),
        (AuthenticationError, lambda request, _: as_json(request, Unauthenticated())),
        (HttpError, lambda request, error: plain(request, error.status_code)),
        (Exception, _unexpected),
    ]
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name each wrong input as the client named it: without `body`, `query` and the parameter's own name."""
    wrong = [{"field": _field(one["loc"]), "detail": one["msg"]} for one in error.errors]
    body = {"type": "about:blank", "title": "Not valid", "status": 422, "instance": _instance(request), "errors": wrong}
    return _json(body)


def _field(location: tuple[str | int, ...]) -> str:
    source, *rest = location
    inside = rest[1:] if source in ("body", "form") and len(rest) > 1 else rest
    return ".".join(str(part) for part in inside) or str(source)


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Hide what broke from the client, and leave the trace in the log under the request's id."""
    logger.error("request %s failed", _instance(request), exc_info=error)
    response = plain(request, 500)
    response._has_been_logged = True  # type: ignore[attr-defined]  # else Django logs a second line, with the address
    return response


def _page(request: HttpRequest, problem: Problem, template: str) -> HttpResponse:
    context = {
        "status": problem.status,
        "title": problem.title,
        "detail": problem.detail,
        "retry_after_seconds": problem.retry_after_seconds,
    }
    body = loader.render_to_string([template, "problem.html"], context, request)
    return _finish(problem, HttpResponse(body, status=problem.status))


def _json(body: dict[str, Any]) -> HttpResponse:
    return JsonResponse(body, status=body["status"], content_type=CONTENT_TYPE)


def _finish(problem: Problem, response: HttpResponse) -> HttpResponse:
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if problem.retry_after_seconds is not None:
        response["Retry-After"] = str(problem.retry_after_seconds)
    return response


def _instance(request: HttpRequest) -> str:
    return getattr(request, "id", "")
