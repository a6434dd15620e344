"""A web process from its start to its end, as the operator's signals see it."""

import signal
import socket

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from project import server
from realtime.protocol import MAX_SOCKETS_AN_ADDRESS
from tests.support.client import LiveClient
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


def test_what_is_accepted_on_an_inherited_socket_sends_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.send_at_once(listener.fileno())

        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_an_inherited_socket_may_be_of_the_file_system(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "web.sock"))

        server.send_at_once(listener.fileno())

        assert listener.family == socket.AF_UNIX


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

    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as client:
        client.sendall(b"POST /api/v1/instance HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{")
        web.tell(signal.SIGTERM)
        until(lambda: "Waiting for connections" in web.output())
        client.sendall(b"}")
        answer = client.recv(65_536)

    assert (answer[:12], web.code()) == (b"HTTP/1.1 405", 0)


def test_sockets_are_sent_away_before_it_ends(serve):
    web = serve(PHOTOPHORE_DRAIN_SECONDS="4")
    client = LiveClient(web.live_url)
    client.hello()

    web.tell(signal.SIGTERM)

    assert client.next("reconnect")["reason"] == "drain"
    assert (client.close_code(), web.code()) == (4001, 0)


def test_a_new_request_is_answered_while_sockets_leave(serve):
    web = serve(PHOTOPHORE_DRAIN_SECONDS="4")
    client = LiveClient(web.live_url)
    client.hello()

    web.tell(signal.SIGTERM)
    client.next("reconnect")
    answer = httpx.get(f"{web.url}/healthz")

    assert (answer.status_code, answer.headers["connection"]) == (200, "close")  # its client goes elsewhere next


def test_above_the_pace_an_upgrade_is_answered_503(serve):
    web = serve(PHOTOPHORE_ACCEPTS="0.5")  # one at once, and none for two seconds
    client = LiveClient(web.live_url)

    with pytest.raises(InvalidStatus) as refused:
        LiveClient(web.live_url)
    client.close()

    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (503, "2")
    assert [line for line in web.output().splitlines() if "Web" in line or "connection" in line or "ASGI" in line] == []


def test_a_full_process_says_so(serve):
    web = serve(PHOTOPHORE_MAX_SOCKETS="1")
    client = LiveClient(web.live_url)
    late = LiveClient(web.live_url)

    assert (late.next("err")["code"], late.close_code()) == (106, 4111)
    client.close()


def test_visitors_from_one_address_are_limited(serve):
    web = serve()
    clients = [LiveClient(web.live_url) for _ in range(MAX_SOCKETS_AN_ADDRESS)]
    for client in clients:
        client.hello()
    late = LiveClient(web.live_url)
    late.send(t="hello")

    assert (late.next("err")["code"], late.close_code()) == (106, 4409)
    for client in clients:
        client.close()


def test_a_trusted_proxy_tells_whose_address_it_is(serve):
    web = serve()
    proxied = [{"headers": {"X-Forwarded-For": f"192.0.2.{n}"}} for n in range(MAX_SOCKETS_AN_ADDRESS + 1)]
    clients = [LiveClient(web.live_url, **one) for one in proxied]

    for client in clients:
        assert client.hello()["user"] is None
        client.close()


def test_an_address_that_a_stranger_claims_is_not_believed(serve):
    web = serve(FORWARDED_ALLOW_IPS="192.0.2.99")
    clients = [
        LiveClient(web.live_url, headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(MAX_SOCKETS_AN_ADDRESS)
    ]
    for client in clients:
        client.hello()
    late = LiveClient(web.live_url, headers={"X-Forwarded-For": "192.0.2.77"})
    late.send(t="hello")

    assert late.close_code() == 4409
    for client in clients:
        client.close()
