"""Web processes on the roll, and `manage.py drain` from the operator's side, on real processes."""

import io
import json
import signal

import httpx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from websockets.exceptions import InvalidStatus

from ops.nodes import ORDER, Order, Roll
from tests.support.client import LiveClient
from tests.support.stack import Web, free_port
from tests.support.wait import until


@pytest.fixture(scope="module")
def _webs(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        webs = [Web(f"west-{n}", free_port()) for n in (1, 2)]
        yield webs
    for web in webs:
        web.kill()


@pytest.fixture
def webs(_webs, transactional_db):
    """Two web processes that serve, each on a port of its own, as on two hosts."""
    if any(node.state != "serving" for node in ours()):
        drain("--undo")
    for web in _webs:
        web.start()
    for web in _webs:
        web.wait()
    until(lambda: len(ours()) == 2)
    return _webs


def ours():
    return [node for node in Roll(settings.REDIS_URL).call() if node.node.startswith("west-")]


def drain(*arguments):
    out = io.StringIO()
    call_command("drain", "--json", *arguments, stdout=out, stderr=io.StringIO())
    return [(node["node"], node["state"], node["sockets"]) for node in json.loads(out.getvalue())]


def ready(web):
    return httpx.get(f"{web.url}/readyz").status_code


def test_a_process_reports_itself(webs):
    assert [(node.node, node.pid, node.state, node.sockets) for node in ours()] == [
        (f"west-{n}", web.pid, "serving", 0) for n, web in enumerate(webs, 1)
    ]


def test_a_process_that_ended_is_off_the_roll(webs):
    webs[0].tell(signal.SIGTERM)
    webs[0].code()

    assert [node.node for node in ours()] == ["west-2"]


def test_drain_moves_the_sockets_of_one_node(webs):
    clients = [LiveClient(web.live_url) for web in webs]
    for client in clients:
        client.hello()

    told = drain("--node", "west-1", "--seconds", "1")

    assert told == [("west-1", "drained", 0)]
    assert clients[0].next("reconnect")["reason"] == "drain"
    assert clients[0].close_code() == 4001
    assert clients[1].nothing(0.1, "reconnect") == []
    clients[1].close()


def test_a_drained_process_takes_no_new_socket_and_answers_requests(webs):
    drain("--node", "west-1", "--seconds", "1")

    with pytest.raises(InvalidStatus) as refused:
        LiveClient(webs[0].live_url)

    assert (refused.value.response.status_code, ready(webs[0]), ready(webs[1])) == (503, 503, 200)
    assert httpx.get(f"{webs[0].url}/healthz").status_code == 200


def test_undo_lets_it_serve_again(webs):
    drain("--node", "west-1", "--seconds", "1")

    told = drain("--node", "west-1", "--undo")
    client = LiveClient(webs[0].live_url)

    assert (told, ready(webs[0])) == ([("west-1", "serving", 0)], 200)
    assert client.hello()["node"] == "west-1"
    client.close()


def test_an_order_does_not_outlive_the_process(webs):
    drain("--node", "west-1", "--seconds", "1")
    webs[0].stop()
    webs[0].start().wait()

    assert ready(webs[0]) == 200


def test_a_process_that_stops_is_not_called_back(webs):
    webs[0].stop()
    webs[0].env["PHOTOPHORE_DRAIN_NOTICE"] = "60"
    webs[0].start().wait()
    until(lambda: len(ours()) == 2)
    webs[0].tell(signal.SIGTERM)
    until(lambda: ours()[0].state == "draining")

    Roll(settings.REDIS_URL).tell(ours()[:1], Order("undrain"))
    until(lambda: not has_order(ours()[0]))

    assert ready(webs[0]) == 503
    del webs[0].env["PHOTOPHORE_DRAIN_NOTICE"]
    webs[0].tell(signal.SIGTERM)
    webs[0].code()


def has_order(node):
    return Roll(settings.REDIS_URL)._ask([("EXISTS", ORDER + node.id)]) == [1]


def test_dry_run_only_lists(webs):
    assert drain("--node", "west-2", "--dry-run") == [("west-2", "serving", 0)]
    assert ready(webs[1]) == 200


def test_a_node_that_is_not_there_is_told():
    with pytest.raises(CommandError, match="No such web process"):
        drain("--node", "nowhere")


def test_without_redis_it_says_so(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nothing listens there

    with pytest.raises(CommandError, match="Redis does not answer"):
        drain()
