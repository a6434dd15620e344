"""Redis is killed, frozen, emptied, cut off and filled. It is disposable."""

import time

import pytest
import redis
from django.conf import settings

from tests.support import services


@pytest.fixture
def client():
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.mark.subset
def test_redis_is_killed_and_comes_back_empty(world):
    with world.fault("Redis killed, back empty", "kill -9, away for 5 s, no file"):
        services.running().valkey.kill()
        time.sleep(5)
        services.running().valkey.start()


@pytest.mark.subset
def test_redis_is_frozen(world):
    with world.fault("Redis frozen", "SIGSTOP for 10 s"):
        services.running().valkey.pause()
        time.sleep(10)
        services.running().valkey.resume()


@pytest.mark.subset
def test_redis_is_flushed(world, client):
    with world.fault("Redis flushed", "FLUSHALL, every 0.5 s for 5 s"):
        for _ in range(10):
            client.flushall()
            time.sleep(0.5)


@pytest.mark.slow
def test_redis_is_full(world, client):
    with world.fault("Redis full", "maxmemory below what is used, noeviction, for 10 s"):
        client.config_set("maxmemory", 1)
        time.sleep(10)
        client.config_set("maxmemory", 0)


@pytest.mark.slow
def test_subscriptions_are_cut(world, client):
    with world.fault("subscriptions cut", "CLIENT KILL TYPE pubsub, every 0.5 s for 5 s"):
        for _ in range(10):
            client.client_kill_filter(_type="pubsub")
            time.sleep(0.5)
