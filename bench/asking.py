"""The clients that ask over HTTP: wrk as fast as answers come, pace.c at given times. Both ask what a file holds."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import machine, tools

CONNECTIONS = 32
PARTED = "\1"  # between two requests of a file


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""

    def text(self) -> str:
        """It as HTTP has it."""
        length = (("Content-Length", str(len(self.body.encode()))),) if self.body else ()
        lines = [f"{name}: {value}\r\n" for name, value in (("Host", "127.0.0.1"), *self.headers, *length)]
        return f"{self.method} {self.path} HTTP/1.1\r\n{''.join(lines)}\r\n{self.body}"

    def key(self) -> str:
        """What tells it from others; the limit knows its answers by that."""
        who = next((value for name, value in self.headers if name in ("Authorization", "Cookie")), "")
        return f"{self.method} {self.path} {who}"


class Asking:
    """Both clients, on the clients' core."""

    def __init__(self, folder: Path) -> None:
        self._wrk = tools.wrk()
        self._pace = str(tools.compiled("pace", folder))
        self._folder = folder

    def file(self, name: str, asks: list[Ask]) -> Path:
        """Write requests down."""
        path = self._folder / f"{name}.requests"
        path.write_text(PARTED.join(ask.text() for ask in asks), newline="")
        return path

    def saturate(self, port: int, file: Path, seconds: float) -> dict[str, Any]:
        """Ask without a pause on all connections; `failed` answers were no success, `broken` requests got none."""
        words = ["-t", "1", "-c", str(CONNECTIONS), "-d", f"{max(1, round(seconds))}s", "--timeout", "30s"]
        script = str(tools.HERE / "wrk.lua")
        return _answer([self._wrk, *words, "-s", script, f"http://127.0.0.1:{port}", "--", str(file)])

    def once(self, port: int, file: Path) -> dict[str, Any]:
        """Ask each once, in their order."""
        return self.pace(port, file, 0, 0)

    def pace(self, port: int, file: Path, rate: float, seconds: float) -> dict[str, Any]:
        """Ask so many a second; a wait counts from when its request was due."""
        return _answer([self._pace, str(port), str(CONNECTIONS), str(rate), str(seconds), str(file)])


def _answer(words: list[str]) -> dict[str, Any]:
    with machine.pinned(machine.CLIENT_CORE):
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1]) if ran.stdout else {"error": ran.stderr}
    if ran.returncode or "error" in result:
        raise RuntimeError(f"{Path(words[0]).name}: {result.get('error', ran.stderr)}")
    return result
