"""The hold on the load client (load.c), and what it reads: events with a number, a stamp and an addressee."""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import machine, tools

OPEN_SECONDS = 90.0
INFLIGHT = 250  # sockets in their handshake at once
NO_STAMP = f"@n:{0:010d},{0:020d},{0:010d}"
STAMP_BYTES = len(NO_STAMP)


@dataclass(frozen=True, slots=True)
class Client:
    """One socket to be opened: how it signs in, and the frame that it says first."""

    token: str = ""
    hello: str = ""


def stamp(number: int, whom: int = 0) -> str:
    """The mark of an event that is published now."""
    return f"@n:{number:010d},{time.monotonic_ns():020d},{whom:010d}"


class Load:
    """The load client, in its process, on the clients' core."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        program = tools.compiled("load", folder)
        with machine.pinned(machine.CLIENT_CORE):
            self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, *words: object) -> None:
        """Have a command begun; `answer` gives its result."""
        assert self._process.stdin
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for the next answer.

        Raises:
            RuntimeError: if the load client did not understand, or has died.
        """
        assert self._process.stdout
        line = self._process.stdout.readline()
        result: dict[str, Any] = json.loads(line) if line else {"error": f"it ended: {self._process.wait()}"}
        if "error" in result:
            raise RuntimeError(f"the load client: {result['error']}")
        return result

    def do(self, *words: object) -> dict[str, Any]:
        self.ask(*words)
        return self.answer()

    def open(
        self, port: int, clients: Iterable[Client], *, path: str, ready: str,
        inflight: int = INFLIGHT, seconds: float = OPEN_SECONDS, since: int = -1, upto: int = -1,
    ) -> dict[str, Any]:  # fmt: skip
        """Open a socket for each client: it is open with the frame that has `ready` in it ("-": with the handshake),
        and, if `upto` is given, with the durable events after `since` up to it.

        Raises:
            RuntimeError: if not all are open in time.
        """
        with tempfile.NamedTemporaryFile("w", dir=self._folder) as file:
            file.writelines(f"{client.token}\t{client.hello}\n" for client in clients)
            file.flush()
            result = self.do("open", port, inflight, seconds, path, ready, since, upto, file.name)
        if result["opened"] < result["asked"]:
            raise RuntimeError(f"not all sockets opened: {result}")
        return result

    def expect(self, how: str, first: int, events: int, seconds: float) -> None:
        """Be ready to `count` (all to every socket) or `target` (each to one); then publish, then `answer`."""
        self.do(how, first, events, seconds)

    def idle(self, seconds: float) -> dict[str, Any]:
        """Expect nothing for a while; what comes is stray."""
        return self.do("idle", int(seconds * 1000))

    def close(self, index: int = -1) -> None:
        """Close one socket, or all and forget them."""
        self.do("close", index)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
