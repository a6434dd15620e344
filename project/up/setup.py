"""The step between the services and the rest: waits for the database, migrates, collects, seeds; then it ends."""

import argparse
import importlib
import os
import sys
import time

import psycopg
from psycopg.conninfo import make_conninfo

from core import database_url

DATABASE_SECONDS = 120  # it may have a crash to recover from
WORDS_AFTER_SECONDS = 3
POLL_SECONDS = 0.05
ONE_AT_A_TIME = 7_305_011  # the advisory lock that nodes which start together wait for; any number of our own


def main(arguments: list[str]) -> None:
    """Make the database and the static files ready; fill an empty database with the demo unless told not to."""
    parser = argparse.ArgumentParser(prog="setup")
    parser.add_argument("--no-demo", action="store_true")
    demo = not parser.parse_args(arguments).no_demo
    _set_django_up()
    with _database() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        _migrate()
        _collect()
        if demo:
            _seed()


def _set_django_up() -> None:
    # By name, and here: this takes most of a second, in which PostgreSQL starts.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    importlib.import_module("django").setup()


def _database() -> psycopg.Connection:
    """Connect outside Django, as soon as the database answers.

    Raises:
        SystemExit: in words, if it does not within two minutes.
    """
    url = os.environ["DATABASE_URL"]
    named = database_url.parse(url)
    place = f"{named.hosts or 'this machine'}:{named.ports or 5432}"
    began = time.monotonic()
    told = False
    while True:
        try:
            return psycopg.connect(make_conninfo(url, **named.options), autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            waited = time.monotonic() - began
            if waited > DATABASE_SECONDS:
                sys.exit(f"PostgreSQL at {place} does not answer: {error}")
            if waited > WORDS_AFTER_SECONDS and not told:
                print(f"Waiting for PostgreSQL at {place}: {error}", flush=True)  # noqa: T201
                told = True
        time.sleep(POLL_SECONDS)


def _migrate() -> None:
    from django.core.management import call_command  # noqa: PLC0415 -- see _set_django_up
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    # Asked first, since `migrate` takes a second to do nothing.
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False)
    connection.close()


def _collect() -> None:
    importlib.import_module("project.static").collect()


def _seed() -> None:
    from django.core.management import call_command  # noqa: PLC0415 -- see _set_django_up

    call_command("seed_demo", if_empty=True)


if __name__ == "__main__":
    main(sys.argv[1:])
