"""The subscriptions of a process, on one real Valkey: counted, batched, delayed, back after every outage."""

import asyncio

import pytest

from realtime import subscriber as module
from realtime.subscriber import BATCH
from tests.support.ear import eventually

ONE, TWO = "rt:{p1}:u:1", "rt:{p2}:u:2"


@pytest.fixture
async def ear(open_ear, valkey):
    return await open_ear(valkey.url)


@pytest.fixture
def brief(monkeypatch):
    """Give channels up after a blink."""
    monkeypatch.setattr(module, "LINGER_SECONDS", 0.05)


def channels(client):
    return sorted(client.pubsub_channels())


async def test_a_channel_is_confirmed_before_listen_returns(ear, client):
    await ear.listen(ONE)

    assert (ear.changes, client.publish(ONE, "a")) == (["up"], 1)
    await eventually(lambda: ear.heard[ONE] == [b"a"])


async def test_a_channel_wanted_twice_is_subscribed_to_once_and_left_with_the_last(ear, client, brief):
    await ear.listen(ONE)
    await ear.listen(ONE)
    await ear.listen(TWO)

    ear.subscriber.leave(ONE)
    ear.subscriber.leave(TWO)
    await eventually(lambda: channels(client) == [ONE])
    ear.subscriber.leave(ONE)

    await eventually(lambda: channels(client) == [])


async def test_a_channel_is_kept_for_a_while_and_for_who_comes_back(ear, client, brief):
    await ear.listen(ONE, TWO)

    ear.subscriber.leave(ONE)
    ear.subscriber.leave(TWO)
    kept = channels(client)
    await ear.listen(ONE)

    await eventually(lambda: channels(client) == [ONE])
    assert (kept, ear.changes) == ([ONE, TWO], ["up"])


async def test_thousands_of_channels_cost_a_few_commands(ear, client):
    names = [f"rt:{{p{number % 128}}}:u:{number}" for number in range(4 * BATCH)]
    before = client.info("commandstats").get("cmdstat_subscribe", {"calls": 0})["calls"]

    await ear.listen(*names)

    calls = client.info("commandstats")["cmdstat_subscribe"]["calls"] - before
    assert (calls, len(channels(client))) == (4, 4 * BATCH)


async def test_channels_left_together_are_given_up_in_one_command(ear, client, brief):
    names = [f"rt:{{p{number}}}:u:{number}" for number in range(100)]
    await ear.listen(*names)
    before = client.info("commandstats").get("cmdstat_unsubscribe", {"calls": 0})["calls"]

    for name in names:
        ear.subscriber.leave(name)
    await eventually(lambda: channels(client) == [])

    assert client.info("commandstats")["cmdstat_unsubscribe"]["calls"] - before == 1


async def test_a_route_that_fails_stops_no_other(ear, client):
    def fail(payload):
        raise RuntimeError(payload)

    await ear.subscriber.listen(ONE, fail)
    await ear.listen(TWO)

    client.publish(ONE, "bad")
    client.publish(TWO, "good")

    await eventually(lambda: ear.heard[TWO] == [b"good"])


async def test_a_burst_arrives_whole_and_in_order_while_the_loop_turns(ear, client):
    await ear.listen(ONE)
    pipeline = client.pipeline(transaction=False)
    for number in range(5_000):
        pipeline.publish(ONE, number)

    await asyncio.to_thread(pipeline.execute)

    await eventually(lambda: len(ear.heard[ONE]) == 5_000)
    assert ear.heard[ONE] == [str(number).encode() for number in range(5_000)]


async def test_a_restarted_redis_is_subscribed_to_again_before_it_counts_as_up(ear, client, valkey):
    await ear.listen(ONE, TWO)

    valkey.kill()
    await eventually(lambda: ear.changes == ["up", "down"])
    await asyncio.to_thread(valkey.start)
    await eventually(lambda: ear.changes == ["up", "down", "up"])

    assert (client.publish(ONE, "a"), client.publish(TWO, "b")) == (1, 1)


async def test_nobody_waits_for_a_redis_that_is_away(open_ear, valkey):
    valkey.kill()
    ear = await open_ear(valkey.url)

    async with asyncio.timeout(0.5):
        await ear.listen(ONE)

    assert ear.changes == []
    await asyncio.to_thread(valkey.start)
    await eventually(lambda: ear.changes == ["up"])


async def test_a_paused_redis_counts_as_away(ear, valkey, monkeypatch):
    monkeypatch.setattr("realtime.line.PING_SECONDS", 0.1)
    monkeypatch.setattr("realtime.line.SILENCE_SECONDS", 0.3)
    other = module.Subscriber(valkey.url, on_up=lambda: seen.append("up"), on_down=lambda: seen.append("down"))
    seen = []
    task = asyncio.create_task(other.run())
    await eventually(lambda: seen == ["up"])

    valkey.pause()
    try:
        await eventually(lambda: seen == ["up", "down"])
    finally:
        valkey.resume()
    await eventually(lambda: seen == ["up", "down", "up"])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_wrong_password_is_no_connection(open_ear, valkey, caplog):
    ear = await open_ear(valkey.url.replace("redis://:", "redis://:not-"))

    assert (ear.changes, ear.subscriber.up, "WRONGPASS" in caplog.text) == ([], False, True)
