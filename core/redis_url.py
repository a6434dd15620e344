"""What REDIS_URL says: one Redis, or the nodes of a Redis Cluster. Connects to nothing."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

CLUSTER = ("redis+cluster", "rediss+cluster")
DEFAULT_PORT = 6379


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """One Redis, or a Cluster known by some of its nodes; they share the credentials."""

    is_cluster: bool
    nodes: tuple[str, ...]  # a URL for each node that was named

    def node(self, host: str, port: int) -> str:
        """The URL of another node of the same Cluster."""
        return _with_host(urlsplit(self.nodes[0]), f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


def parse(url: str) -> RedisUrl:
    """Read `redis://…`, `rediss://…`, `unix://…` or `redis+cluster://user:password@host:port,host:port/0`.

    Raises:
        ValueError: in words for the operator, without the password.
    """
    parts = urlsplit(url)
    if parts.scheme in CLUSTER:
        return _cluster(parts)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must begin with redis://, rediss://, unix:// or, for a Cluster, redis+cluster://")
    if "," in parts.netloc.rpartition("@")[2]:
        raise ValueError("names several hosts: if they are a Redis Cluster, write redis+cluster://host:port,host:port")
    return RedisUrl(is_cluster=False, nodes=(url,))


def names_cluster(url: str) -> bool:
    """Whether a URL of any service is that of a Redis Cluster."""
    return urlsplit(url).scheme in CLUSTER


def _cluster(parts: SplitResult) -> RedisUrl:
    if parts.path.strip("/") not in ("", "0"):
        raise ValueError(f"names database {parts.path.strip('/')}, but a Redis Cluster has only database 0")
    scheme = parts.scheme.removesuffix("+cluster")
    plain = parts._replace(scheme=scheme, path="/0")
    hosts = [host.strip() for host in parts.netloc.rpartition("@")[2].split(",")]
    return RedisUrl(is_cluster=True, nodes=tuple(_with_host(plain, _checked(host)) for host in hosts))


def _checked(host: str) -> str:
    """`host:port`, the port added where it is missing."""
    parts = urlsplit(f"//{host}")
    try:
        named, port = parts.hostname, parts.port or DEFAULT_PORT
    except ValueError as error:
        raise ValueError(f"has no usable port in {host!r}") from error
    if not named:
        raise ValueError("names a node without a host: write redis+cluster://host:port,host:port")
    return f"[{named}]:{port}" if ":" in named else f"{named}:{port}"


def _with_host(parts: SplitResult, host: str) -> str:
    credentials, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{credentials}{at}{host}"))
