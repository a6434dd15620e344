"""The limit of a request's body, kept before Django stores a byte of it. Parses nothing."""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings

from core.problems import TooLarge
from project.problems import CONTENT_TYPE

MEBIBYTE = 1024 * 1024
SMALL_BYTES = 1 * MEBIBYTE
UPLOAD_BYTES = 25 * MEBIBYTE
FORM_OVERHEAD_BYTES = 64 * 1024  # boundaries, alt texts and the CSRF token around a file of the full size
UPLOADS = frozenset({("PUT", "/api/v1/me/avatar")})
UPLOAD_PAGES = ("/settings/",)
VIDEO_UPLOADS = frozenset({("POST", "/api/v1/media"), ("POST", "/new/")})

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]


class _Exceeded(Exception):
    """More came than the headers had promised."""


def limit_body(app: App) -> App:
    """Wrap an ASGI app so that it is never handed more of a body than the address allows; the rest answers 413."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        allowed = _allowed(scope)
        if _promised(scope) > allowed:
            await _refuse(send, allowed)
            return
        try:
            await app(scope, _counting(receive, allowed), send)
        except _Exceeded:  # Django reads the whole body before it answers: nothing has been sent yet
            await _refuse(send, allowed)

    return limited


def _allowed(scope: Scope) -> int:
    method, path = scope["method"], scope["path"]
    if (method, path) in VIDEO_UPLOADS:
        return max(UPLOAD_BYTES, int(settings.MAX_VIDEO_BYTES)) + FORM_OVERHEAD_BYTES
    is_upload = (method, path) in UPLOADS or (method == "POST" and path.startswith(UPLOAD_PAGES))
    return UPLOAD_BYTES + FORM_OVERHEAD_BYTES if is_upload else SMALL_BYTES


def _promised(scope: Scope) -> int:
    """What Content-Length says; 0 without one, as the body is counted anyway."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(length) if length.isdigit() else 0


def _counting(receive: Receive, allowed: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > allowed:
            raise _Exceeded
        return message

    return counted


async def _refuse(send: Send, allowed: int) -> None:
    """Answer 413 and close: the rest of the body would else be read as the next request."""
    problem = TooLarge(f"At most {allowed // MEBIBYTE} MiB may be sent here.")
    body = json.dumps(problem.as_dict()).encode()
    headers = [
        (b"content-type", CONTENT_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": int(HTTPStatus.REQUEST_ENTITY_TOO_LARGE), "headers": headers})
    await send({"type": "http.response.body", "body": body})
