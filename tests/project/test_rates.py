"""The limits: each fires on its own route, for its own asker, and for nobody else."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from accounts.actions import issue_token
from project import rates
from tests.support.build import make_user
from tests.support.stack import Web, free_port

# The tests themselves ask no database; the mark has the test database made, also where no other test needs one.
pytestmark = pytest.mark.django_db

TOO_MANY = 429
CSRF = "a" * 32
TABLE = rates.ROUTES | {"GET api/v1/me": rates.EVERYTHING["api"], "GET ": rates.EVERYTHING["page"]}
CASES = [
    (route, scope)
    for route, wanted in TABLE.items()
    for scope in ("person", "token", "address")
    if getattr(wanted, scope)
]

_addresses = itertools.count(1)


class Asker:
    """Somebody with all that a limit may know them by."""

    def __init__(self, url, user=None):
        self.ids = {"address": f"127.0.1.{next(_addresses)}"}  # of its own: what one uses up, all pages would refuse
        self._url, self._token, self._cookies = url, "", {}
        self._clients = []
        if user:
            new = issue_token(user_id=user.id)
            browser = Client()
            browser.force_login(user)
            self.ids |= {"person": str(user.id), "token": str(new.view.id)}
            self._token = f"Bearer {new.token}"
            self._cookies = {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value}

    def ask(self, route):
        """One request: to the API with a token, to a page with a cookie; nobody has either."""
        method, _, path = route.partition(" ")
        path = re.sub(r"<(?:int:)?\w+_id>", "1", re.sub(r"<(?:str:)?username>", "nobody", path))
        path = path.replace("<str:kind>", "user")
        if path.startswith("api/"):
            headers, cookies = {"Authorization": self._token} if self._token else {}, {}
        else:
            headers, cookies = {"X-CSRFToken": CSRF}, self._cookies | {"csrftoken": CSRF}
        way = httpx.HTTPTransport(local_address=self.ids["address"])
        with httpx.Client(base_url=self._url, headers=headers, cookies=cookies, timeout=30, transport=way) as client:
            return client.request(method, f"/{path}")

    def count(self, route, scope, times):
        """Count so many requests at once."""
        counter = SlidingWindowCounterRateLimiter(storage_from_string(settings.REDIS_URL))
        assert counter.hit(parse(getattr(TABLE[route], scope)), route, scope, self.ids[scope], cost=times)

    def use_up(self, route, scope):
        """Count as much as the limit allows, under the key that it should have."""
        rate = parse(getattr(TABLE[route], scope))
        what = {"GET api/v1/me": "api", "GET ": "page"}.get(route, route)
        counter = SlidingWindowCounterRateLimiter(storage_from_string(settings.REDIS_URL))
        while counter.hit(rate, what, scope, self.ids[scope]):
            pass


@pytest.fixture(scope="module")
def limited(lasting_stack):
    """A web process that keeps the limits, as every one does but those of other tests."""
    web = Web("limited", free_port(), env={"PHOTOPHORE_RATE_LIMITS": "true"})
    yield web.start().wait().url
    web.stop()


@pytest.fixture(scope="module")
def askers(limited):
    """As many new people as the tests want."""
    return iter([Asker(limited, make_user(f"asker{number}")) for number in range(len(CASES) + 8)])


@pytest.fixture
def asker(askers):
    return next(askers)


@pytest.mark.parametrize(("route", "scope"), CASES)
def test_a_limit_fires_on_its_route(limited, asker, route, scope):
    one = Asker(limited) if scope == "address" else asker
    before = one.ask(route).status_code

    one.use_up(route, scope)

    assert (before != TOO_MANY, one.ask(route).status_code) == (True, TOO_MANY)


def test_of_many_uploads_at_once_only_those_within_the_limit_are_looked_at(asker):
    asker.count("POST api/v1/media", "person", 59)

    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(lambda _: asker.ask("POST api/v1/media").status_code, range(20)))

    assert statuses.count(TOO_MANY) == 19


def test_a_limit_is_of_one_person_alone(asker, askers):
    asker.use_up("GET api/v1/me", "person")

    assert next(askers).ask("GET api/v1/me").status_code == 200


def test_a_limit_is_of_one_route_alone(asker):
    asker.use_up("POST api/v1/realtime/ticket", "person")

    assert asker.ask("GET api/v1/me").status_code == 200


def test_every_limit_is_of_a_route_that_there_is():
    assert {route.partition(" ")[2] for route in rates.ROUTES} - set(_routes(get_resolver())) == set()


def test_an_answer_tells_where_its_asker_stands(asker):
    headers = asker.ask("GET api/v1/me").headers

    assert headers["RateLimit-Policy"] == '"token";q=300;w=300'
    assert headers["RateLimit"].partition(";t=")[0] == '"token";r=299'


def test_a_refusal_names_the_limit_and_tells_when_to_come_again(asker):
    asker.use_up("DELETE api/v1/posts/<post_id>", "person")

    answer = asker.ask("DELETE api/v1/posts/<post_id>")

    assert answer.json()["detail"] == "At most 30 of these in 30 minutes."
    assert 0 < int(answer.headers["Retry-After"]) <= 1_800


async def test_everybody_may_ask_while_redis_is_away(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1"

    assert await rates.Tally().count([rates.Limit(parse("1/hour"), ("api", "person", "1"))] * 3) == {}


def _routes(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        yield from _routes(pattern, route) if hasattr(pattern, "url_patterns") else [route]
