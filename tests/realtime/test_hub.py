"""The hub when things break: one bad socket, or no database, is no trouble of the others."""

import asyncio

import pytest

from accounts.viewers import Viewer
from realtime import bus, departure, protocol, turns
from realtime.crowd import MOST_TOGETHER_BYTES
from realtime.hub import Hub
from realtime.socket import Socket
from realtime.topics import Domain
from tests.realtime.test_socket import Server
from tests.support.build import make_post, make_user
from tests.support.wait import until


async def test_a_socket_that_cannot_be_recovered_is_sent_back_to_its_client(django_db_setup):
    server = Server()
    viewer = Viewer(7, "ana", "", "", is_staff=False, via="token")
    socket = Socket(server.outlet(), viewer, on_gone=server.ended.append)
    socket.release()

    hub = Hub(Domain({}, dict))
    await hub.recover(socket)  # this test has no database
    await hub.out.close()

    assert server.ended == [protocol.Close.POSITION_LOST]


async def test_an_old_socket_is_asked_to_come_anew(django_db_setup, monkeypatch):
    monkeypatch.setattr(departure, "NOTICE_SECONDS", 0.05)
    server = Server()
    socket = Socket(server.outlet(), None, on_gone=server.ended.append)
    socket.ages_at = 0.0

    turns.look_at(Hub(Domain({}, dict)), socket)
    await asyncio.sleep(0.1)

    assert server.frames == ['{"t":"reconnect","in":[0,50],"reason":"age"}']
    assert server.ended == [protocol.Close.AGE]


def test_a_client_that_never_reads_delays_nobody(stack, open_socket):
    """It fills the kernel's buffers, and is cut off when a write has stalled; its neighbour gets every frame."""
    post = make_post(make_user("ana"))
    topic = f"post:{post.id}"
    stalled, healthy = open_socket(receive_bytes=4096), open_socket()
    for client in (stalled, healthy):
        client.hello(topics=[topic])
        client.next("ok")
    frame = protocol.state(topic, 1, {"pad": "x" * 8_000})

    for _ in range(80):  # 13 MB in all, of which nobody reads the stalled client's half
        bus.publish([bus.of_state(topic, frame)] * 20)
        assert [healthy.next("st")["ver"] for _ in range(20)] == [1] * 20

    until(lambda: f"given up, {protocol.Close.SLOW}" in stack.web.output())


class Watching:
    """A hub with sockets that watch a topic, and what was written to each."""

    def __init__(self, *hidden, ready=False):
        self.hub = Hub(Domain({}, dict))
        self.servers = [Server() for _ in hidden]
        self.sockets = [
            Socket(server.outlet(ready=ready), None, on_gone=server.ended.append) for server in self.servers
        ]
        for socket, actors in zip(self.sockets, hidden, strict=True):
            socket.hidden = frozenset(actors)
            self.hub.sockets.add(socket)
            self.hub.watch(socket, ["post:1"])

    async def show(self, *payloads):
        for payload in payloads:
            self.hub._show("post:1", payload)
        await asyncio.sleep(0)

    @property
    def written(self):
        return [server.ready_frames or server.frames for server in self.servers]


async def test_the_states_of_one_turn_are_one_frame():
    watching = Watching((), ())

    await watching.show(b"s 0 one", b"s 7 two", b"s 0 three")
    await watching.show(b"s 0 four")

    assert watching.written == [["one\ntwo\nthree", "four"]] * 2


@pytest.mark.parametrize("ready", [False, True])
async def test_whose_doings_are_hidden_is_left_out_of_a_turn(ready):
    watching = Watching((), (7,), (8,), ready=ready)

    await watching.show(b"s 0 one", b"s 7 two", b"s 0 three")

    assert watching.written == [["one\ntwo\nthree"], ["one", "three"], ["one\ntwo\nthree"]]


async def test_a_state_about_two_is_left_out_for_who_hides_one_of_them():
    watching = Watching((), (7,), (8,), (9,), ready=True)

    await watching.show(b"s 7,8 one", b"s 0 two")

    assert watching.written == [["one\ntwo"], ["two"], ["two"], ["one\ntwo"]]


async def test_whose_doings_are_hidden_from_now_on_is_left_out():
    watching = Watching((), (7,), ready=True)
    watching.hub.hide(watching.sockets[0], frozenset({7}))
    watching.hub.hide(watching.sockets[1], frozenset())

    await watching.show(b"s 7 one")

    assert watching.written == [[], ["one"]]


async def test_a_frame_of_many_states_is_bounded():
    watching = Watching(())
    half = b"x" * (MOST_TOGETHER_BYTES // 2)

    await watching.show(*[b"s 0 " + half] * 5)

    assert [len(text) for text in watching.written[0]] == [2 * len(half) + 1, 2 * len(half) + 1, len(half)]
