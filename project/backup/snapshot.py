"""The database at one moment, held for as long as a backup takes: its counts, its migrations, whose files there are.

Everything goes on meanwhile: people write, and only what would pull the ground from under the dump waits or is left for
later: a dropped table (a partition of the log), a removed file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from content.holding import FILES, LOCK_CLASS, ORIGINALS
from project.backup.programs import Unsuitable, connect

_TABLES = """
SELECT nspname || '.' || relname
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname = 'public' ORDER BY relname
"""
_UNFINISHED = "SELECT folder FROM content_media WHERE state IN ('uploaded', 'processing')"
_BATCH = 500  # folders that are fetched together


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment of the database. Use it inside `held` alone."""

    id: str  # for pg_dump --snapshot
    connection: psycopg.Connection[Any]
    tables: list[str]  # as `public.content_post`

    @property
    def server_version(self) -> int:
        """As `server_version_num`."""
        return self.connection.info.server_version

    def counts(self) -> dict[str, int]:
        """The rows of every table; reads all of them."""
        return {table: self._count(table) for table in self.tables}

    def migrations(self) -> list[str]:
        """What is applied, in the order in which it was."""
        rows = self.connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
        return [name for (name,) in rows]

    def folders(self) -> Iterator[str]:
        """The folder of each photo, a batch in memory at a time."""
        with self.connection.cursor(name="folders") as cursor:
            cursor.itersize = _BATCH
            for (folder,) in cursor.execute("SELECT folder FROM content_media ORDER BY id"):
                yield folder

    def _count(self, table: str) -> int:
        ((count,),) = self.connection.execute(sql.SQL("SELECT count(*) FROM {}").format(_quoted(table)))
        return int(count)


@contextmanager
def held(keep_originals: Callable[[list[str]], None]) -> Iterator[Snapshot]:
    """Take a snapshot and hold it, and the files of its photos with it.

    Args:
        keep_originals: is given the folders whose original is all there is of a photo; that may go once it returns.

    Raises:
        Unsuitable: if another backup runs, or nothing is there to back up.
    """
    with connect() as connection:
        _hold_files(connection)
        tables = [name for (name,) in connection.execute(_TABLES)]
        if "public.content_media" not in tables:
            raise Unsuitable("This database holds no Photophore.")
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # Before the moment of the snapshot: a table that it sees and that is dropped then cannot be dumped.
            connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(_listed(tables)))
            yield Snapshot(_begin(connection, keep_originals), connection, tables)


def _hold_files(connection: psycopg.Connection[Any]) -> None:
    try:
        connection.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, FILES])
    except psycopg.errors.LockNotAvailable:
        raise Unsuitable("Another backup runs. Wait for its end.") from None


def _begin(connection: psycopg.Connection[Any], keep_originals: Callable[[list[str]], None]) -> str:
    """Make this the moment; nobody removes an original between it and the second name that the original gets."""
    with connect() as gate:  # not in the transaction: it would wait after its moment
        gate.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, ORIGINALS])
        ((snapshot_id,),) = connection.execute("SELECT pg_export_snapshot()")
        keep_originals([folder for (folder,) in connection.execute(_UNFINISHED)])
    return str(snapshot_id)


def _listed(tables: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(_quoted, tables))


def _quoted(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split(".", 1))
