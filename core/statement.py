"""One statement for a whole action: written by hand around what Django compiles of the policy, once a process.

Making the policy's SQL anew for each like costs more than running it, and asking it apart costs a round trip.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from core import clock, sql
from core.pipeline import Row
from core.prepared import Slot, text_of

Part = Callable[..., QuerySet[Any, Any]]


class Statement:
    """Runs a text in which `%(name)s` is a value, and `{name}` what a function makes: a queryset of named values.

    A function's arguments are values of the statement, numbers unless they are said to be texts. It is called once,
    with slots for all values to come (core.prepared).
    """

    def __init__(self, text: str, **parts: Part) -> None:
        self._text = text
        self._parts = parts

    def __call__(self, **values: object) -> list[Row]:
        """Run it, in one round trip, and return its rows.

        Raises:
            django.db.DatabaseError: if PostgreSQL does not do it.
        """
        return self.later(**values)()

    def later(self, **values: object) -> Callable[[], list[Row]]:
        """The same; inside `sql.pipeline` without waiting."""
        query, names = self._compiled
        return sql.later(query, *[values[name] for name in names])

    @functools.cached_property
    def _compiled(self) -> tuple[str, list[str]]:
        text = self._text.format(**{name: _sql_of(part) for name, part in self._parts.items()})
        return sql.places(text)


def _sql_of(part: Part) -> str:
    """What Django makes of a queryset, with the names of its values, and with all that is no value written out."""
    kinds = {name: one.annotation for name, one in inspect.signature(part).parameters.items()}
    with clock.stopped():
        queryset = part(**{name: Slot(name, "text" if kind is str else "bigint") for name, kind in kinds.items()})
    return text_of(queryset.query.get_compiler(DEFAULT_DB_ALIAS))
