"""The pulse: an event of nobody's that takes the way of a like, again and again, so that a broken hop has a name.

Each web process records one in PostgreSQL; a worker drains it, and publishes an answer on a channel of that process;
its hub hears that, as a socket would. What does not come back is looked for: in the outbox it waits for a worker, and
elsewhere Redis has lost it. While one waits no other is recorded, so that an outage fills nothing.
"""

import asyncio
import logging
import time
from typing import Literal

from django.db import transaction

from core import crossing
from core.problems import Busy
from events import outbox
from events.types import Pulsed
from realtime import topics
from realtime.hub import Hub
from realtime.meters import meters

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0  # a like takes milliseconds; a worker that was just killed is back in less

Hop = Literal["", "database", "worker", "redis"]


class Pulse:
    """That of one web process."""

    def __init__(self, hub: Hub, sender: str, every_seconds: float) -> None:
        """`sender` names the process, as no other is named."""
        self.broken: Hop = ""
        self._hub = hub
        self._sender = sender
        self._every_seconds = every_seconds
        self._number = 0
        self._heard = asyncio.Event()

    async def run(self) -> None:
        """Beat as long as the process lives."""
        await self._hub.bus.listen(channel(self._sender), self._hear)
        while True:
            self._become(await self.beat())
            await asyncio.sleep(self._every_seconds)

    async def beat(self) -> Hop:
        """Send one event around; answer the hop that it did not pass, or nothing."""
        began = time.monotonic()
        self._heard.clear()
        try:
            if not self.broken or not await self._waits():
                self._number += 1
                await crossing.call(_record, self._event)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            return await self._lost()
        except Busy:
            return self.broken  # our own threads are full: that says nothing
        except Exception as error:
            logger.warning("no pulse: %s", error)
            return "database"
        meters.pulse.observe(time.monotonic() - began)
        return ""

    @property
    def _event(self) -> Pulsed:
        return Pulsed(sender=self._sender, number=self._number)

    async def _waits(self) -> bool:
        return await crossing.call(outbox.waits, self._event, for_user=self._number)

    async def _lost(self) -> Hop:
        try:
            return "worker" if await self._waits() else "redis"
        except Busy:
            return self.broken
        except Exception as error:
            logger.warning("no pulse: %s", error)
            return "database"

    def _hear(self, payload: bytes) -> None:
        if payload == b"%d" % self._number:
            self._heard.set()

    def _become(self, broken: Hop) -> None:
        if broken != self.broken:
            logger.warning("live: %s", f"broken at {broken}" if broken else "whole again")
        self.broken = broken
        self._hub.admit(broken)


def _record(event: Pulsed) -> None:
    with transaction.atomic():
        outbox.record(event, for_user=event.number)  # each in another shard


def channel(sender: str) -> str:
    """The Redis channel on which a process hears its own pulse."""
    return topics.topic_channel(f"pulse:{sender}")
