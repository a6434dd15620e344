"""Rights that shrink between being asked and being registered: the hub notices, whichever way it falls."""

import asyncio
import json
from dataclasses import replace

import pytest
from django.db import transaction

from accounts import actions
from accounts.models import Token, User
from core import crossing
from core.problems import Unauthenticated
from project import routing
from realtime import arrival, log, polling, protocol, topics
from realtime.auth import Credentials
from realtime.hub import Hub
from realtime.log import Told
from realtime.peers import UNKNOWN
from realtime.protocol import Cursor
from realtime.socket import Socket
from realtime.topics import Domain, TopicState
from tests.realtime.test_socket import Server
from tests.support.build import make_user
from tests.support.wait import eventually


def append(**data):
    with transaction.atomic():
        log.append([Told(log.CONTROL, "control", data)])


class Rule:
    """Allows everything when first asked, while an entry comes; later nothing."""

    def __init__(self):
        self.hub = None
        self.loop = asyncio.get_running_loop()
        self.asked = 0

    def __call__(self, asks):
        self.asked += 1
        if self.asked > 1:
            return {}
        append(owner=7, reason="private")
        asyncio.run_coroutine_threadsafe(self.hub.control.catch_up(), self.loop).result(10)
        return {ask: TopicState(0, {"likes": 0, "comments": 0}, 7) for ask in asks}


@pytest.fixture
async def rule():
    return Rule()


@pytest.fixture
async def hub(rule, transactional_db):
    rule.hub = Hub(Domain({"post": rule}, dict))
    await rule.hub.control._start()
    yield rule.hub
    for task in [*rule.hub._tasks]:
        task.cancel()
    await rule.hub.out.close()


async def frames(server, count):
    async with asyncio.timeout(10):
        while len(server.frames) < count:  # noqa: ASYNC110 -- it is a task of the hub's that writes
            await asyncio.sleep(0.01)
    return server.frames


async def test_a_topic_that_was_granted_while_its_right_ended_is_taken_back(hub):
    server = Server()
    socket = Socket(server.outlet(), None, on_gone=server.ended.append)

    await arrival.subscribe(hub, socket, ["post:1"], "a")

    last = (await frames(server, 2))[-1]
    assert last == '{"t":"revoked","topics":["post:1"],"reason":"checked"}'
    assert socket.topics == set()


async def test_counters_that_were_granted_while_their_right_ended_are_taken_back(hub):
    server = Server()
    socket = Socket(server.outlet(), None, on_gone=server.ended.append)

    await arrival.view(hub, socket, ["1"], [])

    await frames(server, 2)
    assert socket.viewed == set()


class Late:
    """A state that is read just before it changes, the first time."""

    def __init__(self):
        self.hub, self.loop, self.likes = None, asyncio.get_running_loop(), 0

    def __call__(self, asks):
        read, self.likes = self.likes, 1
        if not read:
            self.loop.call_soon_threadsafe(self.hub.bus._hand_on, topics.topic_channel("post:1").encode(), b"c 1,1,0")
        return {ask: TopicState(read, {"likes": read, "comments": 0}) for ask in asks}


async def test_what_comes_while_the_state_is_read_is_not_lost():
    rule, server = Late(), Server()
    rule.hub = Hub(Domain({"post": rule}, dict))
    socket = Socket(server.outlet(), None, on_gone=server.ended.append)

    await arrival.subscribe(rule.hub, socket, ["post:1"], "a")

    (answer,) = map(json.loads, server.frames)
    assert answer["topics"] == {"post:1": {"ver": 1, "snap": {"likes": 1, "comments": 0}}}
    await rule.hub.out.close()


class Overtaken(Late):
    """A state that changes each time while it is read, and then no more."""

    def __call__(self, asks):
        read, self.likes = self.likes, self.likes + 1
        news = f"c {self.likes},{self.likes},0".encode()
        self.loop.call_soon_threadsafe(self.hub.bus._hand_on, topics.topic_channel("post:1").encode(), news)
        return {ask: TopicState(read, {"likes": read, "comments": 0}) for ask in asks}


