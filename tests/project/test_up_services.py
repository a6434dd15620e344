"""The embedded PostgreSQL and Valkey: real servers in folders of their own."""

import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from project.up import ports, watchdog
from project.up.postgres import Postgres
from tests.support.services import Service, Services, reachable

ROOT = Path(__file__).resolve().parents[2]
HOLDS = """
import os, time
os.environ.pop("DATABASE_URL", None)
os.environ.pop("REDIS_URL", None)
from tests.support import services
services.start()
print(services.running().folder, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def dog():
    dog = watchdog.Watchdog()
    yield dog
    dog.close()


@pytest.fixture(scope="module")
def services(dog):
    """Servers beside those of the session, to be stopped and killed."""
    folder = reachable()
    dog.temporary(folder)
    services = Services(folder, dog)
    services.start(postgres=True, valkey=True)
    yield services
    services.stop()


@pytest.fixture
def valkey(services):
    services.valkey.start()
    with redis.Redis.from_url(services.valkey.url, socket_timeout=0.2, retry=None) as client:
        yield services.valkey, client


def query(url, statement):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def postgres(services):
    services.postgres.start()
    return services.postgres


def test_postgres_is_one_that_search_can_be_built_on(postgres):
    answer = query(postgres.url, "SELECT lower('ÄÖÜ'), to_tsvector('simple', 'ÄÖÜ')::text, 'a' < 'Z'")

    assert answer == [("äöü", "'äöü':1", False)]


def test_postgres_lets_the_tests_make_databases(postgres):
    answer = query(postgres.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")

    assert answer == [(True,)]


def test_postgres_refuses_a_wrong_password(postgres):
    wrong = postgres.url.replace("photophore:", "photophore:no", 1)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        query(wrong, "SELECT 1")


def test_postgres_that_starts_again_keeps_its_data_and_its_address(services, postgres, dog):
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    postgres.stop()

    again = Service(Postgres(services.folder / "postgres", url=postgres.url, durable=False), dog)
    again.prepare()
    again.start()

    assert (again.url, query(again.url, "SELECT number FROM kept")) == (postgres.url, [(7,)])
    again.stop()


def test_postgres_whose_password_was_lost_gets_another(services, postgres, dog):
    postgres.stop()

    again = Service(Postgres(services.folder / "postgres", durable=False), dog)
    again.prepare()
    again.start()

    assert query(again.url, "SELECT 1") == [(1,)]
    old = urlsplit(postgres.url).password
    with psycopg.connect(again.url) as connection:  # for the other tests
        connection.execute(f"ALTER ROLE photophore PASSWORD '{old}'")
    again.stop()


def test_postgres_left_by_an_earlier_run_is_stopped(services, postgres):
    told = []

    again = Postgres(services.folder / "postgres", url=postgres.url, durable=False, say=told.append)
    again.prepare()

    assert told == [f"PostgreSQL of an earlier run is still there (process {postgres.pid}); stopping it."]
    postgres.kill()


def test_valkey_that_was_killed_starts_again_on_its_port(valkey):
    server, client = valkey

    server.kill()
    server.start()

    assert client.ping() is True


def test_valkey_that_is_paused_does_not_answer(valkey):
    server, client = valkey

    server.pause()
    with pytest.raises(redis.TimeoutError):
        client.ping()

    server.resume()


def test_valkey_wants_a_password(services, valkey):
    port = redis.connection.parse_url(services.valkey.url)["port"]

    with redis.Redis(port=port, retry=None) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_valkey_keeps_its_password_to_its_owner(services):
    assert stat.S_IMODE((services.folder / "valkey" / "valkey.conf").stat().st_mode) == 0o600


def test_a_port_is_never_one_that_outgoing_connections_get():
    assert all(20_000 <= ports.choose() < 32_000 for _ in range(20))


def test_after_kill_9_of_the_test_runner_no_server_and_no_folder_is_left():
    with subprocess.Popen([sys.executable, "-c", HOLDS], cwd=ROOT, stdout=subprocess.PIPE, text=True) as runner:
        folder = Path(runner.stdout.readline().strip())
        family = watchdog.family(runner.pid)

        runner.kill()

        deadline = time.monotonic() + 10
        while (watchdog.survivors(family) or folder.exists()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert (watchdog.survivors(family), folder.exists()) == ({}, False)
