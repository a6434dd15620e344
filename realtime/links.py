"""Connections on which the bus sends, from plain and from async code. They raise nothing: a refusal is a reply.

Every call is bounded by a second, and a Redis that did not answer in time is asked again only a second later: paused,
it costs the process one time-out, not one a call. One that refuses the connection costs nothing, and is asked anew.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import redis
from redis.asyncio import BlockingConnectionPool as AsyncPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from realtime.rings import Command

TIMEOUT_SECONDS = 1.0
REST_SECONDS = 1.0
CONNECTIONS = 8

Replies = list[Any]  # one for each command; an exception where it was not done

_OPTIONS: dict[str, Any] = {
    "protocol": 2,
    "socket_timeout": TIMEOUT_SECONDS,
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "max_connections": CONNECTIONS,
    "timeout": TIMEOUT_SECONDS,  # of waiting for one of the connections
}


class Resting(redis.ConnectionError):
    """Not tried: the last try timed out a moment ago."""


class Breaker:
    """Remembers a time-out for a moment."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def check(self) -> None:
        """Raises Resting: if it is too early to try again."""
        if time.monotonic() < self._rests_until:
            raise Resting("no answer a moment ago")

    def note(self, error: Exception) -> None:
        """Rest after whatever took its time to fail."""
        if isinstance(error, TimeoutError | redis.TimeoutError):
            self._rests_until = time.monotonic() + REST_SECONDS


class Link:
    """To a Redis, from threads."""

    def __init__(self, url: str) -> None:
        # Tried once more where a kept connection turns out to be dead; never after a time-out.
        retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        self._redis = redis.Redis.from_pool(redis.BlockingConnectionPool.from_url(url, retry=retry, **_OPTIONS))
        self._breaker = Breaker()

    def execute(self, commands: Sequence[Command]) -> Replies:
        """Do all in one round trip; answer for each what came of it."""
        try:
            self._breaker.check()
            pipeline = self._redis.pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
            return pipeline.execute(raise_on_error=False)
        except (redis.RedisError, OSError) as error:
            self._breaker.note(error)
            return [error] * len(commands)


class AsyncLink:
    """To a Redis, from one event loop."""

    def __init__(self, url: str) -> None:
        retry = AsyncRetry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        self._redis = AsyncRedis.from_pool(AsyncPool.from_url(url, retry=retry, **_OPTIONS))
        self._breaker = Breaker()

    async def execute(self, commands: Sequence[Command]) -> Replies:
        """Like Link's."""
        try:
            self._breaker.check()
            pipeline = self._redis.pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return list(await pipeline.execute(raise_on_error=False))
        except (redis.RedisError, OSError) as error:  # a TimeoutError is an OSError
            self._breaker.note(error)
            return [error] * len(commands)

    async def close(self) -> None:
        await self._redis.aclose()
