"""What the HTTP faces of the live path share, in native ASGI: who asks, from where, and refusals as problem details."""

import json
import logging
import math
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import Error as DatabaseError

from core.problems import Busy, Forbidden, Invalid, Problem, Unauthenticated
from realtime import admission, auth
from realtime.admission import Entry
from realtime.auth import Credentials
from realtime.hub import Hub
from realtime.protocol import Close, Cursor

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

RETRY_AFTER_SECONDS = 1
AWAY_SECONDS = 5  # before asking again for what PostgreSQL has
MAX_PARAMETERS = 8
CURSOR = re.compile(r"([A-Za-z0-9]{1,16})\.([0-9]{1,18})")
PRIVATE = (
    (b"cache-control", b"no-store"),
    (b"vary", b"Cookie, Authorization, X-Session-Token"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its proof, where its client stands, and its other parameters, the last of each name."""

    credentials: Credentials
    cursor: Cursor | None
    query: Mapping[str, str]


def read(scope: Scope) -> Asked:
    """Read a request.

    Raises:
        Invalid: naming the parameter that cannot be.
        Forbidden: if a cookie came from a page that is not ours.
    """
    query = _query(scope)
    after = header(scope, b"last-event-id") or query.get("after", "")
    return Asked(_credentials(scope, query.get("ticket", "")), _cursor(after), query)


def header(scope: Scope, wanted: bytes) -> str:
    """A request's header; empty if there is none."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


def refusal(error: Close | None, detail: str) -> Problem:
    """What a websocket would be closed with, as HTTP says it."""
    if error in (Close.UNAUTHENTICATED, Close.RENEW_TICKET, Close.SESSION_REVOKED):
        return Unauthenticated(detail)
    if error == Close.SUSPENDED:
        return Forbidden(detail)
    return Busy(detail, retry_after_seconds=RETRY_AFTER_SECONDS)


@contextmanager
def admitted(hub: Hub) -> Iterator[Entry]:
    """Count a client among the process's sockets for as long as it is served.

    Raises:
        Busy: if there are enough of them, or enough at once.
    """
    entry = Entry(admission.doors())
    wait = entry.step_in(draining=hub.draining)
    if wait:
        raise Busy("This server takes no more at the moment.", retry_after_seconds=math.ceil(wait))
    try:
        yield entry
    finally:
        entry.leave()


def only_get(app: App) -> App:
    """Wrap an app: it is asked by GET alone, and what it refuses is answered as problem details."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await _answer_problem(send, HTTPStatus.METHOD_NOT_ALLOWED, {}, [(b"allow", b"GET")])
            return
        try:
            await app(scope, receive, send)
        except Problem as problem:
            await _refuse(send, problem)
        except DatabaseError as error:  # only before the answer begins; what happens later its stream says
            logger.warning("not answered: %s", error)
            away = Busy("The log cannot be read at the moment.", retry_after_seconds=AWAY_SECONDS)
            await _refuse(send, away)

    return guarded


async def answer(send: Send, status: int, kind: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    """A whole answer that nobody keeps."""
    about = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), *PRIVATE, *headers]
    await send({"type": "http.response.start", "status": int(status), "headers": about})
    await send({"type": "http.response.body", "body": body})


async def left(receive: Receive) -> None:
    """Wait until the client is gone; what it sends in a body is nobody's."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, problem: Problem) -> None:
    headers = []
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    if problem.retry_after_seconds is not None:
        headers.append((b"retry-after", str(problem.retry_after_seconds).encode()))
    await _answer_problem(send, HTTPStatus(problem.status), problem.as_dict(), headers)


async def _answer_problem(
    send: Send, status: HTTPStatus, told: dict[str, Any], headers: list[tuple[bytes, bytes]]
) -> None:
    body = {"type": "about:blank", "title": status.phrase, "status": int(status)} | told
    await answer(send, status, "application/problem+json", json.dumps(body).encode(), headers)


def _query(scope: Scope) -> dict[str, str]:
    try:
        found = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise Invalid(f"At most {MAX_PARAMETERS} parameters.") from error
    return {name: values[-1] for name, values in found.items()}


def _cursor(text: str) -> Cursor | None:
    if not text:
        return None
    match = CURSOR.fullmatch(text)
    if match is None:
        raise Invalid("A cursor is <epoch>.<seq>, as `id` or `at` had it.", field="after")
    return Cursor(match[1], int(match[2]))


def _credentials(scope: Scope, ticket: str) -> Credentials:
    if ticket:
        return Credentials(ticket=ticket)
    try:
        return auth.credentials(_vouched(scope))
    except auth.ForeignOrigin as error:
        raise Forbidden("A cookie counts only from a page of this site.") from error


def _vouched(scope: Scope) -> Scope:
    """The request with the Origin that browsers leave out when a page asks its own site by GET.

    They vouch in other ways: `Sec-Fetch-Site` where the connection is safe, `Referer` elsewhere.
    """
    if header(scope, b"origin"):
        return scope
    origin = ""
    if header(scope, b"sec-fetch-site") == "same-origin":
        origin = settings.ORIGINS[0] if settings.ORIGINS else f"http://{header(scope, b'host')}"
    elif not header(scope, b"sec-fetch-site"):
        parts = urlsplit(header(scope, b"referer"))
        origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return scope | {"headers": [*scope["headers"], (b"origin", origin.encode("latin-1"))]} if origin else scope
