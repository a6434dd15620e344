"""Everything of Photophore, started in order, kept running and stopped backwards. What each part is, is elsewhere."""

import asyncio
import errno
import os
import signal
import socket

from project.up import plan, services
from project.up.console import Console
from project.up.folder import Folder
from project.up.options import Options
from project.up.process import StartError
from project.up.services import Services
from project.up.supervisor import Supervisor

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TRUE_WORDS = ("1", "true", "yes", "on")
BACKLOG = 2048  # connections that wait while a web process restarts


def run(options: Options) -> int:
    """Run everything until told to stop, and return the exit code: 1, after words, if the start failed."""
    console = Console()
    try:
        folder = Folder(options.data, say=console.say)
        with _listen(options.host, options.port) as listener:
            return asyncio.run(_Run(options, console, folder, listener).run())
    except StartError as error:
        console.say(str(error))
        return 1


class _Run:
    """One run, in its event loop."""

    def __init__(self, options: Options, console: Console, folder: Folder, listener: socket.socket) -> None:
        self._options = options
        self._console = console
        self._folder = folder
        self._listener = listener
        self._exit_code = 0

    async def run(self) -> int:
        """Start all, wait for a signal, stop all; a second signal kills what the stop would wait for."""
        self._supervisor = Supervisor(self._console, keep_open=(self._folder.lock,))
        self._work = asyncio.create_task(self._start_and_wait())
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN or number != signal.SIGHUP:  # `nohup` is kept to
                loop.add_signal_handler(number, self._stop, number)
        try:
            await self._work
        except asyncio.CancelledError:
            return self._exit_code
        finally:
            await self._supervisor.stop()
        return 0

    def _stop(self, number: int) -> None:
        if self._work.done():
            self._supervisor.hurry()
            return
        self._console.say(f"{signal.Signals(number).name}: stopping all parts; once more kills those that still run.")
        self._work.cancel()

    async def _start_and_wait(self) -> None:
        self._exit_code = 128 + signal.SIGTERM  # the shell's word for "ended before it was there"
        prepared = await services.prepare(self._folder, say=self._console.say)
        os.environ["PORT"] = str(self._options.port)
        # Side by side: the setup spends its first second on imports, and then waits for the database.
        await asyncio.gather(
            self._supervisor.start(*(service.process() for service in prepared.values())),
            self._supervisor.run_once(plan.setup(demo=self._wants_demo(prepared))),
        )
        await self._supervisor.start(*plan.parts(self._options, self._listener.fileno()))
        self._exit_code = 0
        self._console.plain(f"ready {_address(self._options)}")
        await asyncio.Event().wait()

    def _wants_demo(self, prepared: Services) -> bool:
        """Whether an empty database may be filled: our own, or one that is used for development."""
        own = "DATABASE_URL" in prepared
        return self._options.demo and (own or os.environ.get("DEBUG", "").lower() in TRUE_WORDS)


def _listen(host: str, port: int) -> socket.socket:
    """Listen at once: a port that is taken is told before anything starts, and a restarted web process misses nobody.

    Raises:
        StartError: if we cannot listen there, with what to do.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            what = f"Port {port} is in use by another program"
        else:
            what = f"Cannot listen on {host}, port {port} ({error.strerror})"
        raise StartError(f"{what}: choose another with --port or PORT=…") from None


def _address(options: Options) -> str:
    host = options.reachable_host
    return f"http://[{host}]:{options.port}" if ":" in host else f"http://{host}:{options.port}"
