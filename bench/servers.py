"""The processes under measurement, run as `up` runs them, and stopped whatever happens. Measures nothing."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psycopg

from bench import machine
from project.up import plan, ports
from project.up.options import ROOT, Options
from project.up.postgres import Postgres
from project.up.process import Process
from project.up.valkey import Valkey
from project.up.watchdog import Watchdog
from tests.support.services import Service

BACKLOG = 2048
POLL_SECONDS = 0.02
WAVE = 1  # before the services, which are of wave 0


class Servers:
    """A PostgreSQL, a Valkey, and whatever is started besides. All are gone with us, even by kill -9."""

    def __init__(self, folder: Path, watchdog: Watchdog) -> None:
        self.folder = folder
        self._watchdog = watchdog
        self.postgres = Service(Postgres(folder / "postgres"), watchdog)
        self.valkey = Service(Valkey(folder / "valkey"), watchdog)

    def start_services(self) -> None:
        """Start both, durable as in production, and have the environment name them."""
        for service in (self.postgres, self.valkey):
            service.prepare()
        self.postgres.start()
        self._prepare_to_count()
        self.valkey.start()
        os.environ.update(
            DATABASE_URL=self.postgres.url,
            REDIS_URL=self.valkey.url,
            CELERY_BROKER_URL="",
            PHOTOPHORE_DATA=str(self.folder),
            PHOTOPHORE_LOG_LEVEL="WARNING",
            PHOTOPHORE_RATE_LIMITS="false",
            SECRET_KEY=secrets.token_urlsafe(50),
            DJANGO_SETTINGS_MODULE="project.settings",
        )

    def _prepare_to_count(self) -> None:
        """Load what counts statements, which only PostgreSQL's start can do; it weighs on each, and is off at first."""
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
            connection.execute("ALTER SYSTEM SET pg_stat_statements.track_utility = off")
            connection.execute("ALTER SYSTEM SET pg_stat_statements.track = 'none'")
        self.postgres.stop()
        self.postgres.start()
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        """Have PostgreSQL count the statements that it is asked from now on, in all its sessions.

        Its own housekeeping rests meanwhile: an index on an expression has each row that is analyzed ask one more.
        """
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("ALTER SYSTEM SET pg_stat_statements.track = 'top'")
            connection.execute("SELECT pg_reload_conf()")
            yield
            connection.execute("ALTER SYSTEM SET pg_stat_statements.track = 'none'")
            connection.execute("ALTER SYSTEM RESET autovacuum")
            connection.execute("SELECT pg_reload_conf()")

    @contextlib.contextmanager
    def photophore(self, *, worker: bool, shared_frame: bool = True) -> Iterator["Web"]:
        """Run one web process on the server's core; with `worker` the live worker and beat too, on the other.

        Without `shared_frame`, the server is uvicorn as it comes, and every frame goes through ASGI's `send`.
        """
        with listening() as listener:
            port = listener.getsockname()[1]
            options = Options(port=port, demo=False, data=self.folder)
            parts = {part.name: part for part in plan.parts(options, listener.fileno())}
            with contextlib.ExitStack() as running:
                web_part = parts["web"] if shared_frame else _without_shared_frame(parts["web"])
                if not worker:  # thousands of sockets, sent away in order, would measure nothing
                    web_part = replace(web_part, stop_signal=signal.SIGKILL)
                web = running.enter_context(self.run(web_part, core=machine.SERVER_CORE))
                wanted = [parts["live-1"], parts["beat"]] if worker else []
                others = [running.enter_context(self.run(part, core=machine.CLIENT_CORE)) for part in wanted]
                yield Web(port, web, others[0] if others else None)

    @contextlib.contextmanager
    def peer(
        self, name: str, argv: Sequence[str], *, ready_line: str, env: dict[str, str] | None = None, cwd: Path = ROOT
    ) -> Iterator["Web"]:
        """Run a peer's process on the server's core; `{fd}` in `argv`, and LISTEN_FD, is the socket it serves."""
        with listening() as listener:
            fd = str(listener.fileno())
            process = Process(
                name=name,
                argv=[word.replace("{fd}", fd) for word in argv],
                env={"LISTEN_FD": fd, "DJANGO_SETTINGS_MODULE": "", **(env or {})},
                cwd=cwd,
                ready_line=ready_line,
                stop_signal=signal.SIGKILL,  # thousands of good-byes measure nothing
                pass_fds=(listener.fileno(),),
            )
            with self.run(process, core=machine.SERVER_CORE) as pid:
                yield Web(listener.getsockname()[1], pid, None)

    @contextlib.contextmanager
    def run(self, process: Process, *, core: int) -> Iterator[int]:
        """Run one process on one core until the context ends; yield its pid once it is ready."""
        log = self.folder / f"{process.name}.log"
        begin = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output, machine.pinned(core):
            running = subprocess.Popen(process.argv, stdout=output, stderr=subprocess.STDOUT, **process.options())
        self._watchdog.started(running.pid, wave=WAVE, stop_signal=process.stop_signal)
        try:
            _wait(process, running, log, begin)
            yield running.pid
        finally:
            _end(process, running)
            self._watchdog.ended(running.pid)


class Web:
    """Where a running application listens, and its processes."""

    def __init__(self, port: int, web_pid: int, worker_pid: int | None) -> None:
        self.port = port
        self.web_pid = web_pid
        self.worker_pid = worker_pid


@contextlib.contextmanager
def servers() -> Iterator[Servers]:
    """The services, started, in a folder that is deleted in the end."""
    folder = Path(tempfile.mkdtemp(prefix="photophore-bench-"))
    folder.chmod(0o711)  # root's PostgreSQL runs as another account, which must get through
    watchdog = Watchdog()
    watchdog.temporary(folder)
    try:
        running = Servers(folder, watchdog)
        running.start_services()
        yield running
        running.valkey.stop()
        running.postgres.stop()
    finally:
        watchdog.close()  # it stops what still runs, and deletes the folder


@contextlib.contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket that listens on a free port below the ephemeral range."""
    with socket.create_server(("127.0.0.1", ports.choose()), backlog=BACKLOG) as listener:
        listener.set_inheritable(True)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # project.server does so; no peer is to wait
        yield listener


def _without_shared_frame(web: Process) -> Process:
    return replace(web, argv=[word.replace("project.server", "bench.peers.by_send") for word in web.argv])


def _wait(process: Process, running: "subprocess.Popen[bytes]", log: Path, begin: int) -> None:
    deadline = time.monotonic() + process.ready_seconds
    while not _is_ready(process, running.pid, log, begin):
        if running.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.name} did not start:\n{log.read_text()[-4000:]}")
        time.sleep(POLL_SECONDS)


def _is_ready(process: Process, pid: int, log: Path, begin: int) -> bool:
    if process.ready is not None:
        return process.ready(pid)
    return process.ready_line in log.read_bytes()[begin:].decode(errors="replace")


def _end(process: Process, running: "subprocess.Popen[bytes]") -> None:
    running.send_signal(process.stop_signal)
    try:
        running.wait(timeout=process.stop_seconds)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
