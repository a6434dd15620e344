"""A primary dies and its Sentinels put the replica in its place."""

import time

import pytest
import redis
from django.conf import settings

from tests.support.sentinels import Sentinels


@pytest.fixture
def sentinels():
    sentinels = Sentinels()
    yield sentinels
    sentinels.stop()


@pytest.fixture
def elsewhere(sentinels):
    return {"REDIS_URL": sentinels.url, "CELERY_BROKER_URL": settings.REDIS_URL}


@pytest.mark.slow
def test_redis_fails_over(world, sentinels):
    note = "kill -9 of the primary, three Sentinels put the replica in its place (`redis+sentinel://`)"
    with world.fault("Redis failed over", note):
        sentinels.primary.kill()
        time.sleep(5)
        with redis.Redis.from_url(sentinels.replica.url) as client:
            assert client.role()[0] == b"master"
