"""A crowd: one frame to all, and who could not take it."""

import pytest

from realtime.crowd import Crowd
from realtime.protocol import framed
from realtime.socket import Socket
from tests.realtime.test_socket import Server

FRAME = framed(b"a")


@pytest.fixture
def servers():
    return [Server() for _ in range(3)]


@pytest.fixture
def sockets(servers):
    """Two whose server takes ready frames, and one whose does not."""
    return [Socket(server.outlet(ready=server is not servers[2]), None, on_gone=int) for server in servers]


@pytest.fixture
def crowd(sockets):
    made = Crowd()
    for socket in sockets:
        made.add(socket)
    return made


def test_a_frame_reaches_all_who_take_ready_frames_and_the_others_are_told(crowd, servers, sockets):
    assert crowd.spread("state", FRAME) == [sockets[2]]
    assert [server.ready_frames for server in servers] == [["a"], ["a"], []]


def test_who_cannot_take_it_now_is_told(crowd, servers, sockets):
    servers[0].hold(True)

    assert crowd.spread("state", FRAME) == [sockets[0], sockets[2]]


def test_who_is_left_out_gets_nothing(crowd, servers, sockets):
    assert crowd.spread("state", FRAME, but=sockets[1:]) == []
    assert [server.ready_frames for server in servers] == [["a"], [], []]


def test_who_left_gets_nothing(crowd, servers, sockets):
    crowd.spread("state", FRAME)
    for socket in sockets[1:]:
        crowd.remove(socket)

    assert (crowd.spread("state", FRAME), list(crowd)) == ([], sockets[:1])
    assert [server.ready_frames for server in servers] == [["a", "a"], ["a"], []]


def test_who_comes_later_gets_what_comes_later(crowd, servers):
    crowd.spread("state", FRAME)
    late = Server()
    crowd.add(Socket(late.outlet(ready=True), None, on_gone=int))
    crowd.spread("state", FRAME)

    assert (servers[0].ready_frames, late.ready_frames) == (["a", "a"], ["a"])


def test_both_are_those_of_two_crowds(crowd, sockets):
    other = Crowd()
    for socket in (sockets[2], sockets[0]):
        other.add(socket)

    assert (crowd.both(other), crowd.both(Crowd())) == ([sockets[0], sockets[2]], [])
