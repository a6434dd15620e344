"""What a migration that is not applied yet would do to people who use the site meanwhile. Applies none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation

BREAKS = "what runs now breaks: stop it first"
REWRITES = "it may be written anew, and nobody reads or writes it meanwhile"
READ_IT = "it is a program of its own: read it"

# In this order: the first that fits. What is not here takes a moment and disturbs nobody.
RULES: tuple[tuple[type[Operation], str], ...] = (
    (migrations.RemoveField, BREAKS),
    (migrations.RenameField, BREAKS),
    (migrations.RenameModel, BREAKS),
    (migrations.DeleteModel, BREAKS),
    (migrations.AlterModelTable, BREAKS),
    (migrations.AlterField, REWRITES),
    (migrations.AddIndex, "nobody writes to it while the index is made"),
    (migrations.AddConstraint, "nobody writes to it while all its rows are looked at"),
    (migrations.RunSQL, READ_IT),
    (migrations.RunPython, READ_IT),
)


@dataclass(frozen=True, slots=True)
class Step:
    """An operation that people would feel, or that breaks the code of before."""

    migration: str  # as content.0008_tags
    operation: str  # as `AddIndex`
    table: str  # empty if it is not known
    rows: int  # of the table, as PostgreSQL estimates
    what: str


def waiting() -> tuple[list[str], list[Step]]:
    """The migrations that are not applied, in their order, and the steps of theirs that want a thought."""
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    names = [f"{migration.app_label}.{migration.name}" for migration in plan]
    return names, [step for migration in plan for step in steps(migration)]


def unknown() -> list[str]:
    """Migrations that are applied and that this code does not know: the database is of a later Photophore."""
    loader = MigrationExecutor(connection).loader
    return sorted(f"{app}.{name}" for app, name in set(loader.applied_migrations) - set(loader.disk_migrations))


def steps(migration: migrations.Migration) -> Iterator[Step]:
    """The steps of a migration that want a thought; those on a table that it makes itself do not."""
    made = {one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)}
    for operation in _flat(migration.operations):
        what = next((words for kind, words in RULES if isinstance(operation, kind)), "")
        model = str(getattr(operation, "model_name", "") or getattr(operation, "name", "") or "").lower()
        if what and (what == READ_IT or model not in made):
            table = "" if what == READ_IT else _table(migration.app_label, model)
            name = f"{migration.app_label}.{migration.name}"
            yield Step(name, type(operation).__name__, table, _rows(table) if table else 0, what)


def _flat(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _table(app_label: str, model: str) -> str:
    try:
        return str(apps.get_model(app_label, model)._meta.db_table)
    except LookupError:
        return f"{app_label}_{model}"


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce((SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)), 0)", [table])
        return max(0, int(cursor.fetchone()[0]))
