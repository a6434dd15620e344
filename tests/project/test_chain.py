"""What only programs ask goes through fewer middlewares, and is answered as by all of them."""

from pathlib import Path

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.test import override_settings

from accounts.actions import make_token
from core import crossing
from project.handler import Handler
from tests.support.asgi import Exchange
from tests.support.build import make_user
from tests.support.web import PLAIN_STATIC

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = [
    ("GET", "/healthz", {}),
    ("GET", "/api/v1/instance", {}),
    ("GET", "/api/v1/instance", {b"accept-language": b"de", b"x-forwarded-proto": b"https"}),
    ("GET", "/api/v1/me", {}),
    ("GET", "/api/v1/me", {b"authorization": b"Bearer wrong"}),
    ("GET", "/api/v1/nothing", {}),
    ("GET", "/api/v1/", {}),
    ("POST", "/api/v1/instance", {}),
    ("PATCH", "/api/v1/me", {}),
    ("GET", "/api/v1/instance", {b"host": b"elsewhere.example"}),
    ("GET", "/api/v1/openapi.json", {}),
]
REPLACED = (b"X-Frame-Options", b"Content-Length")  # what Django's lacks where problem details took an answer's place


@pytest.fixture
def hosts(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)


async def answers(method, path, headers):
    """The answer to a request by both handlers, Django's first."""
    told = []
    with PLAIN_STATIC:
        for kind in (ASGIHandler, Handler):
            given = [(b"x-request-id", b"a" * 16), *headers.items()]
            status, names, body = await Exchange(kind(), path, method=method, headers=given).answer()
            told.append((status, {name: value for name, value in names.items() if name not in REPLACED}, body))
    return told


@pytest.mark.parametrize(("method", "path", "headers"), ASKED)
async def test_an_answer_is_the_same(hosts, method, path, headers):
    theirs, ours = await answers(method, path, headers)

    assert ours == theirs


async def test_a_host_that_is_not_ours_is_refused_after_one_that_is(hosts):
    handler, told = Handler(), []
    for host in (b"testserver", b"elsewhere.example", b"testserver"):
        told.append((await Exchange(handler, "/api/v1/instance", headers=[(b"host", host)]).answer())[0])

    assert told == [200, 400, 200]


async def test_the_reference_is_a_page_with_the_token_of_its_forms(hosts):
    told = await answers("GET", "/api/v1/docs", {})

    assert [(status, names[b"Set-Cookie"][:10]) for status, names, _ in told] == [(200, b"csrftoken=")] * 2


async def test_an_answer_to_somebody_is_the_same(hosts):
    token = await make_person()

    theirs, ours = await answers("GET", "/api/v1/me", {b"authorization": f"Bearer {token}".encode()})

    assert (ours, ours[0]) == (theirs, 200)


@override_settings(SECURE_HSTS_SECONDS=60, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))
@pytest.mark.parametrize(("proto", "told"), [(b"https", b"max-age=60; includeSubDomains"), (b"http", None)])
async def test_only_a_safe_connection_is_to_stay_safe(hosts, settings, proto, told):
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True

    theirs, ours = await answers("GET", "/healthz", {b"x-forwarded-proto": proto})

    assert [one[1].get(b"Strict-Transport-Security") for one in (theirs, ours)] == [told, told]


async def make_person():

    return await crossing.call(lambda: make_token(user_id=make_user("ana").id))
