"""What makes the comparison honest: each peer answers each route as we do. No time is measured here."""

import json
import re
import socket

import httpx
import pytest

from bench import http_recording, http_world
from bench.http_subjects import LIMIT, READY, STOCK, WSGI, arguments, environment
from project import static
from tests.support import services
from tests.support.build import make_post, make_user
from tests.support.stack import Process, Web, free_port

OF_THE_REQUEST = re.compile(r"csrf\w*token[^>]*>|\"nonce-[^\"]+\"", re.IGNORECASE)
NEW = ("id", "created_at")  # of a comment


@pytest.fixture
def world(transactional_db):
    """Three who ask, with posts of their own and of others to look at."""
    viewers = [make_user(name) for name in ("ana", "ben", "chloe")]
    for author in (*viewers, make_user("dara")):
        for _ in range(3):
            make_post(author, caption="By the #sea.")
    return http_world.gathered([viewer.id for viewer in viewers])


@pytest.fixture
def ours(world):
    static.collect()
    web = Web("bench-ours", free_port())
    web.start().wait()
    yield web
    web.kill()


@pytest.fixture(params=[STOCK, WSGI, LIMIT])
def peer(request, ours, world, tmp_path, monkeypatch):
    """The address of a peer that runs."""
    recording = tmp_path / "recording.json"
    if request.param == LIMIT:
        monkeypatch.setattr(http_recording, "PAUSE_SECONDS", 0.0)
        http_recording.record(services.running().postgres, ours.port, world.routes(), recording)
        world.keep()
        _undo(world)
    with socket.create_server(("127.0.0.1", free_port())) as listener:
        listener.set_inheritable(True)
        fd = listener.fileno()
        peer = Process(
            "bench-peer",
            *(word.replace("{fd}", str(fd)) for word in arguments(request.param)[1:]),
            ready=lambda process: READY[request.param] in process.output(),
            env=environment(request.param, recording),
            pass_fds=(fd,),
        )
        peer.start().wait()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        peer.kill()


def test_a_peer_answers_each_route_as_we_do(ours, peer, world):
    expected = _answers(ours.url, world)

    found = _answers(peer, world)

    assert found == expected


def _answers(url, world):
    """By route the status and the content of each answer, in order."""
    with httpx.Client(base_url=url, timeout=30) as client:
        found = {route.name: [_shown(_sent(client, ask)) for ask in route.asks] for route in world.routes()}
    _undo(world)
    return found


def _sent(client, ask):
    return client.request(ask.method, ask.path, headers=dict(ask.headers), content=ask.body or None)


def _shown(answer):
    """What does not differ from one request to the next."""
    if answer.headers["Content-Type"].startswith("application/json"):
        content = json.loads(answer.text)
        return answer.status_code, {name: content[name] for name in content if name not in NEW or "text" not in content}
    return answer.status_code, OF_THE_REQUEST.sub("", answer.text)


def _undo(world):
    for route in world.routes():
        world.undo(route)
