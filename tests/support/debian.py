"""Programs of Debian that the tests run but do not install: fetched once into .venv, unpacked into the run's folder."""

import fcntl
import shutil
import subprocess
from pathlib import Path

from tests.support import services

KEPT = Path(__file__).resolve().parent.parent.parent / ".venv" / "debian"


def root(package, program):
    """The folder under which a package's files are: the system's own, or one that this run has unpacked.

    `program` is a file of the package, such as `usr/sbin/nginx`. Nothing of the package is started, nor is it set up.
    """
    if (Path("/") / program).exists():
        return Path("/")
    unpacked = services.running().folder / f"debian-{package}"
    if not unpacked.exists():
        for archive in _fetched(package):
            _run("dpkg-deb", "-x", archive, unpacked)
    return unpacked


def _fetched(package):
    """Its archive and those that it needs and this machine lacks. APT checks what it fetches."""
    KEPT.mkdir(parents=True, exist_ok=True)
    folder = KEPT / package
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of the processes that test side by side, one fetches
        if not folder.exists():
            unfinished = KEPT / f"{package}.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            # Root's APT would fetch as an account that may not reach this folder.
            _run("apt-get", "-o", "APT::Sandbox::User=root", "download", *_names(package), cwd=unfinished)
            unfinished.rename(folder)
    return sorted(folder.glob("*.deb"))


def _names(package):
    asked = ("apt-get", "install", "--simulate", "--no-install-recommends", package)
    try:
        plan = _run(*asked)
    except RuntimeError:  # a bare machine has no lists yet
        _run("apt-get", "update", "-qq")
        plan = _run(*asked)
    return [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]


def _run(*argv, cwd=None):
    ran = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"{argv[0]} failed, so that a package is missing:\n{ran.stderr}")
    return ran.stdout
