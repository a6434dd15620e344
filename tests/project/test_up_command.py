"""`manage.py up` as a whole: every part a real process, in a folder of its own, with its own PostgreSQL and Valkey."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from project import static
from project.up import ports, watchdog
from tests.support.services import reachable

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"postgres", "valkey-server", "project.server", "worker", "beat"}


@pytest.fixture(scope="module")
def data():
    """The data folder of these runs, with static files that need not be collected: no page is asked for."""
    folder = reachable()
    (folder / "static").mkdir()
    (folder / "static" / static.STAMP).write_text(static._fingerprint())
    yield folder
    shutil.rmtree(folder)


def start(data, *options):
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.Popen(
        [sys.executable, "manage.py", "up", "--no-demo", *options],
        cwd=ROOT,
        env=environment | {"PHOTOPHORE_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def start_and_wait(data):
    """Start everything; return the runner, and its family by the time it is ready."""
    port = str(ports.choose())
    runner = start(data, "--port", port)
    said = []
    for line in runner.stdout:
        said.append(line)
        if line == f"ready http://127.0.0.1:{port}\n":
            return runner, watchdog.family(runner.pid)
    pytest.fail("".join(said))


def parts_of(family):
    """Return which of the parts are in the family, by their command lines."""
    commands = [Path(f"/proc/{pid}/cmdline").read_text() for pid in family]
    return {part for part in PARTS if any(part in command for command in commands)}


def survivors(family):
    """Return what is left of a family after ten seconds, or as soon as nothing is."""
    deadline = time.monotonic() + 10
    while watchdog.survivors(family) and time.monotonic() < deadline:
        time.sleep(0.02)
    return watchdog.survivors(family)


def test_sigterm_stops_all_parts_and_is_no_failure(data):
    runner, family = start_and_wait(data)
    running = parts_of(family)

    with runner:
        runner.terminate()
        runner.stdout.read()

    assert (running, runner.returncode, survivors(family)) == (PARTS, 0, {})


def test_kill_9_leaves_no_part_behind(data):
    runner, family = start_and_wait(data)
    running = parts_of(family)

    with runner:
        runner.kill()

    assert (running, survivors(family)) == (PARTS, {})


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with start(tmp_path, "--port", str(port)) as runner:
            said = runner.stdout.read()

    assert said == f"up        | Port {port} is in use by another program: choose another with --port or PORT=…\n"
    assert [path.name for path in tmp_path.iterdir()] == ["up.lock"]


def test_a_port_in_use_is_a_failure(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other, start(tmp_path, "--port", str(other.getsockname()[1])) as run:
        run.stdout.read()

    assert run.returncode == 1
