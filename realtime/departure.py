"""How a node sends its sockets away: a few at a time, each told when to come back, so that no deploy makes a wave."""

import asyncio
import logging
import math
import random
from contextlib import suppress
from typing import TYPE_CHECKING

from realtime import protocol
from realtime.protocol import Close
from realtime.socket import Socket

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = logging.getLogger(__name__)

STEP_SECONDS = 0.25
NOTICE_SECONDS = 2.0  # from `reconnect` to the close: the client has its next socket by then
PATIENCE_SECONDS = 5.0  # after the window, for closing handshakes


async def depart(hub: "Hub", window_seconds: float) -> None:
    """Ask every socket to reconnect, spread over the window, and close it with 4001 two seconds later.

    Returns when all are gone, or when the window and PATIENCE_SECONDS are over. Calling it again while it runs moves
    nobody twice; sockets that come meanwhile are refused by whoever lets them in (`hub.draining`).
    """
    hub.draining = True
    loop = asyncio.get_running_loop()
    deadline = loop.time() + window_seconds + PATIENCE_SECONDS
    staying = [socket for socket in hub.sockets if not socket.leaving]
    random.shuffle(staying)
    steps = max(1, round((window_seconds - NOTICE_SECONDS) / STEP_SECONDS))
    share = max(1, math.ceil(len(staying) / steps))
    for start in range(0, len(staying), share):
        send_away(staying[start : start + share], "drain", Close.DRAIN)
        await asyncio.sleep(STEP_SECONDS)
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline):
            await hub.empty.wait()
    logger.info("drained, %d sockets left", len(hub.sockets))


def send_away(sockets: list[Socket], reason: str, code: Close) -> None:
    """Ask sockets to reconnect within NOTICE_SECONDS, and close them then."""
    most_ms = int(NOTICE_SECONDS * 1000)
    for socket in sockets:
        socket.leaving = True
        socket.write(protocol.reconnect(0, most_ms, reason))
        asyncio.get_running_loop().call_later(NOTICE_SECONDS, socket.end, code)
