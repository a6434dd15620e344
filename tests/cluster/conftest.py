"""Fixtures: what stands beyond one machine, each once a session, with the site on it; and the table at the end."""

import logging

import pytest

from tests.cluster.site import Site
from tests.cluster.table import Table
from tests.faults.world import World
from tests.support import services
from tests.support.rabbit import Rabbit
from tests.support.replica import Replica

logging.getLogger("httpx").setLevel(logging.WARNING)  # thousands of requests are made

TABLE = Table()


def pytest_terminal_summary(terminalreporter):
    for line in TABLE.lines():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def rabbit():
    rabbit = Rabbit()
    rabbit.start()
    yield rabbit
    rabbit.close()


@pytest.fixture(scope="session")
def replica():
    replica = Replica(services.running().postgres)
    replica.start()
    yield replica
    replica.kill()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, replica):
    """pytest-django's; the replica is there as long as the test's database, which it may come to hold alone."""


@pytest.fixture(scope="module")  # its workers would take what the tests of the broker alone send
def _site(rabbit, replica, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        site = Site(rabbit, replica)
        yield site
        site.close()


@pytest.fixture
def site(_site, control_log, monkeypatch):
    """The running site, which the test reaches as people do: through nginx, by a certificate that it trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(_site.nginx.certificate))
    return _site.start()


@pytest.fixture
def world(site):
    return World(site, TABLE)


@pytest.fixture
def table():
    return TABLE
