"""What the HTTP faces share: refusals as a server would send them."""

import json

import pytest
from django.db import OperationalError

from core.problems import Busy, Forbidden, Unauthenticated
from realtime import web
from realtime.protocol import Close


async def asked(app, **scope):
    """Ask an app as a server would; answer the status, the headers and the body."""
    sent = []

    async def send(message):
        sent.append(message)

    await web.only_get(app)({"method": "GET", "headers": [], "query_string": b""} | scope, None, send)
    start, body = sent
    return start["status"], dict(start["headers"]), json.loads(body["body"])


def refusing(error):
    async def app(scope, receive, send):
        raise error

    return app


async def test_a_problem_is_answered_as_problem_details():
    status, headers, body = await asked(refusing(Busy("Full.", retry_after_seconds=3)))

    assert (status, headers[b"content-type"], headers[b"retry-after"]) == (503, b"application/problem+json", b"3")
    assert body == {"type": "about:blank", "title": "Busy", "status": 503, "detail": "Full."}


async def test_without_the_database_it_says_when_to_come_again():
    status, headers, body = await asked(refusing(OperationalError("secret words of a driver")))

    assert (status, headers[b"retry-after"], body["detail"]) == (503, b"5", "The log cannot be read at the moment.")


async def test_an_unauthenticated_client_is_told_how_to_prove_itself():
    _, headers, _ = await asked(refusing(Unauthenticated()))

    assert headers[b"www-authenticate"] == b"Bearer"


async def test_another_method_is_refused_before_anything_is_read():
    status, headers, _ = await asked(refusing(AssertionError), method="POST")

    assert (status, headers[b"allow"]) == (405, b"GET")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Close.UNAUTHENTICATED, Unauthenticated),
        (Close.RENEW_TICKET, Unauthenticated),
        (Close.SUSPENDED, Forbidden),
        (Close.DRAIN, Busy),
        (None, Busy),
    ],
)
def test_a_close_code_has_its_status(code, kind):
    assert type(web.refusal(code, "why")) is kind


def test_too_many_parameters_are_refused():
    scope = {"headers": [], "query_string": b"&".join(b"a=1" for _ in range(9))}

    with pytest.raises(web.Invalid):
        web.read(scope)
