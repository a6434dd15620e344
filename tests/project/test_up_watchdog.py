"""The watchdog: what is left of a runner's processes when the runner itself is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from project.up import watchdog

ROOT = Path(__file__).resolve().parents[2]

# A runner that starts two waves, the second with a child in a session of its own, tells their pids and waits.
RUNNER = """
import signal, subprocess, sys, time
from pathlib import Path
from project.up.watchdog import Watchdog

part = [sys.executable, "-S", "-c", '''
import signal, subprocess, sys, time
def note(*_):
    open(sys.argv[1], "a").write(sys.argv[2])
    sys.exit()
signal.signal(signal.SIGTERM, note)
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
''']
folder = Path(sys.argv[1])
dog = Watchdog()
dog.temporary(folder / "temporary")
for wave in (0, 1):
    command = [*part, str(folder / "order"), str(wave)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    dog.started(started.pid, wave=wave, stop_signal=signal.SIGTERM)
    started.stdout.readline()
print("started", flush=True)
time.sleep(60)
"""


def start_runner(folder: Path) -> "subprocess.Popen[str]":
    (folder / "temporary").mkdir()
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert runner.stdout.readline() == "started\n"
    return runner


def wait_for_the_end_of(family: watchdog.Family) -> watchdog.Family:
    deadline = time.monotonic() + 10
    while watchdog.survivors(family) and time.monotonic() < deadline:
        time.sleep(0.02)
    return watchdog.survivors(family)


def test_after_kill_9_of_the_runner_nothing_is_left(tmp_path):
    with start_runner(tmp_path) as runner:
        family = watchdog.family(runner.pid)

        runner.kill()

        assert len(family) == 6  # the runner, the watchdog, two parts and their children
        assert wait_for_the_end_of(family) == {}


def test_after_kill_9_of_the_runner_the_last_wave_is_stopped_first(tmp_path):
    with start_runner(tmp_path) as runner:
        family = watchdog.family(runner.pid)

        runner.kill()

        wait_for_the_end_of(family)
        assert (tmp_path / "order").read_text() == "10"


def test_after_kill_9_of_the_runner_its_temporary_folder_is_deleted(tmp_path):
    with start_runner(tmp_path) as runner:
        family = watchdog.family(runner.pid)

        runner.kill()

        wait_for_the_end_of(family)
        assert not (tmp_path / "temporary").exists()


def test_the_watchdog_ignores_what_ends_others(tmp_path):
    dog = watchdog.Watchdog()
    sleeper = subprocess.Popen(["sleep", "60"], start_new_session=True)
    dog.started(sleeper.pid, wave=0, stop_signal=signal.SIGTERM)
    time.sleep(0.2)  # until it has begun to ignore them

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(dog.pid, number)
    time.sleep(0.1)

    assert dog.alive()
    dog.close()
    assert sleeper.wait() == -signal.SIGTERM


def test_a_watchdog_that_was_killed_is_replaced_and_knows_all():
    dog = watchdog.Watchdog()
    sleeper = subprocess.Popen(["sleep", "60"], start_new_session=True)
    dog.started(sleeper.pid, wave=0, stop_signal=signal.SIGTERM)
    os.kill(dog.pid, signal.SIGKILL)

    dog.revive()
    dog.close()

    assert sleeper.wait() == -signal.SIGTERM


def test_a_process_that_ended_is_not_stopped():
    dog = watchdog.Watchdog()
    sleeper = subprocess.Popen(["sleep", "60"], start_new_session=True)
    dog.started(sleeper.pid, wave=0, stop_signal=signal.SIGTERM)
    dog.ended(sleeper.pid)

    dog.close()

    assert watchdog.birth(sleeper.pid) != ""
    sleeper.kill()
    sleeper.wait()
