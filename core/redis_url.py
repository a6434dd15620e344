"""What REDIS_URL says: one Redis, the nodes of a Redis Cluster, or the Sentinels of one. Connects to nothing."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

SEVERAL = ("redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel")
REDIS_PORT, SENTINEL_PORT = 6379, 26379
EXAMPLES = "redis+cluster://host:port,host:port or redis+sentinel://host:port,host:port/service"


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """Where the Redis is, or who knows it."""

    kind: Literal["one", "cluster", "sentinel"]
    nodes: tuple[str, ...]  # URLs: the Redis itself; some nodes of the Cluster; the Sentinels
    service: str = ""  # what the Sentinels call it
    template: str = ""  # the URL of a Redis that they name, but for the host

    def node(self, host: str, port: int) -> str:
        """The URL of a Redis that one of the nodes has named."""
        return _with_host(urlsplit(self.template), f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


def parse(url: str) -> RedisUrl:
    """Read `redis://…`, `rediss://…`, `unix://…` or, for several hosts, one of EXAMPLES.

    Raises:
        ValueError: in words for the operator, without the password.
    """
    parts = urlsplit(url)
    if parts.scheme in SEVERAL:
        return _sentinel(parts) if "sentinel" in parts.scheme else _cluster(parts)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError(f"must begin with redis://, rediss:// or unix://, or be {EXAMPLES}")
    if "," in parts.netloc.rpartition("@")[2]:
        raise ValueError(f"names several hosts: write {EXAMPLES}")
    return RedisUrl(kind="one", nodes=(url,))


def names_several(url: str) -> bool:
    """Whether a URL of any service is that of a Redis of several hosts."""
    return urlsplit(url).scheme in SEVERAL


def _cluster(parts: SplitResult) -> RedisUrl:
    if parts.path.strip("/") not in ("", "0"):
        raise ValueError(f"names database {parts.path.strip('/')}, but a Redis Cluster has only database 0")
    plain = parts._replace(scheme=parts.scheme.partition("+")[0], path="/0")
    nodes = tuple(_with_host(plain, host) for host in _hosts(parts, REDIS_PORT))
    return RedisUrl(kind="cluster", nodes=nodes, template=nodes[0])


def _sentinel(parts: SplitResult) -> RedisUrl:
    """Credentials and options are those of the Redis; `?sentinel_password=` is that of the Sentinels."""
    service, _, database = parts.path.strip("/").partition("/")
    if not service:
        raise ValueError("names no service: write redis+sentinel://host:port,host:port/service")
    options = dict(parse_qsl(parts.query))
    password = options.pop("sentinel_password", "")
    plain = parts._replace(scheme=parts.scheme.partition("+")[0], path=f"/{database or 0}", query=urlencode(options))
    asked = plain._replace(netloc=f":{quote(password, safe='')}@" if password else "", path="")
    nodes = tuple(_with_host(asked, host) for host in _hosts(parts, SENTINEL_PORT))
    return RedisUrl(kind="sentinel", nodes=nodes, service=service, template=urlunsplit(plain))


def _hosts(parts: SplitResult, port: int) -> list[str]:
    return [_checked(host.strip(), port) for host in parts.netloc.rpartition("@")[2].split(",")]


def _checked(host: str, default_port: int) -> str:
    """`host:port`, the port added where it is missing."""
    parts = urlsplit(f"//{host}")
    try:
        named, port = parts.hostname, parts.port or default_port
    except ValueError as error:
        raise ValueError(f"has no usable port in {host!r}") from error
    if not named:
        raise ValueError(f"names a node without a host: write {EXAMPLES}")
    return f"[{named}]:{port}" if ":" in named else f"{named}:{port}"


def _with_host(parts: SplitResult, host: str) -> str:
    credentials, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{credentials}{at}{host}"))
