"""The hub when things break: one bad socket, or no database, is no trouble of the others."""

import asyncio

from accounts.viewers import Viewer
from realtime import bus, departure, protocol
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

    await Hub(Domain({}, dict)).recover(socket)  # this test has no database

    assert server.ended == [protocol.Close.POSITION_LOST]


async def test_an_old_socket_is_asked_to_come_anew(django_db_setup, monkeypatch):
    monkeypatch.setattr(departure, "NOTICE_SECONDS", 0.05)
    server = Server()
    socket = Socket(server.outlet(), None, on_gone=server.ended.append)
    socket.ages_at = 0.0

    Hub(Domain({}, dict))._look_at(socket)
    await asyncio.sleep(0.1)

    assert server.frames == ['{"t":"reconnect","in":[0,50],"reason":"age"}']
    assert server.ended == [protocol.Close.AGE]


def test_a_client_that_never_reads_delays_nobody(stack, open_socket):
    """It fills the kernel's buffers, and is cut off when a write has stalled; its neighbour gets every frame."""
    post = make_post(make_user("ana"))
    topic = f"post:{post.id}"
    stalled, healthy = open_socket(), open_socket()
    for client in (stalled, healthy):
        client.hello(topics=[topic])
        client.next("ok")
    frame = protocol.state(topic, 1, {"pad": "x" * 8_000})

    for _ in range(80):  # 13 MB in all, of which nobody reads the stalled client's half
        bus.publish([bus.of_state(topic, frame)] * 20)
        assert [healthy.next("st")["ver"] for _ in range(20)] == [1] * 20

    until(lambda: f"given up, {protocol.Close.SLOW}" in stack.web.output())
