"""What every REST edge needs: who may ask, ids, pages, mutation ids as JSON has them. Knows no app and no endpoint."""

import hashlib
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from ninja import Header, Path, Query, Schema
from ninja.security.base import AuthBase
from ninja.utils import check_csrf
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from core.cursors import MAX_LIMIT, Page
from core.problems import Forbidden

T = TypeVar("T")

CONDITIONS = frozenset(
    {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"}
)  # of META: a request without one has its answer whole
SESSION_TOKEN_HEADER = "X-Session-Token"  # noqa: S105 -- a name, no token


def _id_of(value: Any) -> int:
    """An id from a body: a string of digits, as we give them out.

    Raises:
        ValueError: if it is anything else.
    """
    if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
        raise ValueError("an id is a string of digits")
    return int(value)


# JavaScript numbers end at 2^53, our ids at 2^63: in JSON an id is always a string.
Id = Annotated[str, BeforeValidator(str)]
IdIn = Annotated[
    int,
    BeforeValidator(_id_of),
    Field(ge=1, lt=2**63),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,18}$", "examples": ["1234567890123456789"]}),
]
# No bounds: an id that cannot be is one that is not there, hence 404 by the query and not 422 here.
IdPath = Annotated[int, Path(..., description="An id.")]

# Echoed in frames to all the devices of the actor, hence short and plain.
MUTATION_ID = r"^[A-Za-z0-9._:-]{1,64}$"
MutationId = Annotated[str | None, Header(None, alias="Idempotency-Key", pattern=MUTATION_ID)]
MAX_AFTER = 64  # characters
After = Annotated[str | None, Query(None, description="The `next` of the page before.", max_length=MAX_AFTER)]
Limit = Annotated[int, Query(20, ge=1, le=MAX_LIMIT, description="Items a page.")]


class BodyIn(BaseModel):
    """The JSON object of a request. Nothing unknown is passed over: a misspelt name would seem to have been saved."""

    model_config = ConfigDict(extra="forbid")


class PageOut(Schema, Generic[T]):
    """One page. `next` goes into `?after=`; null at the end."""

    items: list[T]
    next: str | None = None


class Bearer(AuthBase):
    """`Authorization: Bearer pho_…`; the middleware has already looked the token up."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    async def __call__(self, request: HttpRequest) -> Any:
        """The viewer, if a token named one."""
        return _viewer(request, via="token")


class SessionToken(AuthBase):
    """`X-Session-Token`, which an app gets by signing in at `/_allauth/app/v1/`. No page sends it: no CSRF token."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = SESSION_TOKEN_HEADER

    async def __call__(self, request: HttpRequest) -> Any:
        """The viewer, if the header named one; never one whom the cookie named."""
        return _viewer(request, via="app")


class SessionCookie(AuthBase):
    """The cookie of the web pages; whatever changes something needs `X-CSRFToken` beside it."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME
    csrf = True  # has Swagger UI send the header

    async def __call__(self, request: HttpRequest) -> Any:
        """The viewer, if a session named one and the request comes from our own pages.

        Raises:
            Forbidden: if the CSRF token is missing or wrong.
        """
        viewer = _viewer(request, via="session")
        if viewer and check_csrf(request):
            raise Forbidden(_("The CSRF token is missing or wrong: send the cookie csrftoken in X-CSRFToken."))
        return viewer


def answer(request: HttpRequest, body: Any) -> HttpResponse:
    """Encode what was read, once and as it is: of plain values, in the form that the operation declares.

    For what is read often: validating what we have made ourselves costs more than reading it. With an ETag of the
    bytes, and 304 for who has them; weak, since a compressed answer has the same.
    """
    response = encoded(body)
    response["ETag"] = f'W/"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    if CONDITIONS.isdisjoint(request.META):
        return response
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    assert isinstance(found, HttpResponse)
    return found


def encoded(body: Any, *, status: int = 200) -> HttpResponse:
    """Encode what was done, once and as it is: of plain values, in the form that the operation declares."""
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json; charset=utf-8")


def answer_page(request: HttpRequest, page: Page[Any], **beside: Any) -> HttpResponse:
    """The same for a page of what has `json` or `as_dict`, with what stands beside it, and the `Link` to the next."""
    items = [getattr(item, "json", None) or item.as_dict() for item in page.items]
    response = answer(request, {"items": items, "next": page.next, **beside})
    link_next(request, response, page)
    return response


def link_next(request: HttpRequest, response: HttpResponse, page: Page[T]) -> Page[T]:
    """Name the next page in a `Link` header (RFC 8288), and give the page back."""
    if page.next:
        asked = [(name, value) for name, values in request.GET.lists() if name != "after" for value in values]
        query = urlencode([*asked, ("after", page.next)])
        response["Link"] = f'<{request.build_absolute_uri(request.path)}?{query}>; rel="next"'
    return page


def _viewer(request: HttpRequest, *, via: str) -> Any:
    viewer = getattr(request, "viewer", None)
    return viewer if viewer and viewer.via == via else None
