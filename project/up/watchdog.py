"""A helper process that outlives us by seconds: when we die, even by kill -9, it stops what we started. Starts nothing.

It reads lines from a pipe of which we hold the only other end: `+ wave pid signal` (started), `- pid` (ended) and
`temporary path` (a folder to delete). The end of the pipe is our death. Run as a script, so standard library only.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

GRACE_SECONDS = 5.0
POLL_SECONDS = 0.02

# A pid alone may be given to another process later; with the time of its start it names one process for ever.
Family = dict[int, str]


class Watchdog:
    """Our end of the pipe. The helper is a session of its own, so that no signal from the terminal reaches it."""

    def __init__(self, *, keep_open: tuple[int, ...] = ()) -> None:
        """Start the helper; it holds the `keep_open` descriptors (a lock) until all is stopped."""
        self._keep_open = keep_open
        self._told: dict[int | Path, str] = {}
        self._helper = self._start()

    @property
    def pid(self) -> int:
        return self._helper.pid

    def started(self, pid: int, *, wave: int, stop_signal: int) -> None:
        """Tell of a process that leads a session of its own. Higher waves are stopped first."""
        self._told[pid] = f"+ {wave} {pid} {int(stop_signal)}"
        self._tell(self._told[pid])

    def ended(self, pid: int) -> None:
        self._told.pop(pid, None)
        self._tell(f"- {pid}")

    def temporary(self, folder: Path) -> None:
        """Have a folder deleted when all is stopped."""
        self._told[folder] = f"temporary {folder}"
        self._tell(self._told[folder])

    def alive(self) -> bool:
        return self._helper.poll() is None

    def revive(self) -> None:
        """Start another helper in the place of a dead one, and tell it all that still holds."""
        self.close()
        self._helper = self._start()
        for line in self._told.values():
            self._tell(line)

    def close(self) -> None:
        """Have the helper stop what still runs, and wait for its end."""
        assert self._helper.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._helper.stdin.close()
        self._helper.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 -- our own file
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            pass_fds=self._keep_open,
        )

    def _tell(self, line: str) -> None:
        assert self._helper.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # a dead helper is told all again when it is replaced
            self._helper.stdin.write(line.encode() + b"\n")
            self._helper.stdin.flush()


def family(leader: int) -> Family:
    """Return the living members of a process's session, group and descent; of `leader` too, if it lives.

    By descent as well, since each PostgreSQL backend makes a session of its own.
    """
    found: Family = {}
    processes = list(_processes())
    grown = True
    while grown:
        grown = False
        for pid, kin, started in processes:
            if pid not in found and (pid == leader or leader in kin or not found.keys().isdisjoint(kin)):
                found[pid] = started
                grown = True
    return found


def survivors(members: Family) -> Family:
    """Return those of the members that still live."""
    now = {pid: started for pid, _, started in _processes()}
    return {pid: started for pid, started in members.items() if now.get(pid) == started}


def birth(pid: int) -> str:
    """Return when a process started, in the system's own words; empty if it does not live."""
    return next((started for other, _, started in _processes() if other == pid), "")


def kill(members: Family) -> None:
    """Kill at once those of the members that still live."""
    for pid in survivors(members):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def stop(leaders: dict[int, int], *, seconds: float = GRACE_SECONDS) -> None:
    """Send each leader its signal, wait for the leaders to end, and kill what is left of their families.

    A leader that ends in order has waited for its own; what outlives it was left behind, and is not waited for.
    """
    members: Family = {}
    for pid, stop_signal in leaders.items():
        members |= family(pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, stop_signal)
    deadline = time.monotonic() + seconds
    while survivors(members).keys() & leaders.keys() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for pid in leaders:
        members |= family(pid)
    kill(members)


def _processes() -> Iterator[tuple[int, tuple[int, int, int], str]]:
    """Yield pid, (parent, group, session) and time of start of every process that is not a zombie."""
    if not Path("/proc/self/stat").exists():
        yield from _processes_by_ps()
        return
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):  # it ended meanwhile
                stat = Path(f"/proc/{name}/stat").read_text()
                # The name is in brackets and may itself hold spaces and brackets.
                state, parent, group, session, *rest = stat[stat.rindex(")") + 2 :].split()
                if state not in "ZX":
                    yield int(name), (int(parent), int(group), int(session)), rest[15]


def _processes_by_ps() -> Iterator[tuple[int, tuple[int, int, int], str]]:
    listing = subprocess.run(
        ["/bin/ps", "-axo", "pid=,ppid=,pgid=,stat=,lstart="], capture_output=True, text=True, check=True
    ).stdout
    for line in listing.splitlines():
        pid, parent, group, state, started = line.split(maxsplit=4)
        if not state.startswith("Z"):
            yield int(pid), (int(parent), int(group), int(group)), started


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # nothing but the end of the pipe ends us
    waves: dict[int, dict[int, int]] = {}  # wave → pid → stop signal
    births: Family = {}
    temporary: list[str] = []
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "temporary":
            temporary.append(rest)
        elif word == "+":
            wave, pid, stop_signal = map(int, rest.split())
            waves.setdefault(wave, {})[pid] = stop_signal
            births[pid] = birth(pid)
        elif word == "-":
            for wave_pids in waves.values():
                wave_pids.pop(int(rest), None)
    for wave in sorted(waves, reverse=True):
        stop({pid: stop_signal for pid, stop_signal in waves[wave].items() if birth(pid) in ("", births[pid])})
    for folder in temporary:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
