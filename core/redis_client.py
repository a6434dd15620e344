"""A plain Redis client for one thread's commands on one key, on a Redis of any kind. The live bus has its own links."""

from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

from core import redis_url

CONNECT_TIMEOUT_SECONDS = 1.0


def connect(url: str, *, timeout_seconds: float) -> "redis.Redis | RedisCluster":
    """A client of its own, for one thread at a time; each reply may take `timeout_seconds`.

    It tries once more where a kept connection turns out to be dead, and never after a time-out: redis-py's own ten
    tries with pauses would hold their caller up for many seconds.

    Raises:
        redis.RedisError: if Redis is away, here or with the first command.
    """
    read = redis_url.parse(url)
    options: dict[str, Any] = {
        "socket_timeout": timeout_seconds,
        "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    }
    if read.kind == "one":
        # Without a pool a command after a pause is sent, and its reply handed on, 0.1 ms sooner.
        return redis.Redis.from_url(url, single_connection_client=True, **options)
    nodes = [redis.connection.parse_url(node) for node in read.nodes]  # type: ignore[no-untyped-call]
    if read.kind == "sentinel":
        return _known_by_sentinels(read, nodes, options)
    others = [ClusterNode(node["host"], node["port"]) for node in nodes]  # type: ignore[no-untyped-call]
    return RedisCluster.from_url(read.nodes[0], startup_nodes=others, require_full_coverage=False, **options)


def _known_by_sentinels(read: redis_url.RedisUrl, nodes: list[Any], options: dict[str, Any]) -> redis.Redis:
    template: dict[str, Any] = redis.connection.parse_url(read.node("named", 1))  # type: ignore[no-untyped-call]
    own = {name: value for name, value in template.items() if name not in ("host", "port", "connection_class")}
    ssl = {"ssl": "connection_class" in template}
    addresses = [(node["host"], node["port"]) for node in nodes]
    asked = {"password": nodes[0].get("password"), **options, **ssl}
    sentinel = Sentinel(addresses, sentinel_kwargs=asked, **options, **ssl)  # type: ignore[no-untyped-call]
    return cast(redis.Redis, sentinel.master_for(read.service, **own))  # type: ignore[no-untyped-call]
