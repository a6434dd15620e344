"""Starts parts in waves and stops them backwards, under a watchdog that does so if we cannot. Knows none."""

import asyncio
import contextlib
import itertools
from collections.abc import Iterable

from project.up.console import Console
from project.up.part import Part
from project.up.process import Process
from project.up.watchdog import Watchdog

WATCHDOG_POLL_SECONDS = 1.0


class Supervisor:
    """The parts that run, in the waves in which they were started. Make it inside a running event loop."""

    def __init__(self, console: Console, *, keep_open: tuple[int, ...] = ()) -> None:
        """Start the watchdog, which holds the `keep_open` descriptors (a lock) until all is stopped."""
        self._console = console
        self._watchdog = Watchdog(keep_open=keep_open)
        self._guard = asyncio.create_task(self._guard_watchdog())
        self._waves: list[list[Part]] = []

    async def start(self, *processes: Process) -> None:
        """Start a wave of processes, side by side, and wait until all are ready; each is kept alive until `stop`.

        Raises:
            StartError: naming the first that failed, with its last lines; the others may run until `stop`.
        """
        await asyncio.gather(*(part.start() for part in self._wave(processes)))

    async def run_once(self, process: Process) -> None:
        """Run a process to its end.

        Raises:
            StartError: with its last lines, if it does not end well.
        """
        (part,) = self._wave([process])
        await part.run_once()

    async def stop(self) -> None:
        """Stop the last wave first, then the watchdog, which has nothing left to watch."""
        while self._waves:
            await asyncio.gather(*(part.stop() for part in self._waves[-1]))
            self._waves.pop()
        self._guard.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._guard
        await asyncio.to_thread(self._watchdog.close)

    def hurry(self) -> None:
        """Have the stop that is under way kill what still runs."""
        for part in itertools.chain.from_iterable(self._waves):
            part.hurry.set()

    def _wave(self, processes: Iterable[Process]) -> list[Part]:
        number = len(self._waves)
        wave = [Part(process, self._console, self._watchdog, wave=number) for process in processes]
        self._waves.append(wave)
        return wave

    async def _guard_watchdog(self) -> None:
        while True:
            await asyncio.sleep(WATCHDOG_POLL_SECONDS)
            if not self._watchdog.alive():
                self._console.say("The watchdog was killed; starting another.")
                self._watchdog.revive()
