"""Our web process: uvicorn as it is measured the fastest, and an end that cuts no socket. `python -m project.server`.

Told to stop, uvicorn would close every socket within milliseconds, and all clients would come back in one wave. Here
SIGTERM means: not ready, a moment for the balancer to see it, the sockets moved away over a window, and only then
uvicorn's own end, which lets requests that are under way finish. SIGINT does the same in a hurry, a second signal skips
what is left of it, a third one waits for nothing.
"""

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
import socket
import sys
from types import FrameType

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from core.env import environment
from project import jit, uvicorn_http
from project.uvicorn_ws import ReadyFrames

READY_LINE = "Uvicorn running on"
GRACEFUL_SECONDS = 10  # for the requests that are under way
HURRIED_SECONDS = 1.0  # Ctrl-C: the window in which sockets are sent away
BACKLOG = 4_096  # after a restart all clients come at once
CLOSE_HEADER = (b"connection", b"close")
GC_THRESHOLDS = (100_000, 50, 1_000)

logger = logging.getLogger("uvicorn.error")


class Server(uvicorn.Server):
    """uvicorn's server, which lets its sockets go before it stops."""

    def __init__(self, config: uvicorn.Config, *, shared: bool) -> None:
        """`shared`: others accept on the same listening socket, so that a new connection is better theirs."""
        super().__init__(config)
        self._shared = shared
        self._signals: list[int] = []
        self._leaving: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Not earlier: what these import needs the settings, which are there once the application is loaded.
        from django.conf import settings  # noqa: PLC0415

        from ops import hops, maintenance  # noqa: PLC0415
        from ops.console import Console  # noqa: PLC0415
        from ops.leaving import here  # noqa: PLC0415
        from ops.nodes import Attendance  # noqa: PLC0415
        from ops.pulse import Pulse  # noqa: PLC0415
        from ops.survey import Respondent  # noqa: PLC0415
        from realtime import hub  # noqa: PLC0415

        self._departure = here
        self._attendance = Attendance(here)
        questions = Respondent(hub.current(), self._attendance.id)
        trails = hops.Respondent(hub.current(), self._attendance.id)
        console = Console(hub.current(), self._attendance)
        watching = maintenance.watch.run(hub.current())
        runs = (self._attendance.run(), questions.listen(), trails.listen(), console.run(), watching)
        self._tasks = [asyncio.create_task(work) for work in runs]
        if settings.PULSE_SECONDS:
            pulse = Pulse(hub.current(), self._attendance.id, settings.PULSE_SECONDS)
            self._tasks.append(asyncio.create_task(pulse.run()))
        _calm_the_collector()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for task in self._tasks:
            task.cancel()
        await self._attendance.end()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note a signal for `on_tick`; it is not raised again in the end, so that an end in order has the code 0."""
        self._signals.append(sig)
        if self.should_exit:
            self.force_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: leave if we were told to, exit once that is done; and once, end who is too slow."""
        if counter % 10 == 0:
            uvicorn_http.sweep(asyncio.get_running_loop().time())
        if self._signals and self._leaving is None:
            self._leaving = asyncio.create_task(self._leave(hurried=self._signals[0] == signal.SIGINT))
        if self._leaving is not None:
            if len(self._signals) > 1:
                self._leaving.cancel()
            self.should_exit = self._leaving.done()
        return await super().on_tick(counter)

    async def _leave(self, *, hurried: bool) -> None:
        from django.conf import settings  # noqa: PLC0415 -- as above

        window_seconds, notice_seconds = settings.DRAIN_SECONDS, settings.DRAIN_NOTICE_SECONDS
        if hurried:
            window_seconds, notice_seconds = min(HURRIED_SECONDS, window_seconds), 0.0
        if self._shared:
            for listener in self.servers:
                listener.close()
        try:
            await self._departure.announce(notice_seconds)
            # A kept connection that is closed while its client asks again looks like a failure of ours.
            self.config.encoded_headers.append(CLOSE_HEADER)
            self.server_state.default_headers = [*self.server_state.default_headers, CLOSE_HEADER]  # made once a second
            await self._departure.leave(window_seconds)
        except Exception:
            logger.exception("The sockets were not moved away.")


def _calm_the_collector() -> None:
    """What was loaded stays: the garbage collector need not look at it again, nor so often at thousands of sockets."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def config(
    *, host: str = "127.0.0.1", port: int = 8000, fd: int | None = None, graceful_seconds: int = GRACEFUL_SECONDS
) -> uvicorn.Config:
    """Return how we are served: every flag was chosen by measurement or by a test."""
    return uvicorn.Config(
        "asgi:application",
        host=host,
        port=port,
        fd=fd,
        loop="uvloop",
        http=uvicorn_http.Bounded,
        ws=ReadyFrames,
        ws_max_size=65_536,  # the default of 16 MiB is what one socket may make us hold
        ws_per_message_deflate=False,  # thrice the memory and twice the work, for frames that are small
        ws_ping_interval=None,  # rt.v1 has its own heartbeat
        lifespan="off",
        access_log=False,
        # Without one of its own uvicorn's lines come through ours, too.
        log_config=None if environment().log_format == "json" else LOGGING_CONFIG,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=graceful_seconds,
    )


def main(arguments: list[str]) -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m project.server", description="Run one web process.")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument("--fd", type=int, help="a listening socket that was inherited, instead of host and port")
    parser.add_argument("--shared", action="store_true", help="others accept on that socket, too")
    parser.add_argument("--graceful-seconds", type=int, default=GRACEFUL_SECONDS, help="for requests under way")
    options = vars(parser.parse_args(arguments))
    shared = options.pop("shared")
    if options["fd"] is not None:
        send_at_once(options["fd"])
    _allow_many_descriptors()
    served = config(**options)  # first: it prepares where log lines go
    jit.begin()
    Server(served, shared=shared).run()


def send_at_once(fd: int) -> None:
    """Have what is accepted on an inherited socket wait for no acknowledgement before it sends more.

    uvicorn takes that socket for one of the file system, so that uvloop leaves Nagle's algorithm on: an answer's body
    came 40 ms after its head, and so did a frame close behind another.
    """
    with socket.socket(fileno=os.dup(fd)) as listener:
        if listener.family in (socket.AF_INET, socket.AF_INET6):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it


def _allow_many_descriptors() -> None:
    """A socket is a descriptor, and the usual soft limit of 1,024 is a small number of them."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # a system whose hard limit is more than it grants
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main(sys.argv[1:])
