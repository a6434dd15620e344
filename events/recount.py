"""Counts against the facts: how far derived columns have drifted, and their mending. Knows no table but the outbox.

A count is that of its facts, less what waits in the outbox and will still be added. One statement sees all three at one
moment, since facts and events are committed together, and counts together with the events' going. A dead letter is no
longer waited for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from django.db import transaction
from psycopg import sql as names

from core import sql
from events.types import Event

PAGE = 500  # rows looked at together, and locked together if they drift


@dataclass(frozen=True, slots=True)
class Count:
    """One derived column. `facts` counts for a row of `counted`; `key` is its id's name in the events of `changes`."""

    name: str
    column: str
    facts: LiteralString
    key: str
    changes: Mapping[type[Event], int]


@dataclass(frozen=True, slots=True)
class Counted:
    """A table with counts, whose `ver` grows when they change."""

    table: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """A count that was not that of its facts."""

    counter: str
    object_id: int
    was: int
    is_: int

    def __str__(self) -> str:
        return f"{self.counter} of {self.object_id} was {self.was}, is {self.is_}"


def pages(counted: Counted, after: int = 0) -> Iterator[list[int]]:
    """All ids of a table, in order, a page at a time."""
    while ids := _next(counted, after):
        yield ids
        after = ids[-1]


def drifted(counted: Counted, ids: Sequence[int]) -> list[Drift]:
    """Which counts of these rows are wrong at this moment; locks nothing."""
    found = []
    for row_id, *numbers in sql.rows(_query(counted), list(ids)):
        pairs = zip(counted.counts, numbers[::2], numbers[1::2], strict=True)
        found += [Drift(count.name, row_id, was, max(0, now)) for count, was, now in pairs if was != max(0, now)]
    return found


def mend(counted: Counted, ids: Sequence[int]) -> list[Drift]:
    """Set right the counts of these rows, under the locks of the drain; answer what was wrong.

    The rows are locked first, in id order: what a drain has added is then committed, and what it has not waits for us,
    with its events still in the outbox.
    """
    with transaction.atomic():
        sql.later(
            _text("SELECT FROM {table} WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", counted), list(ids)
        )
        found = drifted(counted, ids)
        for drift in found:
            column = next(count.column for count in counted.counts if count.name == drift.counter)
            change = "UPDATE {table} SET {column} = %s, ver = ver + 1 WHERE id = %s"
            sql.later(_text(change, counted, column=names.Identifier(column)), drift.is_, drift.object_id)
    return found


def _next(counted: Counted, after: int) -> list[int]:
    found = sql.rows(_text("SELECT id FROM {table} WHERE id > %s ORDER BY id LIMIT %s", counted), after, PAGE)
    return [row_id for (row_id,) in found]


def _query(counted: Counted) -> str:
    """For each row its id, and for each count what it is and what it should be."""
    waits = [_waiting(f"w{number}", count) for number, count in enumerate(counted.counts)]
    numbers = [
        names.SQL(", counted.{column}, ({facts}) - coalesce({wait}.n, 0)").format(
            column=names.Identifier(count.column), facts=names.SQL(count.facts), wait=names.Identifier(f"w{number}")
        )
        for number, count in enumerate(counted.counts)
    ]
    joins = [
        names.SQL("LEFT JOIN {0} ON {0}.id = counted.id").format(names.Identifier(f"w{number}"))
        for number in range(len(waits))
    ]
    return _text(
        "WITH waiting AS MATERIALIZED (SELECT event::jsonb AS event FROM outbox WHERE attempts < 5), {waits} "
        "SELECT counted.id {numbers} FROM {table} AS counted {joins} "
        "WHERE counted.id = ANY(%s::bigint[]) ORDER BY counted.id",
        counted,
        waits=names.SQL(", ").join(waits),
        numbers=names.SQL("").join(numbers),
        joins=names.SQL(" ").join(joins),
    )


def _waiting(name: str, count: Count) -> names.Composed:
    """What the outbox has for a count, by id. A post that was deleted before it was published counts for nothing."""
    changes = {str(kind.__struct_config__.tag): change for kind, change in count.changes.items()}
    cases = [names.SQL("WHEN {} THEN {}").format(tag, change) for tag, change in changes.items()]
    return names.SQL(
        "{name} AS (SELECT (event->>{key})::bigint AS id, sum(CASE event->>'type' {cases} END) AS n FROM waiting "
        "WHERE event->>'type' IN ({kinds}) AND coalesce((event->>'published')::boolean, true) GROUP BY 1)"
    ).format(
        name=names.Identifier(name),
        key=names.Literal(count.key),
        cases=names.SQL(" ").join(cases),
        kinds=names.SQL(", ").join(map(names.Literal, changes)),
    )


def _text(template: LiteralString, counted: Counted, **parts: names.Composable) -> str:
    return names.SQL(template).format(table=names.Identifier(counted.table), **parts).as_string()
