"""What the bus sends, on a real Valkey: headers, rings, and what happens when it is full, flushed, paused or away."""

import asyncio
import time

import pytest
import redis

from realtime import bus, rings
from realtime.bus import Bus
from realtime.links import TIMEOUT_SECONDS
from realtime.log import Numbered, Replay

POST = "rt:{p118}:t:post:7"


@pytest.fixture
async def web(valkey):
    """The async half, as a web process has it."""
    web = Bus(valkey.url)
    yield web
    await web.close()


@pytest.fixture
def hear(valkey):
    """Subscribe to channels; answer a function that returns the next payload."""
    clients = []

    def hear(*channels):
        client = redis.Redis.from_url(valkey.url, decode_responses=True)
        listener = client.pubsub(ignore_subscribe_messages=True)
        clients.extend((listener, client))
        listener.subscribe(*channels)
        for _ in channels:
            listener.get_message(timeout=5)
        return lambda: _payload(listener)

    yield hear
    for client in clients:
        client.close()


def _payload(listener):
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        if message := listener.get_message(timeout=0.1):
            return message["data"]
    return None


def events(*seqs, user_id=5):
    return [bus.of_event(Numbered(user_id, seq, f'{{"seq":{seq}}}')) for seq in seqs]


def ring(client, user_id=5):
    return [(name, fields["f"]) for name, fields in client.xrange(rings.key(user_id))]


async def test_each_kind_of_message_has_its_header(web, hear):
    heard = hear("rt:{p5}:u:5", POST)
    counters, state = bus.of_counters(7, 3, 2, 1), bus.of_state("post:7", "{}", 9)

    await web.publish([*events(4), counters, state, bus.of_ephemeral("post:7", "{}")])

    assert [heard() for _ in range(4)] == ['4 {"seq":4}', "c 3,2,1", "s 9 {}", "e 0 {}"]


def test_the_drain_publishes_in_the_order_given(hear):
    heard = hear("rt:{p5}:u:5", POST)

    assert bus.publish([*events(1), bus.of_counters(7, 1, 1, 0), *events(2)])

    assert [heard() for _ in range(3)] == ['1 {"seq":1}', "c 1,1,0", '2 {"seq":2}']


def test_nobodys_ring_is_made_by_the_drain(client):
    bus.publish(events(1, 2))

    assert client.keys() == []


async def test_an_opened_ring_holds_what_follows(web, client):
    await web.open_rings({5: 7})

    bus.publish(events(8, 9))

    assert ring(client) == [("7-0", ""), ("8-0", '{"seq":8}'), ("9-0", '{"seq":9}')]


async def test_a_ring_lives_a_quarter_of_an_hour_and_is_kept_by_touching(web, client):
    await web.open_rings({5: 7})
    client.pexpire(rings.key(5), 1_000)

    gone = await web.touch_rings([5, 6])

    assert (gone, client.pttl(rings.key(5)) > 890_000) == ({6}, True)


async def test_opening_a_ring_again_takes_nothing_from_it(web, client):
    await web.open_rings({5: 0})
    bus.publish(events(1, 2))

    await web.open_rings({5: 1})

    assert ring(client) == [("0-1", ""), ("1-0", '{"seq":1}'), ("2-0", '{"seq":2}')]


async def test_a_repetition_is_published_and_not_added(web, client, hear, caplog):
    await web.open_rings({5: 0})
    heard = hear("rt:{p5}:u:5")

    assert bus.publish(events(1))
    assert bus.publish(events(1))

    assert (heard(), heard(), len(ring(client)), caplog.messages) == ('1 {"seq":1}', '1 {"seq":1}', 2, [])


async def test_a_ring_keeps_the_last_events(web, client):
    await web.open_rings({5: 0})

    bus.publish(events(*range(1, 601)))

    held = [int(name.partition("-")[0]) for name, _ in ring(client)]
    assert (held, 256 <= len(held) < 360) == (list(range(601 - len(held), 601)), True)


@pytest.mark.parametrize(
    ("after", "missed"),
    [
        pytest.param(0, [1, 2, 3], id="all"),
        pytest.param(2, [3], id="some"),
        pytest.param(3, [], id="none"),
        pytest.param(4, None, id="a ring that ends before it"),
    ],
)
async def test_a_ring_answers_what_follows(web, after, missed):
    await web.open_rings({5: 0})
    bus.publish(events(1, 2, 3))

    read = await web.read_rings({5: after})

    assert read == ({} if missed is None else {5: [(seq, f'{{"seq":{seq}}}') for seq in missed]})


async def test_many_rings_are_read_at_once_and_those_that_are_not_there_are_missing(web):
    await web.open_rings({5: 0, 6: 3})
    bus.publish([*events(1), *events(4, user_id=6)])

    read = await web.read_rings({5: 0, 6: 3, 7: 0})

    assert read == {5: [(1, '{"seq":1}')], 6: [(4, '{"seq":4}')]}


@pytest.mark.parametrize("seqs", [(2, 3), (1, 3)], ids=["its beginning", "one in the middle"])
async def test_a_ring_that_lacks_an_event_answers_nothing(web, seqs):
    await web.open_rings({5: 0})
    bus.publish(events(*seqs))

    assert await web.read_rings({5: 0}) == {}


