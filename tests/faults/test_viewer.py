"""The client obeys the protocol: what a close code advises, when to come back, and with which cursor."""

import asyncio
import json

import pytest
from websockets.asyncio.server import serve

from tests.support.viewer import Crowd, Viewer

START = {"epoch": "e", "seq": 4}


class Server:
    """Speaks a script: for each connection in turn the frames to send after `hello`, and how it ends."""

    def __init__(self, *script):
        self.script = list(script)
        self.hellos = []

    async def __aenter__(self):
        self._server = await serve(self._talk, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    async def _talk(self, line):
        self.hellos.append(json.loads(await line.recv()))
        frames, code = self.script.pop(0) if self.script else ((), None)
        await line.send(json.dumps(welcome()))
        for frame in ({"t": "ready", "seq": 4}, *frames):
            await line.send(json.dumps(frame))
        if code:
            await line.close(code)
        await line.wait_closed()


def welcome():
    beat = {"every": 1000, "within": 500}
    return {
        "t": "welcome",
        "conn": "c",
        "node": "n",
        "user": {},
        "epoch": "e",
        "head": 4,
        "resume": "replaying",
        "hb": beat,
    }


def event(seq):
    return {"t": "ev", "seq": seq, "k": "notification", "d": {}}


@pytest.fixture
def crowd():
    with Crowd() as crowd:
        yield crowd


@pytest.fixture
def meet(crowd):
    """Let a client meet a server with this script; both are gone with the test."""
    servers = []

    def meet(*script, scale=0.1):
        server = Server(*script)
        servers.append(server)
        crowd.call(server.__aenter__())
        viewer = Viewer("ana", [server.url], cursor=START, scale=scale)
        crowd.join(viewer)
        return server, viewer

    yield meet
    for viewer in crowd.viewers:
        crowd.do(viewer.stop)
    for server in servers:
        crowd.call(server.__aexit__())


def test_a_code_of_band_40_brings_it_back_with_the_cursor_of_what_it_has_shown(crowd, meet):
    server, _ = meet(([event(5), event(6)], 4001))

    crowd.until(lambda: len(server.hellos) == 2)

    assert [hello["cursor"] for hello in server.hellos] == [START, {"epoch": "e", "seq": 6}]


def test_a_code_of_band_44_stops_it(crowd, meet):
    server, viewer = meet(([], 4423))

    crowd.until(lambda: viewer.state == "stopped")

    assert (viewer.close_code, len(server.hellos)) == (4423, 1)


def test_it_comes_back_within_the_window_of_a_reconnect(crowd, meet):
    server, viewer = meet(([{"t": "reconnect", "in": [0, 50], "reason": "drain"}], None))

    crowd.until(lambda: len(server.hellos) == 2)

    assert viewer.entries("closed")[0].detail == 4001


def test_a_line_that_went_silent_is_given_up(crowd, meet):
    server, viewer = meet()

    crowd.until(lambda: len(server.hellos) == 2)

    assert viewer.entries("closed")[0].detail == 1006


@pytest.mark.parametrize(("code", "least", "most"), [(4001, 0.0, 1.0), (4108, 1.0, 3.0), (1006, 1.0, 3.0)])
def test_the_band_says_how_patient_the_first_wait_is(code, least, most):
    async def delays():
        return [Viewer("ana", ["http://x"])._delay(code) for _ in range(200)]

    found = asyncio.run(delays())

    assert least <= min(found) < max(found) <= most
