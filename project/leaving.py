"""How this process leaves its work to the others: not ready, then its sockets moved away. Ends nothing, keeps no task.

Whoever stops it (project.server) or takes it from behind a balancer (`manage.py drain`) calls `here.leave`.
"""

import asyncio
import logging
from enum import StrEnum

from realtime import hub

logger = logging.getLogger(__name__)


class State(StrEnum):
    """What a web process does with those who come."""

    SERVING = "serving"
    DRAINING = "draining"  # not ready; its sockets are on their way to the others
    DRAINED = "drained"  # not ready, and no socket is left that could be moved


class Departure:
    """One process's way out, and back."""

    def __init__(self) -> None:
        self.state = State.SERVING

    async def announce(self, notice_seconds: float) -> None:
        """Be not ready, and serve on until a balancer has seen it; at once if it was announced before."""
        if self.state is State.SERVING:
            self.state = State.DRAINING
            logger.info("draining: not ready")
            await asyncio.sleep(notice_seconds)

    async def leave(self, window_seconds: float) -> None:
        """Be not ready, and move all sockets within the window; called again it moves those that are still there."""
        self.state = State.DRAINING
        drain = getattr(hub.current(), "drain", None)
        if drain is not None:
            await drain(window_seconds)
        self.state = State.DRAINED

    def stay(self) -> None:
        """Serve again. Whoever was told to go elsewhere still goes."""
        self.state = State.SERVING
        setattr(hub.current(), "draining", False)  # noqa: B010


here = Departure()
