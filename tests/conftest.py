"""Fixtures: the real stack, real sockets, people who are signed in."""

import functools

import httpx
import pytest
import redis
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from httpx._transports import default as transport

from accounts import actions
from events.models import MAX_ATTEMPTS, OutboxRow
from ops.nodes import Roll
from realtime import bus, log, topics
from realtime.log import CONTROL, Told
from realtime.models import Head
from tests.support import tables, workers
from tests.support.client import LiveClient
from tests.support.stack import Stack
from tests.support.wait import until

TransactionTestCase._fixture_teardown = lambda _: tables.empty()
for cost, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():  # a thousand passwords are hashed here
    setattr(Argon2PasswordHasher, cost, least)
transport.create_ssl_context = functools.cache(transport.create_ssl_context)  # each client read all certificates: 20 ms


@pytest.fixture(scope="session")
def _stack(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        stack = Stack()
    try:
        yield stack.start()
    finally:
        stack.close()


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items):
    items.sort(key=workers.rank)


@pytest.fixture(autouse=True)
def ids_in_order(request, _django_db_marker):
    """Ids of one millisecond are in order until their sequence starts over, after 1,024: no test is to meet that."""
    if request.node.get_closest_marker("django_db"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('photophore_id_seq', 1, false)")


CHANNEL = topics.user_channel(CONTROL)

_control = [0]  # where the control log stands: the hubs live on while each test empties the tables


@pytest.fixture
def control_log(transactional_db):
    """The control log goes on where the test before has left it, though its tables were emptied."""
    Head.objects.update_or_create(user_id=CONTROL, defaults={"seq": _control[0]})
    yield
    _control[0] = Head.objects.get(user_id=CONTROL).seq


@pytest.fixture
def own_connections(transactional_db):
    """A pool of this test's own: it cuts all that are in it, and another test would be handed the dead ones."""
    _drop_pool()
    yield
    _drop_pool()


def _drop_pool():
    connection.close()
    connection.close_pool()


@pytest.fixture
def stack(_stack, control_log):
    """The running web process and workers; whatever a test has killed is started again for the next."""
    _stack.start()
    _place_the_hubs(_stack)
    yield _stack
    _stack.start()
    until(lambda: not OutboxRow.objects.filter(attempts__lt=MAX_ATTEMPTS).exists())  # or they would meet the clean-up


@pytest.fixture(scope="module")
def lasting_stack(_stack, django_db_blocker):
    """The running stack, over one world that all tests of a module read; the tables are emptied behind them."""
    with django_db_blocker.unblock():
        Head.objects.update_or_create(user_id=CONTROL, defaults={"seq": _control[0]})
        _stack.start()
        _place_the_hubs(_stack)
        yield _stack
        until(lambda: not OutboxRow.objects.filter(attempts__lt=MAX_ATTEMPTS).exists())
        _control[0] = Head.objects.get(user_id=CONTROL).seq
        tables.empty()


def _place_the_hubs(stack):
    """A hub that looked at its log while the tables were empty finds its place again with the first entry.

    One that has lost its Redis to the test before must have found it again: what it misses until then no test expects.
    """
    until(lambda: _hearing() >= len(stack.webs))
    until(lambda: len(Roll(settings.REDIS_URL).call()) >= len(stack.webs))  # or nobody would be asked
    with transaction.atomic():
        entries = log.append([Told(CONTROL, "control", {"topics": []})])
    bus.publish([bus.of_event(entry) for entry in entries])


def _hearing():
    """How many hubs listen to what all of them do."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return dict(client.pubsub_numsub(CHANNEL))[CHANNEL.encode()]


@pytest.fixture
def open_socket(stack):
    """Open a socket as a person, by bearer token; all are closed with the test."""
    opened = []

    def open_socket(user=None, **options):
        token = {"token": actions.make_token(user_id=user.id, name="test")} if user else {}
        client = LiveClient(stack.live_url, **(token | options))
        opened.append(client)
        return client

    yield open_socket
    for client in opened:
        client.close()


@pytest.fixture
def api(stack):
    """Make an HTTP client of the REST API that acts as a person."""
    clients = []

    def api(user=None):
        headers = {"Authorization": f"Bearer {actions.make_token(user_id=user.id, name='test')}"} if user else {}
        client = httpx.Client(base_url=f"{stack.url}/api/v1", headers=headers, timeout=30)
        clients.append(client)
        return client

    yield api
    for client in clients:
        client.close()


@pytest.fixture
def signed_in(transactional_db):
    """Sign a person in as the log-in page would; answer the cookie."""

    def signed_in(user):
        client = Client()
        client.force_login(user)
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    return signed_in
