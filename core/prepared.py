"""Querysets compiled once a process, and run as prepared statements: a hot read is plain SQL, its policy a queryset.

Making a queryset and its SQL anew costs a process several times what PostgreSQL takes to run it. Here a function
builds it once from slots that stand for its arguments; after that a call only sends their values. Managers and
policies take a slot as they take a value, since each is an expression. So nothing may look at an argument while it
builds, except at one that decides the form of the statement; and no moment may be part of it (use `Now()`).
"""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    BigIntegerField,
    BinaryField,
    BooleanField,
    Expression,
    Field,
    Func,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

from core import clock, sql
from core.pipeline import Row

R = TypeVar("R")

_KINDS = {int: "bigint", str: "text", bytes: "bytea", type(None): ""}
_LEAST, _MOST = -BigIntegerField.MAX_BIGINT - 1, BigIntegerField.MAX_BIGINT
_FIELDS: dict[str, "Field[Any, Any]"] = {"bigint": BigIntegerField(), "text": TextField(), "bytea": BinaryField()}


class Slot(Expression):
    """Stands for an argument of a queryset that is compiled once."""

    def __init__(self, name: str, kind: str) -> None:
        self.name, self._kind = name, kind
        super().__init__(output_field=_FIELDS[kind.removesuffix("[]")])

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """A parameter of its type, which is this slot for now."""
        return f"%s::{self._kind}", [self]


def _kind(value: object) -> str:
    """Its type in PostgreSQL; that of a list by its first item, and of an empty one that of ids."""
    if isinstance(value, list):
        return f"{_KINDS[type(value[0]) if value else int]}[]"
    return _KINDS[type(value)]


class AnyOf(Func):
    """Whether a column is one of a list: `filter(AnyOf("pk", ids))`, as `pk__in` would want to count them."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class _Compiled(NamedTuple, Generic[R]):
    query: str
    names: list[str]
    read: Callable[[list[Row]], list[R]]


class Prepared(Generic[R]):
    """Runs the queryset that a function builds. Call it as that function: positional arguments decide the form of the
    statement, as named ones do that are None; the other named ones are numbers, texts, bytes and lists of these."""

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self.build = build  # for another database, or as a part of another queryset
        self._compiled: dict[tuple[Any, ...], _Compiled[R]] = {}

    def __call__(self, *form: Any, **arguments: Any) -> list[R]:
        """The rows.

        Raises:
            django.db.DatabaseError: if PostgreSQL does not answer.
        """
        return self.later(*form, **arguments)()

    def later(self, *form: Any, **arguments: Any) -> Callable[[], list[R]]:
        """Inside `sql.pipeline` only send the statement; what is answered waits for its rows.

        A number that PostgreSQL has no room for is no column's: then there are none, as Django has it.
        """
        if any(type(value) is int and not _LEAST <= value <= _MOST for value in arguments.values()):
            return list
        key = (form, *arguments, *map(_kind, arguments.values()))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = self._compile(form, arguments)
        rows = sql.later(compiled.query, *[arguments[name] for name in compiled.names])
        read = compiled.read
        return lambda: read(rows())

    def _compile(self, form: tuple[Any, ...], arguments: dict[str, Any]) -> _Compiled[R]:
        slots = {name: None if value is None else Slot(name, _kind(value)) for name, value in arguments.items()}
        with clock.stopped():
            queryset = self.build(*form, **slots)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        return _Compiled(*sql.places(text_of(compiler)), _reader(queryset, compiler))


def prepared(build: Callable[..., QuerySet[Any, R]]) -> Prepared[R]:
    """Have the queryset that a function builds compiled once."""
    return Prepared(build)


def text_of(compiler: SQLCompiler) -> str:
    """The statement with slots as named parameters, `%(viewer_id)s`, and every other value written out as Django's
    cursors do: so it has its type."""
    compiled: tuple[str, tuple[Any, ...]] = compiler.as_sql()  # in the stubs no parameter is an expression
    text, parameters = compiled
    literal = connections[DEFAULT_DB_ALIAS].ops.compose_sql  # type: ignore[attr-defined]  # of PostgreSQL's alone
    filled = (
        f"%({one.name})s" if isinstance(one, Slot) else literal("%s", [one]).replace("%", "%%") for one in parameters
    )
    first, *parts = text.split("%s")
    return first + "".join(value + part for value, part in zip(filled, parts, strict=True))


def _reader(queryset: QuerySet[Any, R], compiler: SQLCompiler) -> Callable[[list[Row]], list[R]]:
    """Makes of rows what the queryset would: tuples, or instances with what was annotated and selected beside them."""
    converters = compiler.get_converters([column for column, _, _ in compiler.select])
    make: Callable[[Any], Any] = _instance_maker(compiler) if queryset._iterable_class is ModelIterable else tuple
    assert queryset._iterable_class in (ModelIterable, ValuesListIterable)
    if make is tuple and not converters:
        return lambda rows: cast(list[R], rows)  # they are tuples as they come

    def read(rows: list[Row]) -> list[R]:
        converted = compiler.apply_converters(rows, converters) if converters else rows
        return [make(row) for row in converted]

    return read


def _instance_maker(compiler: SQLCompiler) -> Callable[[Row], Any]:
    """As django.db.models.query.ModelIterable does."""
    select, info, annotations = compiler.select, compiler.klass_info, compiler.annotation_col_map
    model: type[Model] = info["model"]
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _, _ in select[start:end]]
    populators = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # stubs of Django 6

    def make(row: Row) -> Model:
        instance = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
        for populator in populators:
            populator.populate(row, instance)
        for name, at in annotations.items():
            setattr(instance, name, row[at])
        return instance

    return make
