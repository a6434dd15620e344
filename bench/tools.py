"""What the measurements need besides our own requirements: a C compiler, wrk, Node's and Python's peers. Runs none."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from project.up.options import ROOT

HERE = Path(__file__).parent
CACHE = ROOT / "var" / "cache" / "bench"
INSTALL_SECONDS = 180.0
NO_COMPILER = """\
The measurements need a C compiler for their load client, and there is none: install gcc or clang
(Debian: apt-get install gcc libc6-dev; Fedora: dnf install gcc; Alpine: apk add gcc musl-dev), or name one in CC."""
NO_WRK = """\
The measurements of HTTP need wrk, and there is none: install it
(Debian: apt-get install wrk; Fedora: dnf install wrk; Alpine: apk add wrk)."""


class Missing(Exception):
    """A peer cannot be had here; says why. The run goes on without it."""


def compiled(name: str, folder: Path) -> Path:
    """Compile `bench/<name>.c` into a folder.

    Raises:
        SystemExit: if there is no compiler, with the cure.
    """
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        raise SystemExit(NO_COMPILER)
    program = folder / name
    subprocess.run([compiler, "-O2", "-o", program, HERE / f"{name}.c"], check=True)
    return program


def wrk() -> str:
    """The path of wrk.

    Raises:
        SystemExit: if there is none, with the cure.
    """
    found = shutil.which("wrk")
    if not found:
        raise SystemExit(NO_WRK)
    return found


def node_peers() -> Path:
    """The folder with the Node peers and their packages as package-lock.json has them; installed once, then kept.

    Raises:
        Missing: without node or npm, or when npm cannot get the packages.
    """
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise Missing(f"there is no {program} (Node.js 20 or newer)")
    source = HERE / "peers" / "node"
    folder = CACHE / f"node-{_digest(*sorted(source.iterdir()))}"
    if not (folder / "node_modules").is_dir():
        _install(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], source, folder)
    return folder


def python_peers() -> Path:
    """The folder with the Python peers' packages as their locked requirements have them; installed once, then kept.

    Raises:
        Missing: when pip cannot get the packages.
    """
    locked = HERE / "peers" / "requirements.txt"
    folder = CACHE / f"python-{sys.version_info.minor}-{_digest(locked)}"
    if not folder.is_dir():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        _install([*pip, "--only-binary", ":all:", "--target", ".", "-r", str(locked)], None, folder)
    return folder


def node_versions(folder: Path) -> dict[str, str]:
    """The versions of Node and of the peers."""
    script = "for (const n of ['ws', 'socket.io', '@socket.io/redis-adapter', 'ioredis'])"
    script += " console.log(n, require('./node_modules/' + n + '/package.json').version)"
    run = ["node", "-e", f"console.log('node', process.versions.node); {script}"]
    lines = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True).stdout.splitlines()
    return dict(line.split(" ") for line in lines)


def _install(command: list[str], source: Path | None, folder: Path) -> None:
    """Install into a folder beside the wanted one, which gets its name only when all is there."""
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    if source:
        shutil.copytree(source, part, ignore=shutil.ignore_patterns("node_modules"))
    else:
        part.mkdir()
    try:
        done = subprocess.run(command, cwd=part, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]} did not finish: {error}") from error
    if done.returncode:
        raise Missing(f"{Path(command[0]).name} failed: {done.stderr.strip().splitlines()[-1:]}")
    part.rename(folder)


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.is_file())).hexdigest()[:12]
