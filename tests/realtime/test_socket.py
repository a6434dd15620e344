"""One socket: order, holes, and a client that does not read."""

import asyncio
import json
import time

import pytest

from realtime import protocol, socket
from realtime.protocol import Frame
from realtime.socket import Outlet, Socket

lines = {}  # number → its server


class Server:
    """An ASGI server's side of a socket: takes frames while its client reads, else makes the sender wait."""

    def __init__(self):
        self.line = len(lines) + 1
        lines[self.line] = self
        self.held = False
        self.frames = []
        self.ready_frames = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.ended = []
        self.aborted = False

    async def send(self, message):
        await self.reads.wait()
        self.frames.append(message["text"])

    def write(self, data):
        takes = self.reads.is_set() and not self.held
        if takes:
            self.ready_frames.append(protocol.payload_of(data).decode())
        return takes

    @staticmethod
    def spread(to, data):
        return [line for line in to if not lines[line].write(data)]

    def hold(self, on):
        self.held = on

    def abort(self):
        self.aborted = True

    def outlet(self, *, ready=False):
        names = ("line", "spread", "write", "hold", "abort")
        extension = {"photophore.frame": {name: getattr(self, name) for name in names}} if ready else {}
        return Outlet(self.send, extension)

    def messages(self):
        """What has come, message by message: one frame may hold several."""
        return [message for frame in self.frames for message in frame.split("\n")]


@pytest.fixture
async def server():
    return Server()


@pytest.fixture
async def live(server):
    made = Socket(server.outlet(), None, on_gone=server.ended.append)
    made.held = None
    return made


@pytest.fixture
async def framing(server):
    """A socket whose server takes ready frames."""
    made = Socket(server.outlet(ready=True), None, on_gone=server.ended.append)
    made.held = None
    return made


@pytest.mark.parametrize(("ago", "told"), [(0.5, 0.5), (11.0, None), (None, None)])
async def test_a_heartbeat_tells_the_round_trip_if_it_answers_ours_in_time(live, ago, told):
    live.asked_at = None if ago is None else time.monotonic() - ago

    live.answered()

    assert (live.round_trip and round(live.round_trip, 1), live.asked_at) == (told, None)


def frame(text):
    return Frame(text.encode())


async def written(server, live):
    """Let the client read, and give the writer its turns."""
    server.reads.set()
    await asyncio.sleep(0.02)
    assert live.waiting == 0
    return server.messages()


async def test_a_frame_is_written_at_once(server, live):
    live.write("a")

    assert server.frames == ["a"]


async def test_a_ready_frame_is_written_as_it_is(server, framing):
    framing.deliver(1, frame("one"))

    assert (server.ready_frames, server.frames) == (["one"], [])


async def test_what_comes_behind_a_frame_that_waits_does_not_overtake_it(server, framing):
    server.reads.clear()
    framing.write("a")
    framing.write("b")
    server.reads.set()  # the server would take a ready frame now, and nothing of what waits has gone yet

    framing.write("c")

    assert (await written(server, framing), server.ready_frames) == (["a", "b", "c"], [])


async def test_ready_frames_are_written_again_once_nothing_waits(server, framing):
    server.reads.clear()
    framing.write("a")
    await written(server, framing)
    await asyncio.sleep(0.01)

    framing.write("b")

    assert (server.messages(), server.ready_frames) == (["a"], ["b"])


async def test_frames_to_a_stalled_client_wait_in_order(server, live):
    server.reads.clear()
    for text in "abc":
        live.write(text)
    assert server.frames == []

    assert await written(server, live) == ["a", "b", "c"]


async def test_what_waited_leaves_in_batches_of_sixteen(server, live):
    server.reads.clear()
    for number in range(40):
        live.write(str(number))

    await written(server, live)

    assert [len(text.split("\n")) for text in server.frames] == [1, 16, 16, 7]


async def test_a_full_queue_is_cleared_and_the_client_told_from_where(server, live):
    server.reads.clear()
    for seq in range(1, socket.MAX_BACKLOG_FRAMES + 3):
        live.deliver(seq, frame(str(seq)))

    assert await written(server, live) == ["1", '{"t":"lag","from":1}']
    assert (live.seq, live.lagging, server.ended) == (1, True, [])


async def test_a_queue_with_too_many_bytes_is_cleared(server, live):
    server.reads.clear()
    big = frame("x" * (socket.MAX_BACKLOG_BYTES // 3))

    for seq in range(1, 6):
        live.deliver(seq, big)

    assert (await written(server, live))[-1] == '{"t":"lag","from":1}'


async def test_a_lagging_socket_gets_no_events_until_it_resumes(server, live):
    live.lagging = True
    live.deliver(1, frame("one"))
    assert server.frames == []

    live.lagging = False
    live.deliver(1, frame("one"))

    assert server.frames == ["one"]


async def test_of_the_states_of_a_key_only_the_latest_waits(server, live):
    server.reads.clear()
    live.write("first")
    for ver in range(1_000):
        live.show("post:1", frame(f"one {ver}"))
        live.show("post:2", frame(f"two {ver}"))
    assert live.waiting == 2

    assert await written(server, live) == ["first", "one 999", "two 999"]


async def test_counters_wait_post_by_post(server, live):
    server.reads.clear()
    live.write("first")
    for ver in range(50):
        live.count(frame("not this one"), [protocol.counter(7, ver, ver, 0), protocol.counter(8, ver, 0, 0)])
    live.count(frame("nor this"), [protocol.counter(8, 50, 1, 0)])

    assert [json.loads(text)["d"] for text in (await written(server, live))[1:]] == [
        {"7": [49, 49, 0]},
        {"8": [50, 1, 0]},
    ]


async def test_ephemeral_frames_are_dropped_while_something_waits(server, live):
    server.reads.clear()
    live.write("first")

    live.pass_by(frame("typing"))

    assert await written(server, live) == ["first"]


async def test_a_write_that_stalls_cuts_the_client_off(server, framing, monkeypatch):
    monkeypatch.setattr(socket, "STALLED_SECONDS", 0.05)
    server.reads.clear()

    framing.write("a")
    await asyncio.sleep(0.1)

    assert (server.ended, server.aborted) == ([protocol.Close.SLOW], True)


async def test_nothing_is_written_to_a_socket_that_was_given_up(server, live):
    live.end(protocol.Close.TOO_MANY)

    live.write("a")
    live.show("key", frame("b"))
    live.pass_by(frame("c"))

    assert server.frames == []


async def test_a_repeated_event_is_dropped(server, live):
    live.deliver(1, frame("one"))

    assert live.deliver(1, frame("one")) is True
    assert server.frames == ["one"]


async def test_an_event_behind_a_hole_is_not_written(server, live):
    live.deliver(1, frame("one"))

    assert live.deliver(3, frame("three")) is False
    assert server.frames == ["one"]


async def test_events_held_during_a_replay_follow_it_once(server, live):
    live.hold()
    live.deliver(3, frame("three"))
    live.deliver(4, frame("four"))
    live.seq = 3  # the replay went up to here

    assert live.release() is True
    assert server.frames == ["four"]


async def test_release_with_a_hole_keeps_what_is_behind_it(server, live):
    five = frame("five")
    live.hold()
    live.deliver(5, five)

    assert live.release() is False
    assert (server.frames, live.held) == ([], [(5, five)])
