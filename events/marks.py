"""Shards that have work, as a sorted set in Redis: whoever marks one wakes a drain. A hint; rows are the truth.

A shard is in the set at most once, so that a thousand likes a second are one wake for each batch, and an outage of the
drains fills nothing. The oldest mark is taken first, by one drain only.
"""

import functools
import time
from collections.abc import Iterable

import redis
from django.conf import settings

from core import redis_client

KEY = "live:marks"
SEND_TIMEOUT_SECONDS = 1.0
ANSWER_SECONDS = 2.0  # more than a drain waits for a mark: a Redis that says nothing for so long is frozen


def mark(shards: Iterable[int]) -> None:
    """Say that shards have work.

    Raises:
        redis.RedisError: if Redis does not take it within SEND_TIMEOUT_SECONDS.
    """
    _sending().zadd(KEY, dict.fromkeys(map(str, shards), time.time()), nx=True)


def take(wait_seconds: float) -> int | None:
    """Take the shard that was marked first; wait for one, then answer None.

    Raises:
        redis.RedisError: if Redis is away.
    """
    taken = _taking().bzpopmin(KEY, timeout=wait_seconds)
    return int(taken[1]) if taken else None


def forget_connections() -> None:
    """Connect anew at the next call, after a failure."""
    _sending.cache_clear()
    _taking.cache_clear()


@functools.cache
def _sending() -> redis.Redis | redis.RedisCluster:
    return redis_client.connect(settings.REDIS_URL, timeout_seconds=SEND_TIMEOUT_SECONDS)


@functools.cache
def _taking() -> redis.Redis | redis.RedisCluster:
    return redis_client.connect(settings.REDIS_URL, timeout_seconds=ANSWER_SECONDS)
