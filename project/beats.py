"""A sign of life of beat, left by the task that it sends most often. In Redis: lost with it, and back in seconds."""

import time

import redis
from django.conf import settings

from core import redis_client

KEY = "beat:heard"
FORGOTTEN_SECONDS = 3600
TIMEOUT_SECONDS = 1.0


def heard() -> None:
    """Note that beat lives; nothing happens while Redis is away."""
    try:
        _client().set(KEY, time.time(), ex=FORGOTTEN_SECONDS)
    except redis.RedisError:
        return


def age_seconds() -> float | None:
    """How long ago that was; None if it was not within the hour.

    Raises:
        redis.RedisError: if Redis is away.
    """
    at = _client().get(KEY)
    return None if at is None else max(0.0, time.time() - float(str(at, "ascii") if isinstance(at, bytes) else at))


def _client() -> "redis.Redis | redis.RedisCluster":
    return redis_client.connect(settings.REDIS_URL, timeout_seconds=TIMEOUT_SECONDS)
