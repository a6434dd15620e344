"""The pace, the number and the addresses of those who open sockets."""

import asyncio
import json

import pytest

from realtime import admission
from realtime.admission import Bucket, Doors, Entry
from realtime.meters import meters
from realtime.protocol import MAX_SOCKETS_AN_ADDRESS

ANSWERS = {"extensions": {"websocket.http.response": {}}}


class Wire:
    """What was sent to the client."""

    def __init__(self):
        self.messages = []

    async def send(self, message):
        self.messages.append(message)


@pytest.fixture
def wire():
    return Wire()


def doors(*, accepts=0, most=10):
    return Doors(accepts_a_second=accepts, most=most)


async def test_past_the_pace_a_socket_is_answered_503(wire):
    here, before = doors(accepts=1), meters.refused["pace"]  # a burst of two
    entered = [await Entry(here).enter(ANSWERS, wire.send) for _ in range(3)]

    start, body = wire.messages
    assert (entered, here.open, meters.refused["pace"] - before) == ([True, True, False], 2, 1)
    assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"1")
    assert json.loads(body["body"])["status"] == 503


async def test_a_server_that_cannot_answer_closes_before_the_accept(wire):
    here = doors(accepts=1)
    for _ in range(3):
        await Entry(here).enter({}, wire.send)

    assert wire.messages == [{"type": "websocket.close"}]


async def test_the_pace_comes_back():
    bucket = Bucket(4, 1)
    assert bucket.take() == 0

    wait = bucket.take()
    await asyncio.sleep(wait)

    assert (0 < wait <= 0.25, bucket.take()) == (True, 0)


async def test_calm_earns_no_more_than_the_burst():
    bucket = Bucket(2, 2)
    await asyncio.sleep(0.3)

    assert [bucket.take() > 0 for _ in range(3)] == [False, False, True]


async def test_a_full_node_says_so_and_closes(wire):
    here = doors(most=1)
    await Entry(here).enter(ANSWERS, wire.send)

    entered = await Entry(here).enter(ANSWERS, wire.send)

    accept, error, close = wire.messages
    assert (entered, here.open) == (False, 1)
    assert (accept["type"], json.loads(error["text"])["code"], close["code"]) == ("websocket.accept", 106, 4111)


async def test_who_leaves_makes_room_once(wire):
    here = doors(most=1)
    first = Entry(here)
    await first.enter(ANSWERS, wire.send)
    first.leave()
    first.leave()

    assert (here.open, await Entry(here).enter(ANSWERS, wire.send)) == (0, True)


async def test_who_was_refused_makes_no_room(wire):
    here = doors(most=1)
    await Entry(here).enter(ANSWERS, wire.send)
    second = Entry(here)
    await second.enter(ANSWERS, wire.send)

    second.leave()

    assert here.open == 1


async def test_a_draining_process_sends_to_the_others(wire):
    entered = await Entry(doors()).enter(ANSWERS, wire.send, draining=True)

    assert (entered, wire.messages[0]["status"]) == (False, 503)


async def test_a_draining_process_that_cannot_answer_lets_hello_be_refused(wire):
    assert await Entry(doors()).enter({}, wire.send, draining=True)


def visits(here, address):
    entry = Entry(here)
    return entry if entry.visit({"client": (address, 4711)}) else None


def test_visitors_are_limited_by_address():
    here = doors()
    entries = [visits(here, "192.0.2.1") for _ in range(MAX_SOCKETS_AN_ADDRESS)]

    assert all(entries)
    assert (visits(here, "192.0.2.1"), bool(visits(here, "192.0.2.2"))) == (None, True)


def test_a_visitor_who_leaves_makes_room():
    here = doors()
    entries = [visits(here, "192.0.2.1") for _ in range(MAX_SOCKETS_AN_ADDRESS)]

    entries[0].leave()

    assert bool(visits(here, "192.0.2.1"))


def test_the_last_visitor_leaves_nothing_behind():
    here = doors()

    visits(here, "192.0.2.1").leave()

    assert dict(here.visitors) == {}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("testclient", ""),
    ],
)
def test_network(address, network):
    assert admission.network({"client": (address, 1)}) == network


def test_network_of_a_server_that_does_not_know():
    assert admission.network({}) == ""
