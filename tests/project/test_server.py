"""A web process from its start to its end, as the operator's signals see it."""

import signal
import socket

import httpx
import pytest

from tests.support.stack import Web, free_port
from tests.support.wait import until


@pytest.fixture
def serve(transactional_db):
    """Start a web process with settings of its own; it is gone with the test."""
    started = []

    def serve(**env):
        started.append(Web("server", free_port(), env=env))
        return started[-1].start().wait()

    yield serve
    for web in started:
        web.kill()


def standing(web):
    answer = httpx.get(f"{web.url}/readyz")
    return answer.status_code, answer.json()["status"]


def test_told_to_stop_it_is_not_ready_and_serves_on(serve):
    web = serve(PHOTOPHORE_DRAIN_NOTICE="60")

    web.tell(signal.SIGTERM)
    until(lambda: standing(web) == (503, "draining"))

    assert httpx.get(f"{web.url}/healthz").status_code == 200


def test_told_to_stop_it_ends_well(serve):
    web = serve()

    web.tell(signal.SIGTERM)

    assert web.code() == 0


def test_a_second_signal_skips_the_wait(serve):
    web = serve(PHOTOPHORE_DRAIN_NOTICE="60")

    web.tell(signal.SIGTERM)
    until(lambda: standing(web) == (503, "draining"))
    web.tell(signal.SIGTERM)

    assert web.code() == 0


def test_an_interrupt_gives_no_notice(serve):
    web = serve(PHOTOPHORE_DRAIN_NOTICE="60")

    web.tell(signal.SIGINT)

    assert web.code() == 0


def test_a_request_that_is_under_way_is_answered(serve):
    web = serve()

    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as client:
        client.sendall(b"POST /api/v1/instance HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{")
        web.tell(signal.SIGTERM)
        until(lambda: "Waiting for connections" in web.output())
        client.sendall(b"}")
        answer = client.recv(65_536)

    assert (answer[:12], web.code()) == (b"HTTP/1.1 405", 0)
