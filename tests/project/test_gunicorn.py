"""The HTTP tier under Gunicorn: what is loaded once and shared, and what no two processes may share."""

import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from project import static
from project.server import BACKLOG
from project.up import plan
from project.up.options import Options
from tests.support.stack import Process, free_port
from tests.support.wait import until

WORKERS = 2


@pytest.fixture
def listener():
    """The socket, which somebody else holds, as systemd does."""
    with socket.create_server(("127.0.0.1", free_port()), backlog=BACKLOG) as listener:
        listener.set_inheritable(True)
        yield listener


@pytest.fixture
def port(listener):
    return listener.getsockname()[1]


@pytest.fixture
def gunicorn(listener, port, transactional_db):
    static.collect()  # the page of what is not found names files
    ready = plan._answers(Options(port=port))
    bind = ("--bind", f"fd://{listener.fileno()}")
    server = Process(
        "gunicorn",
        *("-m", "gunicorn", "-c", "python:project.gunicorn_conf", *bind, "asgi:application"),
        ready=lambda process: ready(process.pid),
        env={"WEB_CONCURRENCY": str(WORKERS)},
        pass_fds=(listener.fileno(),),
    )
    server.start().wait()
    yield server
    server.kill()


def test_gunicorn_shares_what_is_loaded_and_nothing_that_is_open(gunicorn, port):
    with ThreadPoolExecutor(16) as people:
        list(people.map(lambda _: httpx.get(f"http://127.0.0.1:{port}/readyz"), range(100)))
    master = psutil.Process(gunicorn.pid)
    workers = master.children()

    ends = [{line.laddr for line in one.net_connections() if line.status == "ESTABLISHED"} for one in workers]

    assert (master.num_threads(), [line.status for line in master.net_connections()]) == (1, ["LISTEN"])
    assert (len(workers), all(ends), set.intersection(*ends)) == (WORKERS, True, set())


def test_gunicorn_takes_the_address_of_a_client_from_the_proxy(gunicorn, port):
    asked = [
        httpx.get(f"http://127.0.0.1:{port}/metrics", headers=headers)
        for headers in ({}, {"X-Forwarded-For": "203.0.113.7"})
    ]

    assert [answer.status_code for answer in asked] == [200, 404]


def test_gunicorn_ends_in_order_and_cuts_no_request(gunicorn, port):
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as kept:
        kept.get("/healthz")
        gunicorn.tell(signal.SIGTERM)
        until(lambda: "shutting down" in gunicorn.output())
        last = kept.get("/healthz")

    assert (last.status_code, last.headers["Connection"], gunicorn.code()) == (200, "close", 0)


def test_a_restart_refuses_nobody(gunicorn, port):
    statuses, restarted = [], threading.Event()

    def ask():
        while not restarted.is_set():
            statuses.append(httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=30).status_code)

    with ThreadPoolExecutor() as people:
        asking = people.submit(ask)
        until(lambda: statuses)
        gunicorn.stop()
        gunicorn.start().wait()
        restarted.set()
        asking.result()

    assert set(statuses) == {200}
