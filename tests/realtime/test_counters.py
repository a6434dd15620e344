"""Counters on their tick: four frames a second at most, the last value always, and nothing that nobody would see."""

import asyncio
import itertools
import json
import time

import pytest

from realtime import counters
from realtime.counters import Counters, ticks_for
from realtime.crowd import Crowd
from realtime.socket import Socket
from tests.realtime.test_socket import Server
from tests.support.wait import eventually


@pytest.fixture
async def audience():
    """Topic → sockets."""
    return {}


@pytest.fixture
async def board(audience):
    return Counters(audience, {})


def viewer():
    server = Server()
    return server, Socket(server.outlet(), None, on_gone=server.ended.append)


def crowd(*sockets):
    made = Crowd()
    for socket in sockets:
        made.add(socket)
    return made


async def settled(board):
    """Wait until no change is left to send."""
    await eventually(lambda: board._timer is None)


def counts(server):
    return [json.loads(text)["d"] for text in server.frames]


async def test_changes_of_one_batch_come_in_one_frame_with_the_latest_values(audience, board):
    server, socket = viewer()
    audience |= {"post:1": crowd(socket), "post:2": crowd(socket)}

    for ver in range(1, 50):
        board.change("post:1", (ver, ver, 0))
    board.change("post:2", (1, 5, 2))
    await settled(board)

    assert counts(server) == [{"1": [49, 49, 0], "2": [1, 5, 2]}]


async def test_a_viewer_gets_four_frames_a_second_at_most_whatever_they_look_at(audience, board):
    server, socket = viewer()
    posts = [f"post:{number}" for number in range(20)]
    audience |= {post: crowd(socket) for post in posts}

    started = time.monotonic()
    for ver in range(1, 101):
        board.change(posts[ver % 20], (ver, ver, 0))
        await asyncio.sleep(0.01)
    await settled(board)

    assert len(server.frames) <= 1 + round((time.monotonic() - started) / counters.TICK_SECONDS)


async def test_who_watches_a_post_and_has_it_in_view_gets_one_frame(audience):
    server, socket = viewer()
    board = Counters({"post:1": crowd(socket)}, {"post:1": crowd(socket)})

    board.change("post:1", (1, 5, 2))
    await settled(board)

    assert counts(server) == [{"1": [1, 5, 2]}]


async def test_the_last_value_is_sent(audience, board):
    server, socket = viewer()
    audience["post:1"] = crowd(socket)

    for ver in range(1, 60):
        board.change("post:1", (ver, ver, 0))
        await asyncio.sleep(0.01)
    await settled(board)

    assert counts(server)[-1] == {"1": [59, 59, 0]}


async def test_an_older_version_is_dropped(audience, board):
    server, socket = viewer()
    audience["post:1"] = crowd(socket)

    board.change("post:1", (2, 7, 0))
    board.change("post:1", (1, 6, 0))
    await settled(board)

    assert counts(server) == [{"1": [2, 7, 0]}]


async def test_a_change_that_no_reader_would_see_is_not_sent(audience, board):
    server, socket = viewer()
    audience["post:1"] = crowd(socket)

    for ver, likes in ((1, 1_234_567), (2, 1_234_568), (3, 1_240_000)):
        board.change("post:1", (ver, likes, 0))
        await settled(board)

    assert counts(server) == [{"1": [1, 1_234_567, 0]}, {"1": [3, 1_240_000, 0]}]


async def test_a_large_audience_waits_longer_between_two_frames(audience, board, monkeypatch):
    monkeypatch.setattr(counters, "AUDIENCES", ((0, 1), (1, 4)))  # one socket counts as many
    monkeypatch.setattr(counters, "TICK_SECONDS", 0.05)
    server, socket = viewer()
    audience["post:1"] = crowd(socket)
    ticks = []

    for ver in itertools.takewhile(lambda _: len(ticks) < 3, itertools.count(1)):
        board.change("post:1", (ver, ver, 0))
        await asyncio.sleep(0.01)
        if len(server.frames) > len(ticks):  # and no tick since: nothing has changed
            ticks.append(board._tick)

    assert ticks == [1, 5, 9]


@pytest.mark.parametrize(("audience_size", "ticks"), [(100, 1), (101, 2), (1_000, 2), (10_000, 4), (10_001, 8)])
def test_ticks_grow_with_the_audience(audience_size, ticks):
    assert ticks_for(audience_size) == ticks
