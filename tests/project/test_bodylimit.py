"""The limit of a request's body, before Django stores it."""

import json

import pytest

from project.bodylimit import FORM_OVERHEAD_BYTES, MEBIBYTE, limit_body


async def echo(scope, receive, send):
    """An app that reads all before it answers, as Django does."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message["body"])
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def ask(method, path, chunks, *, length=None):
    """Send a body in chunks; answer status, headers, body and how many chunks were taken."""
    waiting, sent = list(chunks), []

    async def receive():
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    headers = [(b"content-length", str(length).encode())] if length is not None else []
    await limit_body(echo)({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
    start, body = sent
    return start["status"], dict(start["headers"]), body["body"], len(chunks) - len(waiting)


async def test_a_body_within_the_limit_passes():
    status, _, body, _ = await ask("POST", "/api/v1/posts", [b"x" * MEBIBYTE], length=MEBIBYTE)

    assert (status, body) == (200, b"1048576")


async def test_a_body_that_says_to_be_too_large_is_not_read():
    status, headers, body, taken = await ask("POST", "/api/v1/posts", [b"x"], length=MEBIBYTE + 1)

    assert (status, taken, headers[b"connection"]) == (413, 0, b"close")
    assert json.loads(body) == {
        "type": "about:blank",
        "title": "Too large",
        "status": 413,
        "detail": "At most 1 MiB may be sent here.",
    }


async def test_a_body_without_length_is_counted():
    status, headers, _, taken = await ask("POST", "/api/v1/posts", [b"x" * 600_000] * 4)

    assert (status, headers[b"content-type"], taken) == (413, b"application/problem+json", 2)


async def test_a_body_that_lies_about_its_length_is_counted():
    status, _, _, taken = await ask("POST", "/api/v1/posts", [b"x" * 600_000] * 4, length=10)

    assert (status, taken) == (413, 2)


@pytest.mark.parametrize(
    ("method", "path", "mebibytes"),
    [
        ("POST", "/api/v1/media", 100),
        ("POST", "/new/", 100),
        ("PUT", "/api/v1/me/avatar", 25),
        ("POST", "/settings/avatar/", 25),
    ],
)
async def test_an_upload_may_hold_what_its_address_takes(method, path, mebibytes):
    allowed = mebibytes * MEBIBYTE + FORM_OVERHEAD_BYTES

    statuses = [(await ask(method, path, [b""], length=length))[0] for length in (allowed, allowed + 1)]

    assert statuses == [200, 413]


async def test_another_method_at_an_upload_address_may_not():
    status, *_ = await ask("PATCH", "/api/v1/media", [b""], length=2 * MEBIBYTE)

    assert status == 413
