"""The real thing around a test: web processes and Celery workers of ours, on the test's database and Valkey."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.db import connection

from project import static
from tests.support import services

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 30.0


def free_port():
    """A port below the ephemeral range, so that no client can connect to itself."""
    for port in range(21000 + os.getpid() % 4000, 29999):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")


class Process:
    """One process of ours, in a session of its own, that a test may kill and start again."""

    def __init__(self, name, *argv, ready):
        self.name = name
        self.argv = [sys.executable, "-W", "default", *argv]
        self.log = Path(settings.DATA) / f"{name}.log"
        self._ready = ready
        self._running = None

    @property
    def pid(self):
        return self._running.pid

    def start(self):
        if self._running:
            return self
        with self.log.open("ab") as log:
            self._from = log.tell()
            self._running = subprocess.Popen(
                self.argv, cwd=ROOT, env=environment(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        return self

    def wait(self):
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready(self):
            assert self._running.poll() is None, f"{self.name} ended:\n{self.output()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready:\n{self.output()}"
            time.sleep(0.02)
        return self

    def output(self):
        """What it has printed since its last start."""
        return self.log.read_bytes()[self._from :].decode(errors="replace")

    def stop(self, how=signal.SIGTERM):
        if not self._running:
            return
        os.killpg(self._running.pid, how)
        try:
            self._running.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
        self._running = None

    def kill(self):
        self.stop(signal.SIGKILL)


def environment():
    """The test's environment, with the test database instead of the one it was made from."""
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    return os.environ | {"DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}", "PYTHONUNBUFFERED": "1"}


class Stack:
    """One web process, a worker for what is live and one for photos; beat only where a test asks for it."""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.live_url = f"ws://127.0.0.1:{self.port}/rt"
        self.services = services
        self.web = Process("web", "-m", "uvicorn", "asgi:application", *self._uvicorn(), ready=self._web_ready)
        self.worker = self._celery("worker", "worker", "-Q", "live,feeds", "-P", "solo", "-n", "live@test")
        self.media = self._celery("media", "worker", "-Q", "media,bulk", "-P", "prefork", "-c", "1", "-n", "media@test")
        schedule = str(Path(settings.DATA) / "beat-schedule")
        self.beat = self._celery("beat", "beat", "-s", schedule, ready="beat: Starting")

    def start(self):
        static.collect()  # first: the web process reads the list of files as it starts
        for process in (self.web, self.worker, self.media):
            process.start()
        for process in (self.web, self.worker, self.media):
            process.wait()
        return self

    def stop(self):
        for process in (self.beat, self.media, self.worker, self.web):
            process.stop()

    def _uvicorn(self):
        flags = "--http httptools --ws websockets-sansio --ws-max-size 65536 --ws-per-message-deflate false"
        more = "--ws-ping-interval 0 --lifespan off --no-access-log --timeout-graceful-shutdown 2 --loop uvloop"
        return ["--port", str(self.port), *flags.split(), *more.split()]

    def _celery(self, name, *argv, ready=" ready."):
        return Process(
            name, "-m", "celery", "-A", "project", *argv, "-l", "INFO", ready=lambda process: ready in process.output()
        )

    def _web_ready(self, _):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            return error.code == 404
        except OSError:
            return False
