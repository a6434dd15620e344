"""A Valkey and a Cluster of these tests' own, which they may fill, flush, pause and kill, and ears on them."""

import pytest
import redis

from project.up.valkey import Valkey
from tests.support import services
from tests.support.cluster import Cluster
from tests.support.ear import Ear
from tests.support.elsewhere import redis_at


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
    with redis_at(_own_valkey.url, settings):
        yield _own_valkey


@pytest.fixture
def client(valkey):
    """A plain client of that Valkey."""
    with redis.Redis.from_url(valkey.url, decode_responses=True) as client:
        yield client


@pytest.fixture(scope="session")
def _clusters():
    """The Cluster of this session, as long as tests leave its slots where they were."""
    clusters = []
    yield clusters
    for cluster in clusters:
        cluster.stop()


@pytest.fixture
def cluster(_clusters, settings):
    """Three primaries that run, and are the bus of this test."""
    if _clusters and not _clusters[0].mended():
        _clusters.pop().stop()
    if not _clusters:
        _clusters.append(Cluster())
    with redis_at(_clusters[0].url, settings):
        yield _clusters[0]


@pytest.fixture
async def open_ear():
    """Start a subscriber on a URL and wait until it has tried; all end with the test."""
    ears = []

    async def open_ear(url):
        ears.append(Ear(url))
        await ears[-1].subscriber.tried.wait()
        return ears[-1]

    yield open_ear
    for ear in ears:
        await ear.close()
