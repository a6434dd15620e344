"""The runner's one voice: a line a time, with the name of the part that spoke, in its colour. Not a log file."""

import os
import sys
from typing import TextIO

NAME_WIDTH = 9
OWN_NAME = "up"
OWN_COLOUR = 37


class Console:
    """Writes lines to the terminal, in colour, or to a file, without. A reader that went away is no error."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._colour = self._out.isatty() and not os.environ.get("NO_COLOR")

    def line(self, name: str, text: str, *, colour: int = OWN_COLOUR) -> None:
        label = f"{name:<{NAME_WIDTH}} |"
        self._write(f"\x1b[{colour}m{label}\x1b[0m {text}" if self._colour else f"{label} {text}")

    def say(self, text: str) -> None:
        """Say something of the runner's own."""
        self.line(OWN_NAME, text)

    def plain(self, text: str) -> None:
        """Write a line that scripts wait for: no name before it, no colour."""
        self._write(text)

    def _write(self, text: str) -> None:
        try:
            self._out.write(text + "\n")
            self._out.flush()
        except BrokenPipeError:  # `up | head`: the parts live on
            self._out = open(os.devnull, "w")  # noqa: SIM115 -- for the rest of our life
