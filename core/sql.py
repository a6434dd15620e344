"""Plain SQL for the hot paths: bound by the server, prepared at first sight, many statements in one round trip.

Django's cursors write the parameters into the text, so that PostgreSQL has to parse and plan each statement anew. These
run on Django's connection and in its transaction, raise Django's errors, and show in its list of queries.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Row = tuple[Any, ...]
_Execute = Callable[..., Any]


def rows(query: str, *parameters: object) -> list[Row]:
    """Run one statement and return its rows; one without rows must go by `later`."""
    return later(query, *parameters)()


def later(query: str, *parameters: object) -> Callable[[], list[Row]]:
    """Run one statement; inside `pipeline` only send it. The answer waits for its rows, and need not be called.

    A list is an array of numbers or of texts, whose type the statement must say: `%s::bigint[]`.

    Raises:
        django.db.DatabaseError: here, or inside `pipeline` from the first thing that waits.
    """
    database = _connected()
    database.validate_no_broken_transaction()
    if database.queries_logged:
        database.queries_log.append({"sql": query, "time": "0"})
    adapted = [_array(value) if isinstance(value, list) else value for value in parameters]
    with database.wrap_database_errors:
        cursor: psycopg.Cursor[Row] = psycopg.Cursor(database.connection)
        cursor.execute(query.encode(), adapted, prepare=True)
    return lambda: _fetch(database, cursor)


@contextlib.contextmanager
def pipeline() -> Iterator[None]:
    """Send what is run in here without waiting, in order; what is left is waited for at the end. May be nested.

    The ORM may be used too: each of its statements is waited for, since it reads how many rows that has changed.
    """
    database = _connected()
    if database.connection.info.pipeline_status:
        yield
        return
    with database.wrap_database_errors, database.connection.pipeline() as running:

        def waited(execute: _Execute, *arguments: Any) -> Any:
            result = execute(*arguments)
            with database.wrap_database_errors:
                running.sync()
            return result

        with database.execute_wrapper(waited):
            yield


def _connected() -> BaseDatabaseWrapper:
    database = connections[DEFAULT_DB_ALIAS]  # once: each look at django.db.connection looks it up anew
    database.ensure_connection()
    return database


def _fetch(database: BaseDatabaseWrapper, cursor: psycopg.Cursor[Row]) -> list[Row]:
    with database.wrap_database_errors:
        return cursor.fetchall()


def _array(values: list[Any]) -> str:
    """An array as PostgreSQL reads it. psycopg would look at each item for its type, and escape texts by Python."""
    return f"{{{','.join(map(_item, values))}}}"


def _item(value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
