"""How this process leaves its work to the others: not ready, then its sockets moved away. Ends nothing, keeps no task.

Whoever stops it (project.server) or takes it from behind a balancer (`manage.py drain`) calls `here.leave`.
"""

import asyncio
import logging
import time
from enum import StrEnum

from realtime import admission, hub

logger = logging.getLogger(__name__)

HELLO_SECONDS = 2.0
POLL_SECONDS = 0.05


class State(StrEnum):
    """What a web process does with those who come."""

    SERVING = "serving"
    DRAINING = "draining"  # not ready; its sockets are on their way to the others
    DRAINED = "drained"  # not ready, and no socket is left that could be moved


class Departure:
    """One process's way out, and back."""

    def __init__(self) -> None:
        self.state = State.SERVING
        self._for_good = False

    async def announce(self, notice_seconds: float) -> None:
        """Be not ready for good, and serve on until a balancer has seen it; no wait if it has already."""
        self._for_good = True
        if self.state is State.SERVING:
            self.state = State.DRAINING
            logger.info("draining: not ready")
            await asyncio.sleep(notice_seconds)

    async def leave(self, window_seconds: float) -> None:
        """Be not ready, and move all sockets within the window; called again it moves those that are still there."""
        self.state = State.DRAINING
        await hub.current().drain(window_seconds)
        await self._see_out()
        self.state = State.DRAINED

    async def _see_out(self) -> None:
        """Let those who were just let in say hello, and hear there that they must go elsewhere."""
        deadline = time.monotonic() + HELLO_SECONDS
        while admission.doors().open and time.monotonic() < deadline:  # noqa: ASYNC110 -- once a life: no event for it
            await asyncio.sleep(POLL_SECONDS)

    def stay(self) -> None:
        """Serve again, unless this process is about to stop. Whoever was told to go elsewhere still goes."""
        if self._for_good:
            return
        self.state = State.SERVING
        hub.current().draining = False


here = Departure()
