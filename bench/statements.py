"""What PostgreSQL was asked, and with which values, as its own log tells it. Knows no routes."""

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg

HEARD_SECONDS = 0.5  # until each session of PostgreSQL has heard of a setting, at the latest with its next statement

_TOLD = re.compile(r"LOG:  (?:statement|execute [^:]+): (.*)", re.DOTALL)
_VALUES = re.compile(r"DETAIL:  parameters: (.*)", re.DOTALL | re.IGNORECASE)
_VALUE = re.compile(r"\$\d+ = (NULL|'(?:[^']|'')*')")
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
_LIST = re.compile(r"\?(?:, \?)+")


class Statement(NamedTuple):
    """One statement, and the values that were sent beside it; None if none were."""

    sql: str
    values: list[str | None] | None = None

    @property
    def shape(self) -> str:
        """The statement, whatever its literals are."""
        return _LIST.sub("?", _LITERAL.sub("?", self.sql))


@contextlib.contextmanager
def telling(url: str) -> Iterator[None]:
    """Have a PostgreSQL write into its log whatever it is asked from now on, with the values."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        time.sleep(HEARD_SECONDS)
        yield
        connection.execute("ALTER SYSTEM RESET log_statement")
        connection.execute("SELECT pg_reload_conf()")


class Log:
    """PostgreSQL's log, read on from where it was read before."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = path.stat().st_size

    def take(self) -> list[Statement]:
        """What was asked since."""
        with self._path.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        self._read += len(text)
        return read(text.decode())


def read(text: str) -> list[Statement]:
    """The statements that a log tells of, in order; its further lines of one message begin with a tab."""
    found: list[Statement] = []
    for line in text.replace("\n\t", "\0").split("\n"):
        message = line.replace("\0", "\n")
        if told := _TOLD.fullmatch(message):
            found.append(Statement(told[1]))
        elif found and (values := _VALUES.fullmatch(message)):
            found[-1] = Statement(found[-1].sql, [_value(value) for value in _VALUE.findall(values[1])])
    return found


def _value(text: str) -> str | None:
    return None if text == "NULL" else text[1:-1].replace("''", "'")


def of_requests(asked: Sequence[list[Statement]]) -> list[list[Statement]]:
    """Of what was asked during each of many like requests, what belongs to them.

    A process asks things of its own, now and then: what fewer than half of the requests brought along.
    """
    seen = Counter(shape for some in asked for shape in {statement.shape for statement in some})
    return [[one for one in some if 2 * seen[one.shape] >= len(asked)] for some in asked]
