"""PostgreSQL's own programs, in a version that can do it, and how they find the database. Writes no SQL."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from core import database_url
from project.up import binaries

NO_LIMITS = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=30s"
NAME = "photophore-backup"  # as which pg_stat_activity shows us


class Unsuitable(Exception):
    """PostgreSQL or its programs cannot do it; the text is for people and says what would."""


@contextmanager
def connect() -> Iterator[psycopg.Connection[Any]]:
    """Connect to our database past Django, whose time limits a backup would break; each statement commits.

    Raises:
        Unsuitable: if PostgreSQL is away, or refuses something.
    """
    used = connection.settings_dict
    try:
        with psycopg.connect(
            host=used["HOST"], port=used["PORT"], user=used["USER"], password=used["PASSWORD"], dbname=used["NAME"],
            options=NO_LIMITS, application_name=NAME, connect_timeout=5, autocommit=True, **_url_options(),
        ) as own:  # fmt: skip
            yield own
    except psycopg.Error as error:
        raise Unsuitable(f"PostgreSQL: {str(error).strip()}") from error


def environment() -> dict[str, str]:
    """Where our database is, as PostgreSQL's programs read it: no password shows in a list of processes."""
    used = connection.settings_dict
    named = {
        "PGHOST": used["HOST"], "PGPORT": used["PORT"], "PGUSER": used["USER"], "PGPASSWORD": used["PASSWORD"],
        "PGDATABASE": used["NAME"], "PGAPPNAME": NAME, "PGOPTIONS": NO_LIMITS,
    }  # fmt: skip
    named |= {f"PG{name.replace('_', '').upper()}": value for name, value in _url_options().items()}
    return os.environ | {name: value for name, value in named.items() if value}


def _url_options() -> dict[str, Any]:
    """What DATABASE_URL says besides where: TLS, and which of several hosts."""
    return {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name in database_url.OPTIONS}


def clients(server_version: int, *, newest: bool = False) -> Path:
    """The folder of `pg_dump`, `pg_restore` and `psql` of a server's major version, or else of a later one.

    Args:
        newest: of the latest that there is: an older pg_restore cannot read what a later pg_dump has written.

    Raises:
        Unsuitable: if there is none: an older pg_dump cannot read the server.
    """
    wanted = server_version // 10_000
    found = {folder: _major(folder / "pg_dump") for folder in binaries.postgres_clients()}
    fit = sorted((major, str(folder)) for folder, major in found.items() if major >= wanted)
    if fit:
        return Path(fit[-1 if newest else 0][1])
    here = f"pg_dump {max(found.values())} is too old for it" if found else "there is no pg_dump here"
    raise Unsuitable(f"The server is PostgreSQL {wanted}, and {here}. Install postgresql-client-{wanted}.")


def _major(program: Path) -> int:
    asked = [str(program), "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603 -- a program we found
    return int(said.split()[2].partition(".")[0])
