"""A plain Redis client for commands on one key, on one Redis or a Cluster. The live bus has links of its own."""

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry

from core import redis_url

CONNECT_TIMEOUT_SECONDS = 1.0


def connect(url: str, *, timeout_seconds: float) -> "redis.Redis | RedisCluster":
    """A client of its own, connected with its first command; each reply may take `timeout_seconds`.

    It tries once more where a kept connection turns out to be dead, and never after a time-out: redis-py's own ten
    tries with pauses would hold their caller up for many seconds.
    """
    read = redis_url.parse(url)
    options: dict[str, Any] = {
        "socket_timeout": timeout_seconds,
        "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    }
    if not read.is_cluster:
        return redis.Redis.from_url(url, **options)
    nodes = [redis.connection.parse_url(node) for node in read.nodes]  # type: ignore[no-untyped-call]
    others = [ClusterNode(node["host"], node["port"]) for node in nodes]  # type: ignore[no-untyped-call]
    return RedisCluster.from_url(read.nodes[0], startup_nodes=others, require_full_coverage=False, **options)