async def test_a_mark_is_a_position_and_no_event(web):
    """The ring lost its tail (a failover), then another hub opened it where the log stands."""
    await web.open_rings({5: 0})
    bus.publish(events(1))

    await web.open_rings({5: 2})

    assert (await web.read_rings({5: 1}), await web.read_rings({5: 2})) == ({}, {5: []})


async def test_a_full_redis_refuses_rings_and_still_publishes(web, client, hear, caplog):
    await web.open_rings({5: 0})
    heard = hear("rt:{p5}:u:5")
    client.config_set("maxmemory", 1)

    assert bus.publish(events(1))

    assert (heard(), len(caplog.messages)) == ('1 {"seq":1}', 1)
    assert (bus.tally.published, bus.tally.lost, bus.tally.refused) == (1, 0, 1)
    client.config_set("maxmemory", 0)
    bus.publish(events(2))
    assert await web.read_rings({5: 0}) == {}


async def test_a_full_redis_opens_no_ring_and_raises_nothing(web, client):
    client.config_set("maxmemory", 1)

    await web.open_rings({5: 0})

    assert await web.read_rings({5: 0}) == {}


def replay(head, *frames):
    return Replay("replaying", "k", head, list(frames))


async def test_a_ring_is_filled_up_to_the_head(web):
    await web.open_rings({5: 0})

    filled = await web.fill_rings([(5, replay(7, "six", "seven"))])

    assert (filled, await web.read_rings({5: 5})) == ({5}, {5: [(6, "six"), (7, "seven")]})


async def test_a_ring_that_lost_its_tail_is_filled_from_there(web):
    await web.open_rings({5: 0})
    bus.publish(events(1))

    await web.fill_rings([(5, replay(3, "one", "two", "three"))])

    assert await web.read_rings({5: 0}) == {5: [(1, '{"seq":1}'), (2, "two"), (3, "three")]}


async def test_what_a_ring_has_by_then_stays_and_counts_as_filled(web):
    await web.open_rings({5: 0})
    bus.publish(events(4))

    filled = await web.fill_rings([(5, replay(3, "three"))])

    assert (filled, await web.read_rings({5: 3}), await web.read_rings({5: 2})) == ({5}, {5: [(4, '{"seq":4}')]}, {})


async def test_a_ring_that_is_not_there_is_not_filled(web):
    filled = await web.fill_rings([(5, replay(1, "one"))])

    assert (filled, await web.read_rings({5: 0})) == (set(), {})


async def test_a_full_redis_fills_no_ring(web, client):
    await web.open_rings({5: 0})
    client.config_set("maxmemory", 1)

    assert await web.fill_rings([(5, replay(1, "one"))]) == set()


async def test_after_a_flush_there_is_no_ring_until_one_is_opened(web, client):
    await web.open_rings({5: 0})
    client.flushall()

    assert bus.publish(events(1))

    assert (await web.touch_rings([5]), await web.read_rings({5: 0})) == ({5}, {})


async def test_a_paused_redis_costs_one_time_out_a_second(web, valkey):
    valkey.pause()
    try:
        started = time.monotonic()
        answers = [bus.publish(events(1)) for _ in range(500)]
        plain_seconds = time.monotonic() - started
        answers += [await web.publish(events(1)) for _ in range(500)]
        assert await web.read_rings({5: 0}) == {}
        seconds = time.monotonic() - started
    finally:
        valkey.resume()

    assert (any(answers), 1.0 <= plain_seconds < 10.0, seconds < 20.0) == (False, True, True)  # not one for each


def test_what_a_redis_that_is_away_did_not_take_goes_out_when_it_is_back(valkey, hear):
    """Of each channel the last: a hub that gets it sees that it lacks the others."""
    valkey.kill()
    sent = [bus.publish(events(1)), bus.publish([*events(2), bus.of_counters(7, 1, 1, 0)])]
    lost = bus.publish([bus.of_ephemeral("post:8", "{}")])
    valkey.start()
    heard = hear("rt:{p5}:u:5", POST, bus.of_ephemeral("post:8", "").channel)

    back = bus.publish(events(3))

    assert (sent, lost, back) == ([False, False], False, True)
    assert [heard() for _ in range(4)] == ['2 {"seq":2}', "c 1,1,0", '3 {"seq":3}', None]


async def test_a_redis_that_is_away_is_answered_for_at_once(web, valkey):
    valkey.kill()

    started = time.monotonic()
    answers = [await web.publish(events(1)) for _ in range(20)]
    await web.open_rings({5: 0})
    touched = await web.touch_rings([5])

    assert (any(answers), touched, time.monotonic() - started < TIMEOUT_SECONDS) == (False, set(), True)


async def test_an_outage_is_counted_and_fills_no_log(web, valkey, caplog):
    valkey.kill()

    for _ in range(50):
        await web.publish(events(1))

    assert (bus.tally.published, bus.tally.lost, len(caplog.messages)) == (0, 50, 1)


async def test_a_restarted_redis_is_used_with_the_next_call(web, valkey):
    assert await web.publish(events(1))
    assert bus.publish(events(1))
    valkey.kill()
    valkey.start()

    assert await web.publish(events(2))
    assert bus.publish(events(2))


async def test_more_calls_at_once_than_connections_all_succeed(web):
    answers = await asyncio.gather(*(web.publish(events(seq)) for seq in range(1, 101)))

    assert all(answers)
