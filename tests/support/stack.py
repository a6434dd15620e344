"""The real thing around a test: web processes and Celery workers of ours, on the test's database and Valkey."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection

from core.broker import QUEUES
from events import wake
from project import static
from project.up import ports
from tests.support import services
from tests.support.wait import until

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 30.0
STOP_SECONDS = 15.0


def free_port():
    """A port below the ephemeral range, so that no client can connect to itself."""
    return ports.choose()


class Process:
    """One process of ours, in a session of its own, that a test may kill, pause and start again."""

    def __init__(self, name, *argv, ready, env=(), pass_fds=()):
        self.name = name
        self.argv = [sys.executable, "-W", "default", *argv]
        self.env = dict(env)
        self.log = Path(settings.DATA) / f"{name}.log"
        self._ready = ready
        self._pass_fds = pass_fds
        self._running = None
        self._from = 0

    @property
    def pid(self):
        return self._running.pid

    @property
    def alive(self):
        return self._running is not None and self._running.poll() is None

    def start(self):
        """Start it, also after it ended by itself; nothing happens if it runs."""
        if self.alive:
            return self
        self._forget()
        with self.log.open("ab") as log:
            self._from = log.tell()
            self._running = subprocess.Popen(
                self.argv,
                cwd=ROOT,
                env=environment() | self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self._pass_fds,
            )
        services.running().watchdog.started(self.pid, wave=1, stop_signal=signal.SIGKILL)
        return self

    def wait(self):
        """Wait until it is ready."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready(self):
            assert self._running.poll() is None, f"{self.name} ended:\n{self.output()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready:\n{self.output()}"
            time.sleep(0.02)
        return self

    def output(self):
        """What it has printed since its last start."""
        return self.log.read_bytes()[self._from :].decode(errors="replace")

    def tell(self, number):
        """Send it a signal and go on."""
        os.killpg(self.pid, number)

    def code(self):
        """Wait until it has ended by itself; answer its exit code."""
        return self._running.wait(timeout=STOP_SECONDS)

    def stop(self, how=signal.SIGTERM, seconds=STOP_SECONDS):
        """End it and wait; it is killed when the time is over. Nothing happens if it is stopped."""
        if self.alive:
            os.killpg(self.pid, how)
            os.killpg(self.pid, signal.SIGCONT)  # a paused one would never hear of it
            try:
                self._running.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self._running.wait()
        self._forget()

    def kill(self):
        """End it without a goodbye, as a crash would."""
        self.stop(signal.SIGKILL)

    def pause(self):
        """Freeze it: its sockets stay open and nothing answers."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self):
        os.killpg(self.pid, signal.SIGCONT)

    def _forget(self):
        if self._running:
            services.running().watchdog.ended(self.pid)
            self._running = None


class Web(Process):
    """One web process on a port of its own, or on a listening socket that it shares with others."""

    def __init__(self, name, port, *, listener=None, env=(), graceful_seconds=2):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.live_url = f"ws://127.0.0.1:{port}/rt"
        where = ["--fd", str(listener.fileno()), "--shared"] if listener else ["--port", str(port)]
        super().__init__(
            name,
            *("-m", "project.server", *where, "--graceful-seconds", str(graceful_seconds)),
            ready=Web._answers,
            env={"PHOTOPHORE_NODE": name, "PHOTOPHORE_DRAIN_NOTICE": "0", "PHOTOPHORE_DRAIN_SECONDS": "1"} | dict(env),
            pass_fds=(listener.fileno(),) if listener else (),
        )

    def _answers(self):
        """Its own line as well: any process may answer on a port that they share."""
        if "Uvicorn running on" not in self.output():
            return False
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            return error.code == 404
        except OSError:
            return False


def celery(name, *argv, env=(), ready=" ready."):
    """A Celery process, ready as soon as it has printed that it is."""
    return Process(
        name,
        *("-m", "celery", "-A", "project", *argv, "-l", "INFO"),
        ready=lambda process: ready in process.output(),
        env={"PHOTOPHORE_NODE": name} | dict(env),
    )


def environment():
    """The test's environment, with the test database instead of the one it was made from."""
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    named = {"DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}", "PYTHONUNBUFFERED": "1"}
    return os.environ | named | {"PHOTOPHORE_PULSE": "0"}  # it would be in the outbox, where tests count


