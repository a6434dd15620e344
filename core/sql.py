"""Plain SQL for the hot paths: bound by the server, prepared at first sight, many statements in one round trip.

Django's cursors write the parameters into the text, so that PostgreSQL has to parse and plan each statement anew. These
run on Django's connection and in its transaction, raise Django's errors, and show in its list of queries.
"""

import contextlib
import functools
import re
import threading
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, DataError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.pipeline import Answer, Line, Row

_NAMED = re.compile(r"%%|%\((\w+)\)s")
_Execute = Callable[..., Any]


class _Here(threading.local):
    """What the thread is in, so that a statement need not look for its connection."""

    line: Line | None = None
    database: BaseDatabaseWrapper


_here = _Here()


def rows(query: str, *parameters: object) -> list[Row]:
    """Run one statement and return its rows."""
    return later(query, *parameters)()


def named(query: str, **values: object) -> list[Row]:
    """Run one statement whose parameters have names, as `%(viewer)s`, and return its rows."""
    text, names = places(query)
    return rows(text, *[values[name] for name in names])


@functools.cache
def places(query: str) -> tuple[str, list[str]]:
    """A statement with `%s` in the place of its named parameters, and their names in this order."""
    text = _NAMED.sub(lambda found: "%s" if found[1] else found[0], query)
    return text, [name for name in _NAMED.findall(query) if name]


def later(query: str, *parameters: object) -> Callable[[], list[Row]]:
    """Run one statement; inside `pipeline` only send it. The answer waits for its rows, and need not be called.

    A list is an array of numbers, texts or bytes, whose type the statement must say: `%s::bigint[]`.

    Raises:
        django.db.DatabaseError: here, or inside `pipeline` from the first thing that waits.
    """
    if _here.line is None:
        return _alone(query, parameters)
    database = _here.database
    _check(database, query, parameters)
    with database.wrap_database_errors:
        answer = _here.line.send(query, [_text(value) for value in parameters])
    return lambda: _fetch(database, answer)


@contextlib.contextmanager
def transaction_in_pipeline() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Run a transaction whose COMMIT goes with its last statements, in one round trip; nested, it is only a savepoint.

    Django's `atomic` alone waits for the statements, and then for the COMMIT. It begins with the first statement:
    whoever waits in it before that holds nothing in PostgreSQL. Yields how to say what is to follow the COMMIT at once,
    before Django makes the connection ready for whatever comes next.
    """
    is_outermost = not _connected().in_atomic_block
    following: list[Callable[[], object]] = []
    with transaction.atomic():
        with pipeline() as line:
            yield following.append
            if is_outermost and line.has_begun:
                line.send("COMMIT", [])  # the one of `atomic` then finds nothing to do
        for follow in following:
            follow()


@contextlib.contextmanager
def pipeline(*, holds: bool = False) -> Iterator[Line]:
    """Send what is run in here without waiting, in order; what is left is waited for at the end. May be nested.

    The ORM may be used too: each of its statements is waited for, since it reads how many rows that has changed.

    Args:
        holds: whether to send all at once, when the first answer is asked for; for a few small statements.
    """
    if _here.line is not None:
        yield _here.line
        return
    database = _connected()
    line = Line(database.connection, holds=holds)

    def waited(execute: _Execute, *arguments: Any) -> Any:
        with database.wrap_database_errors:
            line.close()
        try:
            return execute(*arguments)
        finally:
            line.open()

    line.open()
    _here.line, _here.database = line, database
    try:
        with database.execute_wrapper(waited):
            yield line
    except BaseException:
        with contextlib.suppress(psycopg.Error):
            line.close()  # what failed has been said
        raise
    else:
        with database.wrap_database_errors:
            line.close()
    finally:
        _here.line = None


def columns(width: int, table: Collection[tuple[int | str, ...]]) -> list[list[int | str]]:
    """The columns of so many as lists, to be sent as arrays and put together again by `unnest`."""
    return [[row[number] for row in table] for number in range(width)]


def _alone(query: str, parameters: tuple[object, ...]) -> Answer:
    """Run one statement in a pipeline of its own, and wait for it."""
    database = _connected()
    _check(database, query, parameters)
    line = Line(database.connection, holds=True)
    with database.wrap_database_errors:
        line.open()
        try:
            answer = line.send(query, [_text(value) for value in parameters])
        finally:
            line.close()
    return answer


def _check(database: BaseDatabaseWrapper, query: str, parameters: tuple[object, ...]) -> None:
    """What Django's cursors do before a statement: refuse it in a transaction that is broken, and log it if they do."""
    database.validate_no_broken_transaction()
    if database.queries_logged:
        said = database.ops.compose_sql(query, parameters)  # type: ignore[attr-defined]  # of PostgreSQL's alone
        database.queries_log.append({"sql": said, "time": "0"})


def _connected() -> BaseDatabaseWrapper:
    database = connections[DEFAULT_DB_ALIAS]  # once: each look at django.db.connection looks it up anew
    database.ensure_connection()
    return database


def _fetch(database: BaseDatabaseWrapper, answer: Answer) -> list[Row]:
    with database.wrap_database_errors:
        return answer()


def _text(value: object) -> bytes | None:
    """A parameter as PostgreSQL reads it. psycopg would look at each item of an array for its type."""
    match value:
        case None:
            return None
        case list():
            return b"{%s}" % ",".join(map(str if value and isinstance(value[0], int) else _item, value)).encode()
        case bytes():
            return rb"\x%s" % value.hex().encode()
        case bool():
            return b"t" if value else b"f"
        case int() | float() | str():
            return _whole(str(value)).encode()
        case datetime():
            return value.isoformat().encode()
    raise TypeError(f"no parameter of a statement: {type(value).__name__}")


def _item(value: str | bytes) -> str:
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else _whole(value)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _whole(text: str) -> str:
    """A text as it is; PostgreSQL would be sent what stands before a NUL."""
    if "\0" in text:
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return text
