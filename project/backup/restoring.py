"""Restoring a backup: looked at first, as a whole; then the database in one transaction, and the files by one rename.

Until that transaction commits nothing has changed, and whatever goes wrong leaves everything as it was.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from psycopg import sql

from content import feedlists
from content.lacking import lost_files
from core import redis_client
from ops.health import unapplied
from project.backup import archive, manifest, programs
from project.backup.manifest import Manifest
from project.doctor import AT_REST, Finding, State, examine
from project.up.folder import keep_secrets, secrets_of
from realtime import log, rings

LOST_SHOWN = 20  # files that are missing and named
REDIS_SECONDS = 5.0
_PSQL = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-")
# pg_restore from 17 on sets this, and a server before 17 would refuse it; we set all limits by ourselves.
_UNKNOWN_TO_OLD, _HEAD_BYTES = b"SET transaction_timeout = 0;\n", 64 * 1024
_EMPTY_SCHEMA = "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;"
_COUNTED = """
DO $check$ BEGIN
    IF (SELECT count(*) FROM {table}) <> {count} THEN
        RAISE EXCEPTION '% has not the % rows that it had', {name}, {count};
    END IF;
END $check$;
"""
_HERE = """
SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')),
       (SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'photophore %'),
       to_regclass('public.accounts_user') IS NOT NULL
"""


class Refused(Exception):
    """Nothing was restored, and nothing has changed; the text is for people and says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restore would put where, and what would go for it."""

    path: str
    app: str
    made_at: str
    rows: int
    secrets: bool
    tables_here: int
    people_here: int
    photos_here: bool
    connections: int  # of ours that still run

    @property
    def replaces(self) -> bool:
        """Whether something goes that somebody may miss."""
        return self.people_here > 0 or self.photos_here


@dataclass(frozen=True, slots=True)
class Restored:
    """What there is now."""

    plan: Plan
    files: int
    migrated: int
    lost: list[str]  # files that rows name and the backup lacks, the first of them
    redis: bool  # whether what Redis had kept of the time after the backup is gone
    findings: list[Finding]

    @property
    def good(self) -> bool:
        """Whether all is there, and the doctor found nothing that does not work."""
        return not self.lost and all(finding.state is not State.FAIL for finding in self.findings)


def plan(path: Path) -> Plan:
    """Look at a backup and at what is here; changes nothing.

    Raises:
        Damaged, Incompatible: if it cannot be restored by this code.
        OSError: if it cannot be read.
    """
    return _planned(path, told_by(path))


def _planned(path: Path, found: Manifest) -> Plan:
    with programs.connect() as connection:
        tables, connections, ours = connection.execute(_HERE).fetchone() or (0, 0, False)
        people = _people(connection) if ours else tables  # of somebody else's tables nothing is known: all count
    return Plan(
        path=str(path), app=found.app, made_at=found.made_at, rows=sum(found.counts.values()), secrets=found.secrets,
        tables_here=tables, people_here=people, photos_here=_holds_photos(), connections=connections,
    )  # fmt: skip


def told_by(path: Path) -> Manifest:
    """What a backup says of itself; raises as `plan` does."""
    return manifest.read(archive.manifest_of(path))


def foresee(path: Path) -> tuple[Plan, int]:
    """The same, and read all of the backup; answer how many files it has as well."""
    return plan(path), archive.check(path)


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Restore a backup into an empty database and media folder, or with `replace` in the place of what is there.

    Raises:
        Refused: if something is there, or Photophore runs.
        Damaged, Incompatible, Unsuitable: if it cannot be done; then nothing has changed.
    """
    told = told_by(path)
    planned = _planned(path, told)
    if planned.connections:
        raise Refused(f"{planned.connections} connections of Photophore are open: stop web, workers and beat first.")
    if planned.replaces and not replace:
        raise Refused("There are people or photos here already: --replace puts the backup in their place.")
    root = Path(settings.DATA)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=root) as folder:
        work = Path(folder)
        count = archive.check(path, into=work)
        (work / archive.MEDIA).mkdir(exist_ok=True)
        os.sync()  # what takes the place of everything is on the disk
        with _photos_in_place(work):
            _load(work / archive.DUMP, told, clear=planned.tables_here > 0)
        if told.secrets:
            _keep_secrets((work / archive.SECRETS).read_text())
    return _finished(planned, count)


