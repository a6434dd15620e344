"""What a client says of itself, and where it comes from: kept for operators, and decides nothing."""

import ipaddress
import re
import sys
import time
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from realtime.protocol import Client

Transport = Literal["websocket", "sse", "poll"]
TRANSPORTS: tuple[Transport, ...] = ("websocket", "sse", "poll")

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,31}")


class Peer(msgspec.Struct, frozen=True, gc=False):
    """The other end of a socket; `app` and `version` are its own words, "" if it has none that are words."""

    app: str = ""
    version: str = ""
    transport: Transport = "websocket"
    address: str = ""  # "" where the server does not know it
    since: float = 0.0  # on the monotonic clock


UNKNOWN = Peer()


def peer_of(scope: Mapping[str, Any], transport: Transport, client: Client | None = None) -> Peer:
    """The peer of a connection that came just now; thousands share one copy of their app's name."""
    client = client or Client()
    return Peer(_word(client.app), _word(client.ver), transport, _address(scope.get("client")), time.monotonic())


def _word(said: str) -> str:
    return sys.intern(said) if WORD.fullmatch(said) else ""


def _address(client: Any) -> str:
    try:
        address = ipaddress.ip_address(client[0]) if client else None
    except ValueError:  # a socket of the file system
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address or "")
