"""What a look at a part found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    WARN = "warn"  # it works, and somebody should look
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """A part, how it is, and what to do about it (empty if nothing)."""

    part: str
    state: State
    said: str
    cure: str = ""


def ok(part: str, said: str) -> Finding:
    """All is well."""
    return Finding(part, State.OK, said)


def warn(part: str, said: str, cure: str) -> Finding:
    """It works, and somebody should look."""
    return Finding(part, State.WARN, said, cure)


def fail(part: str, said: str, cure: str) -> Finding:
    """It does not work."""
    return Finding(part, State.FAIL, said, cure)
