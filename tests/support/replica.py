"""A streaming replica of a PostgreSQL of the tests: made from a base backup, and promoted where a test wants it."""

import psycopg

from project.up.postgres import Postgres
from tests.support import services


class _Standby(Postgres):
    """A PostgreSQL whose data is that of another, and which follows it."""

    def __init__(self, home, primary_url):
        super().__init__(home, url=primary_url, durable=False)  # its passwords are the primary's
        self._primary_url = primary_url

    def _make_cluster(self):
        unfinished = self.home.with_name(f"{self.home.name}.new")
        unfinished.mkdir(mode=0o700)
        if self._account:
            self._account.own(unfinished)
        source = ["-d", f"{self._primary_url}?application_name={self.home.name}"]
        self._run("pg_basebackup", "-D", str(unfinished), *source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        unfinished.rename(self.home)


class Replica(services.Service):
    """One replica; `name` is what its primary calls it."""

    def __init__(self, primary, name="replica"):
        running = services.running()
        super().__init__(_Standby(running.folder / name, primary.url), running.watchdog)
        self.prepare()

    def ask(self, query):
        """Ask the replica itself."""
        return ask(self.url, query)

    def promote(self):
        """Have it follow nobody and take writes; returns once it does."""
        assert self.ask("SELECT pg_promote()") == [(True,)]


def ask(url, query):
    """Run one statement on a server, outside of Django and of any transaction; answer its rows, if it has any."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []
