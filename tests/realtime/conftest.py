"""A Valkey of these tests' own, which they may fill, flush, pause and kill, and what is needed to look at it."""

import pytest
import redis

from project.up.valkey import Valkey
from realtime import bus
from tests.support import services


@pytest.fixture(scope="session")
def _own_valkey():
    running = services.running()
    service = services.Service(Valkey(running.folder / "own-valkey", durable=False), running.watchdog)
    service.prepare()
    yield service
    service.kill()


@pytest.fixture
def valkey(_own_valkey, settings):
    """It runs, is empty, and is the bus of this test."""
    _own_valkey.start()
    with redis.Redis.from_url(_own_valkey.url) as client:
        client.flushall()
        client.config_set("maxmemory", 0)
    settings.REDIS_URL = _own_valkey.url
    bus.forget()
    yield _own_valkey
    bus.forget()


@pytest.fixture
def client(valkey):
    """A plain client of that Valkey."""
    with redis.Redis.from_url(valkey.url, decode_responses=True) as client:
        yield client
