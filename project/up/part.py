"""One process that is kept alive: started, waited for, listened to, restarted with patience, stopped with its kin."""

import asyncio
import collections
import contextlib
import os
import time

from project.up import watchdog
from project.up.console import Console
from project.up.process import Process, StartError
from project.up.watchdog import Watchdog

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 15.0
STABLE_SECONDS = 30.0  # one that ran this long is restarted after the first delay again
POLL_SECONDS = 0.03
LAST_LINES = 15
READ_BYTES = 64 * 1024
LONGEST_LINE_BYTES = 64 * 1024


class Part:
    """A process and its restarts. Everything it prints goes to the console under its name."""

    def __init__(self, process: Process, console: Console, dog: Watchdog, *, wave: int) -> None:
        self.process = process
        self.pid: int | None = None
        self.wave = wave
        self.hurry = asyncio.Event()  # set: a stop that waits shall kill
        self._console = console
        self._dog = dog
        self._running: asyncio.subprocess.Process | None = None
        self._listener: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._last_lines: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
        self._line_seen = asyncio.Event()

    async def start(self) -> None:
        """Start the process and return when it is ready; from then on it is restarted whenever it ends.

        Raises:
            StartError: with its last lines, if it ends or is not ready in time.
        """
        await self._launch()
        try:
            await asyncio.wait_for(self._ready_or_ended(), self.process.ready_seconds)
        except TimeoutError:
            raise self._failure(f"was not ready within {self.process.ready_seconds:g} s") from None
        self._keeper = asyncio.create_task(self._keep_alive(), name=self.process.name)

    async def run_once(self) -> None:
        """Run the process to its end.

        Raises:
            StartError: with its last lines, if it does not end well.
        """
        await self._launch()
        if (code := await self._end()) != 0:
            raise self._failure(_how(code))

    async def stop(self) -> None:
        """Ask the process to stop, and kill it and its kin when its time is over. Nothing is left of it."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        if self._running and self._running.returncode is None:
            await self._stop(self._running)
        if self.pid:
            await self._end()

    async def _stop(self, running: asyncio.subprocess.Process) -> None:
        kin = watchdog.family(running.pid)
        with contextlib.suppress(ProcessLookupError):
            running.send_signal(self.process.stop_signal)
        ended = asyncio.create_task(running.wait())
        hurry = asyncio.create_task(self.hurry.wait())
        await asyncio.wait([ended, hurry], timeout=self.process.stop_seconds, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not ended.done():
            self._console.say(f"{self.process.name} did not stop in time; killing it.")
        watchdog.kill(kin | watchdog.family(running.pid))
        await ended

    async def _keep_alive(self) -> None:
        delay = FIRST_DELAY_SECONDS
        while True:
            began = time.monotonic()
            code = await self._end()
            if time.monotonic() - began > STABLE_SECONDS:
                delay = FIRST_DELAY_SECONDS
            self._console.say(f"{self.process.name} {_how(code)}; starting it again in {delay:g} s.")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)
            try:
                await self._launch()
            except StartError as error:  # no memory, no descriptor: there may be some next time
                self._console.say(str(error))

    async def _launch(self) -> None:
        self._line_seen.clear()
        # A pipe of our own: a process that asyncio reads from has ended, to asyncio, only when the last child that
        # inherited its output has.
        ours, theirs = os.pipe()
        try:
            self._running = await asyncio.create_subprocess_exec(
                *self.process.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=theirs,
                stderr=asyncio.subprocess.STDOUT,
                **self.process.options(),
            )
        except OSError as error:
            os.close(ours)
            raise StartError(f"{self.process.name} could not be started: {error}") from error
        finally:
            os.close(theirs)
        self.pid = self._running.pid
        self._dog.started(self.pid, wave=self.wave, stop_signal=self.process.stop_signal)
        self._listener = asyncio.create_task(self._listen(ours))

    async def _end(self) -> int:
        """Wait for the end of the process and for its last words; kill the kin it left behind."""
        assert self._running
        assert self._listener
        code = await self._running.wait()
        watchdog.kill(watchdog.family(self._running.pid))
        await asyncio.wait([self._listener], timeout=1)
        self._listener.cancel()
        self._dog.ended(self._running.pid)
        self.pid = None
        return code

    async def _ready_or_ended(self) -> None:
        assert self._running
        while not await self._is_ready(self._running.pid):
            if self._running.returncode is not None:
                raise self._failure(_how(await self._end()))
            await asyncio.sleep(POLL_SECONDS)

    async def _is_ready(self, pid: int) -> bool:
        if self.process.ready_line and not self._line_seen.is_set():
            return False
        return self.process.ready is None or await asyncio.to_thread(self.process.ready, pid)

    async def _listen(self, output: int) -> None:
        """Pass on each line until the last process that holds the pipe has ended; one without end, in pieces."""
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(output, "rb", buffering=0)
        )
        rest = b""
        try:
            while received := await reader.read(READ_BYTES):
                *lines, rest = (rest + received).split(b"\n")
                for line in lines:
                    self._hear(line)
                if len(rest) > LONGEST_LINE_BYTES:
                    self._hear(rest)
                    rest = b""
            if rest:
                self._hear(rest)
        finally:
            transport.close()

    def _hear(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        self._last_lines.append(text)
        if self.process.ready_line and self.process.ready_line in text:
            self._line_seen.set()
        self._console.line(self.process.name, text, colour=self.process.colour)

    def _failure(self, what: str) -> StartError:
        said = "\n".join(f"    {line}" for line in self._last_lines) or "    (nothing)"
        return StartError(f"{self.process.name} {what}. Its last lines:\n{said}")


def _how(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
