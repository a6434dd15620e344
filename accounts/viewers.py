"""Who is looking: the small frozen value that every edge works with instead of a model."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person behind a request or a socket; `session_id` or `token_id` says by what right."""

    id: int
    username: str
    name: str
    avatar_url: str
    is_staff: bool
    via: Literal["session", "app", "token"]  # a session by cookie, or by `X-Session-Token`, or a bearer token
    session_id: int | None = None
    token_id: int | None = None
    expires_at: datetime | None = None  # of a session; a token has no end but its revocation
    language: str = ""  # empty: the browser's
    second_factor: bool = False  # whether this very session proved one; a token never does


class VisitorRequest(HttpRequest):
    """A request of anybody, as the middleware leaves it: for annotations only."""

    viewer: Viewer | None
    shell: Any
    shell_later: Callable[[int], Callable[[], Any]]


class ViewerRequest(HttpRequest):
    """A request of a signed-in person: what `core.web.login_required` and the API's sign-in leave. For annotations."""

    viewer: Viewer
