"""A real PostgreSQL and a real Valkey for one test session, in a temporary folder; gone even if the runner is killed.

A test that needs an outage says `from tests.support.services import running`, then `running().valkey.stop()`, and
`start()` when it is done.
"""

import os
import secrets
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from project.up import ports
from project.up.postgres import Postgres
from project.up.process import StartError
from project.up.valkey import Valkey
from project.up.watchdog import Watchdog
from tests.support import workers

POLL_SECONDS = 0.01


class Service:
    """One server, which a test may stop, kill or pause, and start again on the same port."""

    def __init__(self, server: Postgres | Valkey, watchdog: Watchdog) -> None:
        self._server = server
        self._watchdog = watchdog
        self._running: subprocess.Popen[bytes] | None = None
        self.log = server.home.with_suffix(".log")

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def pid(self) -> int:
        assert self._running, "it is stopped"
        return self._running.pid

    def prepare(self) -> None:
        self._server.prepare()

    def start(self) -> None:
        """Start it and wait until it serves; nothing happens if it runs."""
        if self._running:
            return
        process = self._server.process()
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(process.argv, stdout=log, stderr=subprocess.STDOUT, **process.options())
        self._watchdog.started(self.pid, wave=0, stop_signal=process.stop_signal)
        deadline = time.monotonic() + process.ready_seconds
        while not process.ready(self.pid):
            if self._running.poll() is not None or time.monotonic() > deadline:
                raise StartError(f"{process.name} did not start:\n{self.log.read_text()}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop it in order; nothing happens if it is stopped."""
        self._end(self._server.process().stop_signal)

    def kill(self) -> None:
        """End it without a goodbye, as a crash would."""
        self._end(signal.SIGKILL)

    def crash(self) -> None:
        """End it at once but as a whole, its children too: PostgreSQL's "immediate" shutdown."""
        self._end(signal.SIGQUIT)

    def pause(self) -> None:
        """Freeze it: the kernel still accepts connections, and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self._running:
            self._running.send_signal(how)
            self._running.send_signal(signal.SIGCONT)  # a frozen one would never hear of it
            self._running.wait(timeout=30)
            self._watchdog.ended(self.pid)
            self._running = None


class Services:
    """The servers of this session."""

    def __init__(self, folder: Path, watchdog: Watchdog) -> None:
        self.folder = folder
        self.postgres = Service(Postgres(folder / "postgres", durable=False), watchdog)
        self.valkey = Service(Valkey(folder / "valkey", durable=False), watchdog)
        self.watchdog = watchdog  # of whatever a test starts beside them

    def start(self, *, postgres: bool, valkey: bool) -> None:
        """Start those that are wanted, side by side; about a second."""
        wanted = [self.postgres] * postgres + [self.valkey] * valkey
        with ThreadPoolExecutor() as threads:
            list(threads.map(Service.prepare, wanted))
        for service in wanted:
            service.start()

    def stop(self) -> None:
        """Stop all and delete the folder; the watchdog does it, as it would if we were killed."""
        self.postgres.kill()
        self.valkey.kill()
        self.watchdog.close()


def reachable() -> Path:
    """Make a folder that other accounts reach: root's PostgreSQL runs as another one.

    None below pytest's, which each pytest that starts closes to others again.
    """
    folder = Path(tempfile.mkdtemp(prefix="photophore-test-"))
    folder.chmod(0o711)
    return folder


_running: list[Services] = []


def running() -> Services:
    """Return the session's services; those that the environment named are not ours, and cannot be stopped here."""
    return _running[0]


def start() -> None:
    """Start what DATABASE_URL and REDIS_URL do not name already, and have the environment name it. Once a session."""
    ports.FIRST, ports.LAST = workers.share(ports.FIRST, ports.LAST)
    folder = reachable()
    watchdog = Watchdog()
    watchdog.temporary(folder)
    services = Services(folder, watchdog)
    _running.append(services)
    own = {"DATABASE_URL": services.postgres, "REDIS_URL": services.valkey}
    missing = {name: service for name, service in own.items() if not os.environ.get(name)}
    services.start(postgres="DATABASE_URL" in missing, valkey="REDIS_URL" in missing)
    os.environ.update({name: service.url for name, service in missing.items()})
    os.environ["PHOTOPHORE_DATA"] = str(folder)
    os.environ["PHOTOPHORE_RATE_LIMITS"] = "false"  # tests ask faster than people; tests/project/test_rates.py has them
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))


def stop() -> None:
    while _running:
        _running.pop().stop()
