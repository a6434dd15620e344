"""The supervisor, with small real processes."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from project.up import part, watchdog
from project.up.console import Console
from project.up.process import Process, StartError
from project.up.supervisor import Supervisor

SLEEPS = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
IS_DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"
HAS_A_CHILD = f"""
import subprocess, sys
child = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
print(subprocess.Popen(child, start_new_session=True).pid, flush=True)
{SLEEPS}
"""


def python(name: str, code: str, **changes: object) -> Process:
    return Process(name=name, argv=[sys.executable, "-S", "-c", code], **changes)


class Output(io.StringIO):
    """What the console printed, without the padding."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, text: str) -> int:
        self._written.set()
        return super().write(text)

    def lines(self) -> list[str]:
        return [" ".join(line.split()) for line in self.getvalue().splitlines()]

    def pids(self) -> list[int]:
        return [int(line.split()[-1]) for line in self.lines() if line.split()[-1].isdigit()]

    async def until(self, count: int, what: Callable[[], list]) -> list:
        """Wait until there are so many of them."""
        while len(what()) < count:
            self._written.clear()
            await self._written.wait()
        return what()


@pytest.fixture
def out() -> Output:
    return Output()


@pytest.fixture
async def supervisor(out: Output) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(Console(out))
    yield supervisor
    await supervisor.stop()


async def left(pids: list[int]) -> list[int]:
    """Return those of the processes that do not end, though they be given two seconds."""
    for _ in range(100):
        if not any(watchdog.birth(pid) for pid in pids):
            return []
        await asyncio.sleep(0.02)
    return [pid for pid in pids if watchdog.birth(pid)]


async def test_start_returns_when_the_line_was_printed(supervisor, out):
    await supervisor.start(python("slow", f"import time; time.sleep(0.1); print('here'); {SLEEPS}", ready_line="here"))

    assert out.lines()[0] == "slow | here"


async def test_start_returns_when_the_probe_says_yes(supervisor, tmp_path):
    made = tmp_path / "made"
    makes = f"import pathlib, time; time.sleep(0.1); pathlib.Path({str(made)!r}).touch(); time.sleep(60)"

    await supervisor.start(python("slow", makes, ready=lambda _pid: made.exists()))

    assert made.exists()


async def test_start_that_fails_names_the_part_and_its_last_lines(supervisor):
    with pytest.raises(StartError) as told:
        await supervisor.start(python("web", "print('no module'); raise SystemExit(3)", ready_line="here"))

    assert str(told.value) == "web ended with code 3. Its last lines:\n    no module"


async def test_start_that_takes_too_long_fails(supervisor):
    with pytest.raises(StartError) as told:
        await supervisor.start(python("web", "import time; time.sleep(60)", ready_line="here", ready_seconds=0.1))

    assert str(told.value) == "web was not ready within 0.1 s. Its last lines:\n    (nothing)"


async def test_start_of_a_program_that_is_missing_fails(supervisor):
    with pytest.raises(StartError) as told:
        await supervisor.start(Process(name="web", argv=["/no/such/program"]))

    assert str(told.value) == "web could not be started: [Errno 2] No such file or directory: '/no/such/program'"


async def test_run_once_of_a_step_that_fails_tells_its_last_lines(supervisor):
    with pytest.raises(StartError) as told:
        await supervisor.run_once(python("setup", "raise SystemExit('no table')"))

    assert str(told.value) == "setup ended with code 1. Its last lines:\n    no table"


async def test_a_process_that_crashes_is_started_again(supervisor, out, monkeypatch):
    monkeypatch.setattr(part, "FIRST_DELAY_SECONDS", 0.01)
    await supervisor.start(python("web", SLEEPS))
    (pid,) = await out.until(1, out.pids)

    os.kill(pid, signal.SIGKILL)

    _, again = await out.until(2, out.pids)
    assert out.lines() == [
        f"web | {pid}",
        "up | web was ended by signal 9; starting it again in 0.01 s.",
        f"web | {again}",
    ]


async def test_a_process_that_crashes_at_once_is_given_twice_the_time_each_time(supervisor, out, monkeypatch):
    monkeypatch.setattr(part, "FIRST_DELAY_SECONDS", 0.01)
    monkeypatch.setattr(part, "LONGEST_DELAY_SECONDS", 0.04)

    await supervisor.start(python("web", "raise SystemExit(1)"))
    told = await out.until(4, out.lines)

    assert [line.split()[-2] for line in told[:4]] == ["0.01", "0.02", "0.04", "0.04"]


async def test_the_child_of_a_process_that_crashed_is_killed(supervisor, out, monkeypatch):
    monkeypatch.setattr(part, "FIRST_DELAY_SECONDS", 60)
    same_session = HAS_A_CHILD.replace("start_new_session=True", "")
    await supervisor.start(python("media", same_session))
    child, parent = await out.until(2, out.pids)

    os.kill(parent, signal.SIGKILL)
    await out.until(3, out.lines)

    assert await left([child]) == []


async def test_stop_goes_backwards_through_the_waves(supervisor, out):
    says = f"import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit('bye')); {SLEEPS}"
    for name in ("database", "setup", "web"):
        await supervisor.start(python(name, says))
    await out.until(3, out.pids)

    await supervisor.stop()

    assert out.lines()[3:] == ["web | bye", "setup | bye", "database | bye"]


async def test_stop_kills_a_process_that_does_not_listen(supervisor, out):
    await supervisor.start(python("web", IS_DEAF, stop_seconds=0.1))
    pids = await out.until(1, out.pids)

    await supervisor.stop()

    assert await left(pids) == []
    assert out.lines()[1:] == ["up | web did not stop in time; killing it."]


async def test_hurry_kills_what_a_stop_waits_for(supervisor, out):
    await supervisor.start(python("web", IS_DEAF, stop_seconds=60))
    pids = await out.until(1, out.pids)

    stopping = asyncio.create_task(supervisor.stop())
    await asyncio.sleep(0.1)
    supervisor.hurry()
    await stopping

    assert await left(pids) == []


async def test_stop_ends_a_child_in_another_session(supervisor, out):
    await supervisor.start(python("postgres", HAS_A_CHILD))
    pids = await out.until(2, out.pids)

    await supervisor.stop()

    assert await left(pids) == []


async def test_a_line_without_end_does_not_silence_a_process(supervisor, out):
    await supervisor.start(python("web", f"print('x' * 400_000); {SLEEPS}"))
    (pid,) = await out.until(1, out.pids)

    assert [out.getvalue().count("x"), out.lines()[-1]] == [400_000, f"web | {pid}"]
