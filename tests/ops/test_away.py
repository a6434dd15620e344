"""While PostgreSQL is away, gone or frozen, those who watch are answered within a second, and told what is broken."""

import contextlib
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from tests.support import services
from tests.support.stack import Web, free_port
from tests.support.wait import until

ANSWERED_SECONDS = 1.0
LATE_SECONDS = 2.0  # what a busy machine may add; who waited for a connection would need 5 s at least
PEOPLE = 8
NOBODY = {"Authorization": "Bearer nobody"}  # who that is, the database is asked
COUNTED = 'photophore_sockets{node="away"}'
PATHS = ("/readyz", "/metrics", "/metrics")  # again: what hangs is not joined by more that hangs


@pytest.fixture
def web(own_connections, _stack):
    _stack.stop()  # its processes would come back from the same outage in the middle of other tests
    process = Web("away", free_port(), env={"PHOTOPHORE_DATABASE_POOL": "2"}).start().wait()
    until(lambda: COUNTED in httpx.get(f"{process.url}/metrics").text)  # it has reported; and what comes first imports
    yield process
    process.kill()


@contextlib.contextmanager
def stopped():
    services.running().postgres.stop()
    try:
        yield
    finally:
        services.running().postgres.start()


@contextlib.contextmanager
def frozen():
    """The server and all its children, as a machine that hangs: it takes connections, and nothing answers."""
    server = psutil.Process(services.running().postgres.pid)
    family = [server, *server.children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("away", [stopped, frozen])
def test_who_watches_is_told_within_a_second_that_the_database_is_away(web, away):
    with ThreadPoolExecutor(PEOPLE) as people, away():
        for _ in range(PEOPLE):  # all threads of the crossing wait, too
            people.submit(httpx.get, f"{web.url}/api/v1/feed", headers=NOBODY, timeout=1)
        (ready, first), (scraped, second), (_, third) = [asked(web, path) for path in PATHS]

    assert (ready.status_code, ready.json()["broken"]) == (503, ["database"])
    assert re.findall(r'photophore_part_up{part="(\w+)"} 0', scraped.text) == ["database"]
    assert COUNTED in scraped.text
    assert max(first, second, third) < ANSWERED_SECONDS + LATE_SECONDS


def asked(web, path):
    """An answer, and how long it took."""
    began = time.monotonic()
    return httpx.get(f"{web.url}{path}", timeout=30), time.monotonic() - began
