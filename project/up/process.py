"""One process as we want it: what to run, as whom, when it is ready and how it stops. Does not watch over it."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from project.up.account import Account

PR_SET_PDEATHSIG = 1  # linux/prctl.h

# Loaded before any fork: a child between fork and exec must not run the dynamic loader.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


Say = Callable[[str], None]  # is told, in words for people, what is done that they would not expect


class StartError(Exception):
    """Something could not be started; the text is for people and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What to run and how to treat it."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)  # added to our own environment
    cwd: Path = Path("/")
    account: Account | None = None  # None: as whoever runs us
    colour: int = 37  # an ANSI foreground colour
    ready: Callable[[int], bool] | None = None  # asked with the pid until it says yes; may block up to a second
    ready_line: str = ""  # or: ready once this text is in its output
    ready_seconds: float = 30
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    ends_with_us: bool = False  # the kernel tells it the moment we die, even by kill -9
    pass_fds: tuple[int, ...] = ()

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments for `subprocess.Popen` or `asyncio.create_subprocess_exec`."""
        options: dict[str, Any] = {
            "env": {**os.environ, **self.env},
            "cwd": self.cwd,
            "pass_fds": self.pass_fds,
            # A session of its own: Ctrl-C in the terminal reaches only us, and we stop the parts in order.
            "start_new_session": True,
        }
        if self.account:
            options |= self.account.options()
        if self.ends_with_us and _libc:
            options["preexec_fn"] = _die_with_parent
        return options


def _die_with_parent() -> None:
    assert _libc is not None
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
