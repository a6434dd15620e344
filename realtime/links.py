"""Connections on which the bus sends, from plain and from async code. They raise nothing: a refusal is a reply.

redis-py's own RedisCluster is not used: its pipeline fails as a whole when one node is away (what the others took is
sent again), waits for a paused node in every call, and knows no breaker. Here each node stands for itself.

A call takes a second at most, on a Cluster for each node that is paused; and a Redis that did not answer in time is
asked again only a second later. So a paused one costs a process one time-out now and then, not one a call. One that
refuses the connection costs nothing, and is asked every time.
"""

import asyncio
import functools
import os
import threading
import time
from collections.abc import Sequence
from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from realtime.calls import Calls
from realtime.rings import Command
from realtime.shards import Owners, Replies, Route, Shards
from realtime.topics import PARTITIONS

TIMEOUT_SECONDS = 1.0
REST_SECONDS = 1.0

_OPTIONS: dict[str, Any] = {
    "protocol": 2,
    "socket_timeout": TIMEOUT_SECONDS,
    "socket_connect_timeout": TIMEOUT_SECONDS,
}

# Each thread has connections of its own, by URL. A pool's bookkeeping takes longer than what it is asked for: after a
# pause a publish leaves 0.1 ms sooner without it.
_kept = threading.local()
os.register_at_fork(after_in_child=_kept.__dict__.clear)


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


class _Node:
    """To one Redis, from threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        # Tried once more where a kept connection turns out to be dead; never after a time-out.
        self._retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        self._breaker = Breaker()

    def execute(self, commands: Sequence[Command]) -> Replies:
        try:
            self._breaker.check()
            connection = self._connection()
            return self._retry.call_with_retry(
                lambda: _exchange(connection, commands),
                lambda _: connection.disconnect(),  # type: ignore[no-untyped-call]
            )
        except (redis.RedisError, OSError) as error:
            self._breaker.note(error)
            return [error] * len(commands)

    def _connection(self) -> redis.Connection:
        if self._url not in _kept.__dict__:
            made = redis.ConnectionPool.from_url(self._url, retry=self._retry, **_OPTIONS).make_connection()
            _kept.__dict__[self._url] = made
        return cast(redis.Connection, _kept.__dict__[self._url])


def _exchange(connection: redis.Connection, commands: Sequence[Command]) -> Replies:
    """Send commands, and read their replies: what redis-py's own pipeline does, sooner by 0.1 ms after a pause."""
    connection.send_packed_command(connection.pack_commands(commands))  # type: ignore[no-untyped-call]
    return [_reply(connection) for _ in commands]


def _reply(connection: redis.Connection) -> Any:
    try:
        return connection.read_response()
    except redis.ResponseError as refusal:
        return refusal


class Link:
    """To a Redis of any kind, from threads."""

    def __init__(self, url: str) -> None:
        self._node = functools.cache(_Node)
        self._shards = Shards(url)
        self.publish = "SPUBLISH" if self._shards.is_sharded else "PUBLISH"

    def execute(self, commands: Sequence[Command]) -> Replies:
        """Do all, in one round trip to each node; answer for each command what came of it."""
        return self._walk(self._shards.route(commands))

    def ping(self) -> bool:
        """Whether every partition is held by a Redis that answers."""
        answers = self.each(("PING",))
        return len(self._shards.owners) == PARTITIONS and all(answer == b"PONG" for answer in answers)

    def each(self, command: Command) -> Replies:
        """Ask every Redis that holds a part, rather than the one that holds a key."""
        self._walk(self._shards.learn())
        return [self._node(node).execute([command])[0] for node in set(self._shards.owners.values())]

    def _walk(self, route: Route) -> Replies:
        try:
            step = next(route)
            while True:
                step = route.send({node: self._node(node).execute(commands) for node, commands in step.items()})
        except StopIteration as end:
            return list(end.value)


class _AsyncNode:
    """To one Redis, from one event loop."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self._calls = Calls(url, timeout_seconds)
        self._breaker = Breaker()

    async def execute(self, commands: Sequence[Command]) -> Replies:
        try:
            self._breaker.check()
            return await self._try_twice(commands)
        except (redis.RedisError, OSError) as error:  # a TimeoutError is an OSError
            self._breaker.note(error)
            return [error] * len(commands)

    async def _try_twice(self, commands: Sequence[Command]) -> Replies:
        """Try once more where a kept connection turns out to be dead; never after a time-out."""
        try:
            return await self._calls.ask(commands)
        except redis.ConnectionError:
            return await self._calls.ask(commands)

    async def close(self) -> None:
        await self._calls.close()


class AsyncLink:
    """To a Redis of any kind, from one event loop."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        self._nodes: dict[str, _AsyncNode] = {}
        self._shards = Shards(url)
        self.is_sharded, self.learns = self._shards.is_sharded, self._shards.learns
        self.publish = "SPUBLISH" if self.is_sharded else "PUBLISH"

    async def execute(self, commands: Sequence[Command]) -> Replies:
        """Like Link's; the nodes are asked side by side."""
        return await self._walk(self._shards.route(commands))

    async def learn(self) -> Owners:
        """Look at the map again; answer the old one if no node tells."""
        await self._walk(self._shards.learn())
        return self._shards.owners

    async def close(self) -> None:
        for node in self._nodes.values():
            await node.close()

    async def _walk(self, route: Route) -> Replies:
        try:
            step = next(route)
            while True:
                nodes = map(self._node, step)
                asked = [node.execute(commands) for node, commands in zip(nodes, step.values(), strict=True)]
                replies = [await asked[0]] if len(asked) == 1 else await asyncio.gather(*asked)
                step = route.send(dict(zip(step, replies, strict=True)))
        except StopIteration as end:
            return list(end.value)

    def _node(self, url: str) -> _AsyncNode:
        if url not in self._nodes:
            self._nodes[url] = _AsyncNode(url, self._timeout_seconds)
        return self._nodes[url]