class Stack:
    """Web processes, workers for what is live and one for photos; beat only where a test asks for it.

    One a test session works on the database at a time: whichever starts stops the one before.
    """

    _working = None

    def __init__(self, *, web=1, workers=1, media=True, shared_port=False, env=(), graceful_seconds=2, prefix=""):
        """Describe it; `env` goes to every process, and each one's own `env` may be changed before its start.

        `shared_port`: all web processes accept on one port, as under `manage.py up --web N`; else each has its own.
        `prefix` keeps the names of the processes, and so their logs, apart from another stack's.
        """
        self.services = services
        self._listener = _listener() if shared_port else None
        listening = {"listener": self._listener, "env": env, "graceful_seconds": graceful_seconds}
        self.webs = [Web(_name(prefix, "web", n, web), self._port(), **listening) for n in range(1, web + 1)]
        live = ("worker", "-Q", "live,feeds", "-P", "solo", "--without-mingle", "--without-gossip", "-n")
        names = [_name(prefix, "live", n, workers) for n in range(1, workers + 1)]
        self.workers = [celery(name, *live, f"{name}@test", env=env) for name in names]
        photos = ("worker", "-Q", "media,bulk", "-P", "prefork", "-c", "1", "-n", f"{prefix}media@test")
        self.media = celery(f"{prefix}media", *photos, env=env)
        schedule = str(Path(settings.DATA) / f"{prefix}beat-schedule")
        self.beat = celery(f"{prefix}beat", "beat", "-s", schedule, ready="beat: Starting", env=env)
        self._wanted = [*self.webs, *self.workers, *([self.media] if media else [])]

    @property
    def web(self):
        return self.webs[0]

    @property
    def port(self):
        return self.web.port

    @property
    def url(self):
        return self.web.url

    @property
    def live_url(self):
        return self.web.live_url

    @property
    def worker(self):
        return self.workers[0]

    def start(self, *, afresh=False):
        """Start whatever does not run, side by side, and wait for all; nothing happens if all of it runs.

        `afresh`: workers that start find no task that an earlier test has left.
        """
        if Stack._working not in (None, self):
            Stack._working.stop()
        if afresh and Stack._working is not self:
            until(lambda: not wake.sender()._waiting)  # what this process has still to send
            _empty_queues()
        Stack._working = self
        if not all(process.alive for process in self._wanted):
            static.collect()  # first: the web process reads the list of files as it starts
            for process in self._wanted:
                process.start()
            for process in self._wanted:
                process.wait()
        return self

    def stop(self):
        for process in (self.beat, self.media, *self.workers, *self.webs):
            process.stop()
        if Stack._working is self:
            Stack._working = None

    def close(self):
        """Stop it for good: it no longer accepts on its port."""
        self.stop()
        if self._listener:
            self._listener.close()

    def _port(self):
        return self._listener.getsockname()[1] if self._listener else free_port()


def _empty_queues():
    """All that workers take from: Celery's own purge knows only the queues that this process has sent to."""
    with current_app.connection_for_write() as broker_connection:
        for queue in QUEUES:
            broker_connection.default_channel.queue_purge(queue)


def _name(prefix, kind, number, count):
    return f"{prefix}{kind}-{number}" if count > 1 else f"{prefix}{kind}"


def _listener():
    listener = socket.create_server(("127.0.0.1", free_port()), backlog=2048)
    listener.set_inheritable(True)
    return listener


@contextlib.contextmanager
def two_nodes(prefix, env):
    """Two web processes that run, each a node on a port of its own, behind whatever is to stand before them."""
    static.collect()
    webs = [Web(f"{prefix}-{n}", free_port(), env={"FORWARDED_ALLOW_IPS": "127.0.0.1"} | env) for n in (1, 2)]
    for web in webs:
        web.start()
    for web in webs:
        web.wait()
    yield webs
    for web in webs:
        web.kill()
