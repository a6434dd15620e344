"""What DATABASE_URL says: one PostgreSQL, or several hosts of which one takes writes. Connects to nothing."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("postgres", "postgresql")
# What libpq may be told in the URL; anything else would be ignored, or be none of an operator's business.
OPTIONS = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs"})


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Its parts as Django and libpq take them; of several hosts each list is joined by commas."""

    name: str
    user: str
    password: str
    hosts: str
    ports: str
    options: dict[str, str]

    def settings(self) -> dict[str, Any]:
        """The part of Django's DATABASES that the URL decides."""
        return {
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.hosts,
            "PORT": self.ports,
        }


def parse(url: str) -> DatabaseUrl:
    """Read `postgres://user:password@host:port,host:port/name?sslmode=…`. Of several hosts, the one that takes writes.

    Raises:
        ValueError: in words for the operator, without the password.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError("must begin with postgres:// or postgresql://")
    options = dict(parse_qsl(parts.query))
    if unknown := sorted(options.keys() - OPTIONS):
        raise ValueError(
            f"has options that are not known: {', '.join(unknown)}; known are {', '.join(sorted(OPTIONS))}"
        )
    credentials, _, hosts = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    places = [_host_and_port(host) for host in hosts.split(",")] if hosts else []
    if len(places) > 1:
        options = {"target_session_attrs": "read-write"} | options
    return DatabaseUrl(
        name=unquote(parts.path.lstrip("/")),
        user=unquote(user),
        password=unquote(password),
        hosts=",".join(host for host, _ in places),
        ports=",".join(port for _, port in places),
        options=options,
    )


def _host_and_port(place: str) -> tuple[str, str]:
    parts = urlsplit(f"//{place}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"has no usable port in {place!r}") from error
    if not host:
        raise ValueError("names a host without a name")
    return unquote(host), str(port or "")
