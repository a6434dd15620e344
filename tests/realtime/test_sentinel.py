"""The bus on a real Valkey whose Sentinels put a replica in its place."""

import asyncio

import pytest
import redis

from events import marks
from realtime import bus
from realtime.bus import Bus
from realtime.log import Numbered
from tests.support.ear import eventually
from tests.support.elsewhere import redis_at
from tests.support.sentinels import Sentinels

CHANNEL, POST = "rt:{p5}:u:5", "rt:{p118}:t:post:7"


@pytest.fixture
def sentinels(settings):
    sentinels = Sentinels()
    with redis_at(sentinels.url, settings):
        yield sentinels
    sentinels.stop()


@pytest.fixture
async def web(sentinels):
    web = Bus(sentinels.url)
    yield web
    await web.close()


def event(seq):
    return bus.of_event(Numbered(5, seq, "{}"))


def tell(seq):
    return asyncio.to_thread(bus.publish, [event(seq)])


async def test_a_replica_takes_the_place_of_a_dead_primary(open_ear, web, sentinels):
    ear = await open_ear(sentinels.url)
    await ear.listen(CHANNEL)
    await web.open_rings({5: 0})
    assert await tell(1)
    await asyncio.to_thread(marks.mark, [3])

    sentinels.primary.kill()
    await eventually(lambda: ear.changes == ["up", "down", "up"])

    await publish_until_heard(ear, CHANNEL, event(2))
    assert await web.read_rings({5: 0}) in ({}, {5: [(1, "{}"), (2, "{}")]})  # the tail may be lost, never the middle
    await persist(marks.mark, [4])
    assert await persist(marks.take, 0.01) is not None


async def test_a_primary_that_is_set_back_is_left(open_ear, sentinels, monkeypatch):
    """It lives on as a replica, and would take a message and hand it to nobody."""
    monkeypatch.setattr("realtime.subscriber.LOOK_SECONDS", 0.2)
    ear = await open_ear(sentinels.url)
    await ear.listen(CHANNEL, POST)
    assert await tell(1)

    await asyncio.to_thread(sentinels.fail_over)

    await eventually(lambda: POST in (sentinels.ask(sentinels.replica, "PUBSUB", "CHANNELS") or ()))
    await publish_until_heard(ear, POST, bus.of_counters(7, 1, 1, 0))


async def publish_until_heard(ear, channel, message):
    """The first tries may meet a primary that does not know yet that it is none."""
    async with asyncio.timeout(5):
        while message.payload.encode() not in ear.heard[channel]:
            await asyncio.to_thread(bus.publish, [message])
            await asyncio.sleep(0.1)


async def persist(call, *args):
    """Call as the drains do: one that comes before the Sentinels agree connects anew, and tries again."""
    async with asyncio.timeout(5):
        while True:
            try:
                return await asyncio.to_thread(call, *args)
            except redis.RedisError:
                marks.forget_connections()
                await asyncio.sleep(0.1)