def _finished(planned: Plan, files: int) -> Restored:
    """Bring what was restored up to this code, and look whether it is well."""
    waiting = unapplied()
    if waiting:
        call_command("migrate", interactive=False, verbosity=0)
    return Restored(
        plan=planned,
        files=files,
        migrated=waiting,
        lost=list(islice(lost_files(), LOST_SHOWN)),
        redis=_forget_in_redis(),
        findings=list(examine(AT_REST)),
    )


def _people(connection: psycopg.Connection[Any]) -> int:
    ((count,),) = connection.execute("SELECT count(*) FROM accounts_user")
    return int(count)


def _holds_photos() -> bool:
    root = Path(settings.MEDIA_ROOT)
    return root.is_dir() and any(not child.name.startswith(".") for child in root.iterdir())


@contextmanager
def _photos_in_place(work: Path) -> Iterator[None]:
    """Put the restored photos in place around the commit: if that fails, the former ones are back."""
    root, former = Path(settings.MEDIA_ROOT), work / "former"
    had = root.exists()
    try:
        if had:
            root.rename(former)
        (work / archive.MEDIA).rename(root)
    except OSError as error:
        if had and former.exists():
            former.rename(root)
        raise Refused(f"{root} cannot be renamed: {error}. Mount the folder above it instead.") from error
    try:
        yield
    except BaseException:
        root.rename(work / "refused")
        if had:
            former.rename(root)
        raise


def _load(dump: Path, told: Manifest, *, clear: bool) -> None:
    """Replace the database in one transaction, which ends well only if every table has the rows that it had.

    pg_restore alone could not drop what the dump does not know, nor count, in the same transaction.
    """
    with programs.connect() as connection:
        here = connection.info.server_version
    if here // 10_000 < told.postgresql // 10_000:
        wanted = told.postgresql // 10_000
        raise programs.Unsuitable(f"The backup is of PostgreSQL {wanted}, and this server is older: use {wanted}.")
    folder = programs.clients(here, newest=True)
    with tempfile.TemporaryFile() as errors:
        script: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 -- our own arguments
            [str(folder / "psql"), *_PSQL],
            env=programs.environment(),
            stdin=subprocess.PIPE,
            stderr=errors,
        )
        assert script.stdin is not None
        try:
            with suppress(BrokenPipeError):  # psql has ended, and said why
                _write(script.stdin, folder, dump, told, clear=clear)
                script.stdin.close()
        except BaseException:
            script.kill()  # before it reads an end, at which it would commit
            raise
        finally:
            code = script.wait()
        if code != 0:
            raise Refused(f"PostgreSQL refused the backup: {_first_line(errors)}")


def _write(script: IO[bytes], folder: Path, dump: Path, told: Manifest, *, clear: bool) -> None:
    if clear:
        script.write(_EMPTY_SCHEMA.encode())
    command = [str(folder / "pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reader:  # noqa: S603 -- our own arguments
        assert reader.stdout is not None
        script.write(reader.stdout.read(_HEAD_BYTES).replace(_UNKNOWN_TO_OLD, b""))
        shutil.copyfileobj(reader.stdout, script)
    if reader.returncode != 0:
        raise Refused("pg_restore could not read the dump.")
    for table, count in told.counts.items():
        script.write(_counted(table, count).encode())
    script.write(f"\n{log.NEW_EPOCH};\nANALYZE;\n".encode())


def _counted(table: str, count: int) -> str:
    """A statement that fails unless a table has so many rows."""
    quoted = sql.Identifier(*table.split(".", 1))
    return sql.SQL(_COUNTED).format(table=quoted, name=sql.Literal(table), count=sql.Literal(count)).as_string()


def _first_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read(10_000).decode(errors="replace").splitlines()
    return next((line.partition("ERROR:")[2].strip() for line in lines if "ERROR:" in line), " ".join(lines[:1]))


def _keep_secrets(text: str) -> None:
    """Let the former keys go on signing here, where the environment names none."""
    keep_secrets(Path(settings.DATA), secrets_of(text))


def _forget_in_redis() -> bool:
    """Remove what was derived from events and posts that never happened; answer whether Redis could be reached."""
    try:
        client = redis_client.connect(settings.REDIS_URL, timeout_seconds=REDIS_SECONDS)
        for pattern in (rings.ALL, feedlists.ALL):
            for key in client.scan_iter(match=pattern, count=1_000):
                client.delete(key)
    except (redis.RedisError, OSError):
        return False
    return True