@pytest.fixture
async def overtaken():
    rule = Overtaken()
    rule.hub = Hub(Domain({"post": rule}, dict))
    yield rule
    await rule.hub.out.close()


async def test_counts_that_change_faster_than_they_are_read_are_told_with_the_answer(overtaken):
    server = Server()
    socket = Socket(server.outlet(), None, on_gone=server.ended.append)

    await arrival.subscribe(overtaken.hub, socket, ["post:1"], "a")

    told = [json.loads(frame) for frame in server.frames]
    assert (told[0]["topics"]["post:1"]["ver"], told[1:]) == (2, [{"t": "cnt", "d": {"1": [3, 3, 0]}}])


async def test_counts_that_change_faster_than_they_are_read_come_into_view_as_others_have_them(overtaken):
    server = Server()
    socket = Socket(server.outlet(), None, on_gone=server.ended.append)

    await arrival.view(overtaken.hub, socket, ["1"], [])

    assert [json.loads(frame) for frame in server.frames] == [{"t": "cnt", "d": {"1": [3, 3, 0]}}]


async def come(hub, server):
    """Somebody who is proved by now, and waits for Redis, which nobody has tried."""
    user = await crossing.call(make_user)
    token = await crossing.call(actions.make_token, user_id=user.id, name="test")
    coming = asyncio.ensure_future(arrival.admit(hub, server.outlet(), Credentials(token=token), server.ended.append))
    async with asyncio.timeout(10):
        while not hub.sockets:  # noqa: ASYNC110 -- as above
            await asyncio.sleep(0.01)
    return coming


async def test_the_hub_keeps_no_socket_that_was_not_let_in_to_the_end(hub):
    coming = await come(hub, Server())

    coming.cancel()
    await asyncio.wait([coming])

    assert (hub.sockets, dict(hub.users), dict(hub.proofs)) == (set(), {}, {})


async def test_a_token_that_ends_while_its_socket_is_let_in_closes_it(hub):
    server = Server()
    coming = await come(hub, server)

    await crossing.call(Token.objects.all().delete)
    await crossing.call(append, topics=[], reason="deleted")
    await hub.control.catch_up()
    hub.bus.tried.set()
    await coming

    assert server.ended == [protocol.Close.SESSION_REVOKED]


async def test_a_token_that_ends_while_its_poll_begins_to_wait_ends_the_wait(hub):
    user = await crossing.call(make_user)
    token = await crossing.call(actions.make_token, user_id=user.id, name="test")
    viewer = (await hub.reads.polls.proof(Credentials(token=token))).viewer
    cursor = Cursor(await hub.reads.epoch(), 0)
    poll = polling._Poll(viewer, hub.control.place, cursor, polling.MAX_WAIT_SECONDS, UNKNOWN, asyncio.Queue().get)
    waiting = asyncio.ensure_future(polling._wait(hub, poll, cursor))
    await eventually(lambda: hub.sockets)

    await crossing.call(Token.objects.all().delete)
    await crossing.call(append, topics=[], reason="deleted")
    await hub.control.catch_up()
    hub.bus.tried.set()

    with pytest.raises(Unauthenticated):
        await waiting


async def test_a_right_of_staff_that_was_taken_by_hand_ends_at_the_next_check_of_proofs(transactional_db):
    user = await crossing.call(make_user, is_staff=True)
    token = await crossing.call(actions.make_token, user_id=user.id, name="test")
    hub, server = Hub(routing.DOMAIN), Server()
    await hub.control._start()
    hub.bus.tried.set()
    socket = await arrival.admit(hub, server.outlet(), Credentials(token=token), server.ended.append)
    socket.viewer = replace(socket.viewer, second_factor=True)
    await arrival.subscribe(hub, socket, ["ops", "feed"], "a")

    await crossing.call(User.objects.update, is_staff=False)
    await hub.nets.check_proofs()

    last = (await frames(server, 2))[-1]
    assert last == '{"t":"revoked","topics":["ops"],"reason":"staff"}'
    assert socket.topics == {f"feed:{user.id}"}
    await hub.out.close()
