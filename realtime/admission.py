"""Who may open a socket at all: a pace of accepts, a number of sockets, and few visitors an address. Proves nobody.

A storm of reconnects is refused where it is cheapest, before the upgrade, by HTTP 503 with `Retry-After`: the sockets
that are open do not feel it, and whoever is refused comes back later. All counts are of one process.
"""

import functools
import ipaddress
import math
import resource
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from realtime import protocol
from realtime.meters import meters

BURST_SECONDS = 2.0  # the accepts of so many seconds may come at once, after calm
SPARE_DESCRIPTORS = 256  # for databases, Redis, files, and HTTP
NETWORK_BITS = 64  # of an IPv6 address: whoever has one has 2^64

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Bucket:
    """Tokens that fill by so many a second, up to a burst."""

    def __init__(self, a_second: float, burst: float) -> None:
        self._a_second = a_second
        self._burst = self._tokens = burst
        self._filled_at = time.monotonic()

    def take(self) -> float:
        """Take a token; answer 0, or in how many seconds there is one."""
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._a_second)
        self._filled_at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._a_second
        self._tokens -= 1
        return 0.0


class Doors:
    """What one process has open, and how much more it takes."""

    def __init__(self, *, accepts_a_second: float, most: int) -> None:
        """A pace of 0 is none."""
        self.open = 0
        self.most = most
        self.visitors: Counter[str] = Counter()
        self._bucket = Bucket(accepts_a_second, accepts_a_second * BURST_SECONDS) if accepts_a_second else None

    def wait(self) -> float:
        """Take an accept; answer 0, or how many seconds to wait for one."""
        return self._bucket.take() if self._bucket else 0.0


@functools.cache
def doors() -> Doors:
    """Those of this process."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(settings.MAX_SOCKETS, max(1, descriptors - SPARE_DESCRIPTORS))
    return Doors(accepts_a_second=settings.ACCEPTS_A_SECOND, most=most)


class Entry:
    """One socket's way through the doors."""

    __slots__ = ("_doors", "_inside", "_visits_from")

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._inside = False
        self._visits_from = ""

    async def enter(self, scope: dict[str, Any], send: Send, *, draining: bool = False) -> bool:
        """Count the socket in, or answer it and return False: then nothing is left to do but to wait for its end.

        On a server without the extension `websocket.http.response` the answer is a bare 403, and a draining process
        lets in: the handshake's `hello` is answered by 4001 there.
        """
        can_answer = "websocket.http.response" in (scope.get("extensions") or {})
        wait = self._doors.wait() if not draining or not can_answer else 1.0
        if wait:
            meters.refused["draining" if draining else "pace"] += 1
            await _refuse(send, wait, can_answer=can_answer)
        elif self._doors.open >= self._doors.most:
            meters.refused["full"] += 1
            await _turn_away(send)
        else:
            self._doors.open += 1
            self._inside = True
        return self._inside

    def step_in(self, *, draining: bool = False) -> float:
        """Count in what comes over plain HTTP; answer 0, or in how many seconds it may come back."""
        full = self._doors.open >= self._doors.most
        wait = 1.0 if draining or full else self._doors.wait()
        if wait:
            meters.refused["draining" if draining else "full" if full else "pace"] += 1
        else:
            self._doors.open += 1
            self._inside = True
        return wait

    def visit(self, scope: dict[str, Any]) -> bool:
        """Count a socket of nobody's by its address; False if there are enough from there."""
        address = network(scope)
        if self._doors.visitors[address] >= protocol.MAX_SOCKETS_AN_ADDRESS and address:
            return False
        self._doors.visitors[address] += 1
        self._visits_from = address
        return True

    def leave(self) -> None:
        """Undo what was counted; a second call undoes nothing."""
        self._doors.open -= self._inside
        self._inside = False
        if self._visits_from:
            visitors, address = self._doors.visitors, self._visits_from
            visitors[address] -= 1
            if not visitors[address]:
                del visitors[address]
            self._visits_from = ""


def network(scope: dict[str, Any]) -> str:
    """The address that a socket comes from, an IPv6 one by its /64; empty if the server does not know it.

    Behind a proxy it is the client's only where the server was told to trust that proxy: uvicorn's
    FORWARDED_ALLOW_IPS. Headers are not looked at here.
    """
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0]) if client else None
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
    return str(address or "")


async def _refuse(send: Send, wait_seconds: float, *, can_answer: bool) -> None:
    if not can_answer:
        await send({"type": "websocket.close"})
        return
    headers = [
        (b"retry-after", str(math.ceil(wait_seconds)).encode()),
        (b"content-type", b"application/problem+json"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b'{"title":"Too many at once","status":503}'})


async def _turn_away(send: Send) -> None:
    """Say that the node is full, in a way that reaches a browser: a close before the accept would be 1006 there."""
    await send({"type": "websocket.accept"})
    detail = protocol.error(protocol.Error.LIMIT, "This server holds as many sockets as it can.")
    await send({"type": "websocket.send", "text": detail})
    await send({"type": "websocket.close", "code": int(protocol.Close.NODE_FULL)})
