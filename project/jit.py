"""The one switch of a JIT, PHOTOPHORE_JIT: on where this Python has one, and where it has none it changes nothing.

Two are known. Cinder's is a package for some Pythons (`pip install cinderx`), which we turn on. CPython's own is in
some builds of 3.14 and later, and only the start of Python turns it on: `PYTHON_JIT=1`.
"""

import importlib
import logging
import sys
from dataclasses import dataclass
from typing import Any

from core.env import environment

START = "Start Python with PYTHON_JIT=1."
INSTALL = "Install cinderx into .venv (docs/operations.md says for which Pythons), or unset PHOTOPHORE_JIT."

logger = logging.getLogger("uvicorn.error")


@dataclass(frozen=True, slots=True)
class Jit:
    """Which one there is (empty: none), whether it runs, and what would have it run."""

    name: str
    is_on: bool
    cure: str = ""

    @property
    def said(self) -> str:
        if not self.name:
            return f"Python {'.'.join(map(str, sys.version_info[:3]))} has no JIT; nothing is changed."
        return f"{self.name} is {'on' if self.is_on else 'off'}"


def begin() -> None:
    """Turn on what there is, as a web process begins, and log what came of it."""
    if found := turn_on():
        logger.log(logging.INFO if found.is_on else logging.WARNING, "JIT: %s %s", found.said, found.cure)


def turn_on() -> Jit | None:
    """Turn on what there is; None if nobody wants one. Again it changes nothing."""
    if not environment().jit:
        return None
    cinder = _cinder()
    if cinder is not None and not cinder.is_enabled():
        cinder.auto()
    return look()


def look() -> Jit:
    """What this Python has, as it is now."""
    cinder, own = _cinder(), getattr(sys, "_jit", None)
    if cinder is not None:
        return Jit("cinderx", bool(cinder.is_enabled()), "" if cinder.is_enabled() else INSTALL)
    if own is not None and own.is_available():
        return Jit("CPython's", bool(own.is_enabled()), "" if own.is_enabled() else START)
    return Jit("", is_on=False, cure=INSTALL)


def _cinder() -> Any:
    """Cinder's switch, where its package is installed; it may be there without the part that compiles."""
    try:
        return importlib.import_module("cinderx.jit")
    except ImportError:
        return None
