"""One socket: order, holes, and a client that does not read."""

import asyncio

import pytest

from realtime import protocol, socket
from realtime.socket import Socket


class Client:
    """An ASGI server's side of a socket: takes frames while it reads, else makes the sender wait."""

    def __init__(self):
        self.frames = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.ended = []

    async def send(self, message):
        await self.reads.wait()
        self.frames.append(message["text"])


@pytest.fixture
async def client():
    return Client()


@pytest.fixture
async def live(client):
    made = Socket(client.send, None, on_gone=client.ended.append)
    made.held = None
    return made


async def test_a_frame_is_written_at_once(client, live):
    live.write("a")

    assert client.frames == ["a"]


async def test_frames_to_a_stalled_client_wait_in_order(client, live):
    client.reads.clear()
    for frame in "abc":
        live.write(frame)
    assert client.frames == []

    client.reads.set()
    await asyncio.sleep(0.01)
    live.write("d")

    assert client.frames == ["a", "b", "c", "d"]


async def test_a_stalled_client_is_given_up_past_its_backlog(client, live):
    client.reads.clear()

    for _ in range(socket.MAX_BACKLOG_FRAMES + 2):
        live.write("x")

    assert client.ended == [protocol.Close.SLOW]


async def test_a_stalled_client_is_given_up_past_its_bytes(client, live):
    client.reads.clear()

    for _ in range(5):
        live.write("x" * (socket.MAX_BACKLOG_BYTES // 3))

    assert client.ended == [protocol.Close.SLOW]


async def test_nothing_is_written_to_a_socket_that_was_given_up(client, live):
    live.end(protocol.Close.TOO_MANY)

    live.write("a")

    assert client.frames == []


async def test_a_repeated_event_is_dropped(client, live):
    live.deliver(1, "one")

    assert live.deliver(1, "one") is True
    assert client.frames == ["one"]


async def test_an_event_behind_a_hole_is_not_written(client, live):
    live.deliver(1, "one")

    assert live.deliver(3, "three") is False
    assert client.frames == ["one"]


async def test_events_held_during_a_replay_follow_it_once(client, live):
    live.hold()
    live.deliver(3, "three")
    live.deliver(4, "four")
    live.seq = 3  # the replay went up to here

    assert live.release() is True
    assert client.frames == ["four"]


async def test_release_with_a_hole_keeps_what_is_behind_it(client, live):
    live.hold()
    live.deliver(5, "five")

    assert live.release() is False
    assert (client.frames, live.held) == ([], [(5, "five")])
