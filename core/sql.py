"""Plain SQL for the hot paths: bound by the server, prepared at first sight, many statements in one round trip.

Django's cursors write the parameters into the text, so that PostgreSQL has to parse and plan each statement anew. These
run on Django's connection and in its transaction, raise Django's errors, and show in its list of queries.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db import connection

Row = tuple[Any, ...]
_Execute = Callable[..., Any]


def rows(query: str, *parameters: object) -> list[Row]:
    """Run one statement and return its rows; one without rows must go by `later`."""
    return later(query, *parameters)()


def later(query: str, *parameters: object) -> Callable[[], list[Row]]:
    """Run one statement; inside `pipeline` only send it. The answer waits for its rows, and need not be called.

    Raises:
        django.db.DatabaseError: here, or inside `pipeline` from the first thing that waits.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    if connection.queries_logged:
        connection.queries_log.append({"sql": query, "time": "0"})
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor[Row](connection.connection)
        cursor.execute(query.encode(), parameters, prepare=True)
    return lambda: _fetch(cursor)


@contextlib.contextmanager
def pipeline() -> Iterator[None]:
    """Send what is run in here without waiting, in order; what is left is waited for at the end. May be nested.

    The ORM may be used too: each of its statements is waited for, since it reads how many rows that has changed.
    """
    connection.ensure_connection()
    if connection.connection.info.pipeline_status:
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline() as running:

        def waited(execute: _Execute, *arguments: Any) -> Any:
            result = execute(*arguments)
            with connection.wrap_database_errors:
                running.sync()
            return result

        with connection.execute_wrapper(waited):
            yield


def _fetch(cursor: psycopg.Cursor[Row]) -> list[Row]:
    with connection.wrap_database_errors:
        return cursor.fetchall()
