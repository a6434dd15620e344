"""Redis, which is disposable, is killed, frozen, emptied, filled and failed over; and the broker goes away."""

import time

import pytest
import redis
from django.conf import settings

from project.up.valkey import Valkey
from tests.support import services
from tests.support.services import Service


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


@pytest.fixture
def replica():
    """A replica of the session's Valkey, with the same password."""
    primary = services.running().valkey
    server = Valkey(services.running().folder / "replica", url=primary.url.replace(f":{_port(primary)}/", ":0/"))
    service = Service(server, services.running().watchdog)
    service.prepare()
    with (server.home / "valkey.conf").open("a") as file:
        file.write(f"replicaof 127.0.0.1 {_port(primary)}\nmasterauth {_password(primary)}\n")
    service.start()
    yield service
    service.kill()


def _port(service):
    return redis.connection.parse_url(service.url)["port"]


def _password(service):
    return redis.connection.parse_url(service.url)["password"]


@pytest.mark.slow
def test_redis_fails_over(world, replica):
    with world.fault("Redis failed over", "the primary killed, a replica promoted behind the same address after 3 s"):
        services.running().valkey.kill()
        time.sleep(3)
        with redis.Redis.from_url(replica.url) as promoted:
            promoted.replicaof("NO", "ONE")
        for bus in (world.lines.web_bus, world.lines.worker_bus):
            bus.retarget(_port(replica))


@pytest.fixture
def broker():
    """A Valkey of its own for Celery."""
    service = Service(Valkey(services.running().folder / "broker", durable=False), services.running().watchdog)
    service.prepare()
    service.start()
    yield service
    service.kill()


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("world", [{"broker": True}], indirect=True)
def test_the_broker_is_away_for_a_minute(world, broker):
    with world.fault("broker away", "a broker of its own, killed, back empty after 60 s"):
        broker.kill()
        time.sleep(60)
        broker.start()
