"""A timer wheel: one loop timer for all sockets, a second fine. A timer each costs memory, and the loop's heap."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

GRAIN_SECONDS = 1.0


class Wheel(Generic[T]):
    """Calls `due(thing)` some time after it was asked to. Late by up to a second, never early."""

    def __init__(self, due: Callable[[T], None]) -> None:
        self._due = due
        self._slots: dict[int, list[T]] = defaultdict(list)
        self._turned = self._slot(time.monotonic())

    @staticmethod
    def _slot(moment: float) -> int:
        return math.ceil(moment / GRAIN_SECONDS)

    def after(self, seconds: float, thing: T) -> None:
        """Have a thing looked at after so many seconds."""
        slot = max(self._slot(time.monotonic() + seconds), self._turned + 1)
        self._slots[slot].append(thing)

    async def run(self) -> None:
        """Turn until cancelled."""
        while True:
            await asyncio.sleep(GRAIN_SECONDS)
            self.turn(time.monotonic())

    def turn(self, now: float) -> None:
        """Call what is due by now."""
        last = math.floor(now / GRAIN_SECONDS)
        while self._turned < last:
            self._turned += 1
            for thing in self._slots.pop(self._turned, ()):
                self._due(thing)
