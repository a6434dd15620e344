"""The bus on a real Valkey Cluster of three: every partition finds its node, through moves, deaths and pauses."""

import asyncio
import time

import pytest
import redis
from limits import parse
from redis.crc import key_slot

from content import feedlists
from events import marks
from project.tally import Limit, Tally
from realtime import bus, rings
from realtime.bus import Bus
from realtime.log import Numbered
from realtime.topics import PARTITIONS, user_channel
from tests.support.ear import eventually

EVERYBODY = range(1, PARTITIONS + 1)  # one person in each partition


@pytest.fixture
async def web(cluster):
    web = Bus(cluster.url)
    yield web
    await web.close()


@pytest.fixture
async def ear(open_ear, cluster):
    ear = await open_ear(cluster.url)
    await ear.listen(*map(user_channel, EVERYBODY))
    await eventually(lambda: ear.changes == ["up"])
    return ear


@pytest.fixture
def feeds(cluster):
    """The lists of feeds, on the cluster."""
    feedlists._ours.__dict__.clear()
    yield feedlists
    feedlists._ours.__dict__.clear()


def tell(seq, people=EVERYBODY):
    """Publish from a thread, as a worker does."""
    return asyncio.to_thread(bus.publish, [bus.of_event(Numbered(person, seq, "{}")) for person in people])


def have_all(ear, *seqs):
    payloads = [f"{seq} {{}}".encode() for seq in seqs]
    return all(ear.heard[user_channel(person)] == payloads for person in EVERYBODY)


async def test_events_reach_people_in_every_partition(ear, web):
    assert await tell(1)
    assert await web.publish(bus.of_event(Numbered(person, 2, "{}")) for person in EVERYBODY)

    await eventually(lambda: have_all(ear, 1, 2))


async def test_each_node_carries_only_what_it_holds(ear, cluster):
    carried = [len(node.client.execute_command("PUBSUB", "SHARDCHANNELS")) for node in cluster.nodes]

    assert (sum(carried), min(carried) > 20) == (PARTITIONS, True)


def test_a_post_is_handed_to_the_feeds_of_every_partition(feeds):
    for person in EVERYBODY:
        feeds.fill(person, "0:0", [])

    feeds.push(7, EVERYBODY)

    assert [feeds.read(person).ids for person in EVERYBODY] == [[0, 7]] * PARTITIONS


async def test_rings_lie_on_all_nodes_and_are_read_at_once(web, cluster):
    await web.open_rings(dict.fromkeys(EVERYBODY, 0))
    await tell(1)

    read = await web.read_rings(dict.fromkeys(EVERYBODY, 0))

    assert read == {person: [(1, "{}")] for person in EVERYBODY}
    assert min(node.client.dbsize() for node in cluster.nodes) > 20


async def test_channels_are_given_up_on_every_node(ear, cluster, monkeypatch):
    monkeypatch.setattr("realtime.subscriber.LINGER_SECONDS", 0.05)

    for person in EVERYBODY:
        ear.subscriber.leave(user_channel(person))

    await eventually(lambda: not any(node.client.execute_command("PUBSUB", "SHARDCHANNELS") for node in cluster.nodes))


async def test_a_partition_that_moves_is_followed_at_once(ear, web, cluster, monkeypatch):
    monkeypatch.setattr("realtime.subscriber.LOOK_SECONDS", 1_000)
    ear.subscriber._due.set()  # the look that waits now would still come after ten seconds
    await asyncio.sleep(0.2)
    await tell(1)
    other = next(node for node in cluster.nodes if node is not cluster.holder(5))

    await asyncio.to_thread(cluster.move, 5, other)
    await eventually(lambda: ear.changes[-1] == "up" and "down" in ear.changes)

    assert await tell(2)
    assert await web.publish([bus.of_event(Numbered(5, 3, "{}"))])
    await eventually(lambda: ear.heard[user_channel(5)] == [b"1 {}", b"2 {}", b"3 {}"])


async def test_a_channel_wanted_after_its_partition_moved_is_found(open_ear, cluster):
    """Nothing was wanted there when it moved, so nobody was told: who asks is."""
    ear = await open_ear(cluster.url)
    other = next(node for node in cluster.nodes if node is not cluster.holder(5))
    await asyncio.to_thread(cluster.move, 5, other)

    await ear.listen(user_channel(5 + PARTITIONS))
    await tell(1, people=[5 + PARTITIONS])

    await eventually(lambda: ear.heard[user_channel(5 + PARTITIONS)] == [b"1 {}"])


async def test_a_primary_that_restarts_is_subscribed_to_again(ear, cluster):
    killed = cluster.holder(5)
    killed.kill()
    await eventually(lambda: ear.changes == ["up", "down"])
    spared = [person for person in EVERYBODY if cluster.holder(person % PARTITIONS) is not killed]

    taken = await tell(1)
    await eventually(lambda: all(ear.heard[user_channel(person)] == [b"1 {}"] for person in spared))
    await asyncio.to_thread(killed.start)
    await asyncio.to_thread(cluster.settle)
    await eventually(lambda: ear.changes == ["up", "down", "up"])

    assert (taken, await tell(2)) == (False, True)
    await eventually(lambda: have_all(ear, 1, 2))  # what the dead one did not take was owed


async def test_a_part_where_nothing_is_wanted_counts_as_well(open_ear, cluster):
    """Somebody of that part may come any moment, and would be told that all is well."""
    ear = await open_ear(cluster.url)
    holder = cluster.holder(5)
    mine = [user_channel(person) for person in EVERYBODY if cluster.holder(person % PARTITIONS) is holder]
    await ear.listen(mine[0])
    dead = next(node for node in cluster.nodes if node is not holder)

    dead.kill()
    await eventually(lambda: ear.changes == ["up", "down"])
    await ear.listen(mine[1])
    while_away = list(ear.changes)
    await asyncio.to_thread(dead.start)

    await eventually(lambda: ear.changes == ["up", "down", "up"])
    assert while_away == ["up", "down"]


async def test_a_replica_takes_the_place_of_a_dead_primary(ear, cluster):
    dead = cluster.holder(5)
    replica = await asyncio.to_thread(cluster.add_replica, dead)

    dead.kill()
    await eventually(lambda: ear.changes[-1] == "down")
    await eventually(lambda: ear.changes[-1] == "up")

    assert (cluster.holder(5) is replica, await tell(1)) == (True, True)
    await eventually(lambda: have_all(ear, 1))


async def test_a_primary_that_steps_down_is_left_for_the_new_one(ear, cluster):
    replica = await asyncio.to_thread(cluster.add_replica, cluster.holder(5))

    replica.ask("FAILOVER")
    await eventually(lambda: ear.changes == ["up", "down", "up"])

    assert (cluster.holder(5) is replica, await tell(1)) == (True, True)
    await eventually(lambda: have_all(ear, 1))


async def test_a_paused_primary_costs_one_time_out_and_holds_up_no_other(ear, web, cluster):
    await tell(1)
    paused = cluster.holder(5)
    spared = [person for person in EVERYBODY if cluster.holder(person % PARTITIONS) is not paused]
    paused.pause()
    try:
        started = time.monotonic()
        for seq in range(2, 12):
            assert not await tell(seq)
        await web.publish([bus.of_event(Numbered(5, 12, "{}"))])
        seconds = time.monotonic() - started
        await eventually(lambda: all(len(ear.heard[user_channel(person)]) == 11 for person in spared))
    finally:
        paused.resume()

    assert seconds < 8.0  # if each waited, it would be 11


async def test_a_flush_takes_the_rings_and_nothing_else(ear, web, cluster):
    await web.open_rings(dict.fromkeys(EVERYBODY, 0))
    for node in cluster.nodes:
        node.client.flushall()

    assert await tell(1)

    await eventually(lambda: have_all(ear, 1))
    assert await web.touch_rings(EVERYBODY) == set(EVERYBODY)


async def test_a_full_node_refuses_rings_and_still_publishes(ear, web, cluster):
    await web.open_rings(dict.fromkeys(EVERYBODY, 0))
    full = cluster.holder(5)
    full.client.config_set("maxmemory", 1)

    assert await tell(1)

    await eventually(lambda: have_all(ear, 1))
    assert [name for name, _ in full.client.xrange(rings.key(5))] == ["0-1"]


async def test_ping_needs_every_part(ear, cluster):
    well = await asyncio.to_thread(bus.ping)
    cluster.nodes[2].kill()

    assert (well, await asyncio.to_thread(bus.ping)) == (True, False)


async def test_with_no_node_there_nothing_is_raised(open_ear, web, cluster):
    for node in cluster.nodes:
        node.kill()
    ear = await open_ear(cluster.url)

    async with asyncio.timeout(2):
        await ear.listen(user_channel(5))
        taken = [await tell(1), await web.publish([bus.of_event(Numbered(5, 1, "{}"))])]
        await web.open_rings({5: 0})

    assert (taken, await web.read_rings({5: 0}), ear.subscriber.up) == ([False, False], {}, False)


async def test_marks_of_the_drain_are_kept_in_the_cluster(cluster):
    await asyncio.to_thread(marks.mark, [5])

    taken = [await asyncio.to_thread(marks.take, 0.01) for _ in range(2)]

    assert taken == [5, None]


async def test_marks_of_the_drain_fail_soon_without_their_node(cluster):
    slot = key_slot(marks.KEY.encode())
    port = next(port for first, last, port in cluster.nodes[0].map() if first <= slot <= last)
    paused = next(node for node in cluster.nodes if node.port == port)
    await asyncio.to_thread(marks.mark, [5])
    paused.pause()
    try:
        started = time.monotonic()
        with pytest.raises(redis.RedisError):
            await asyncio.to_thread(marks.mark, [6])
        seconds = time.monotonic() - started
    finally:
        paused.resume()

    assert seconds < 3.0


async def test_all_limits_of_an_asker_are_counted_in_one_partition(cluster, settings):
    settings.REDIS_URL = cluster.url
    tally = Tally()
    limits = [Limit(parse("3/minute"), (what, "person", "7")) for what in ("PUT like", "api")]

    told = [(await tally.count(limits))["RateLimit"].partition(";t=")[0] for _ in range(2)]
    keys = [key for node in cluster.nodes for key in await asyncio.to_thread(node.client.keys, "LIMITS:*")]
    await tally.close()

    assert (told, len(keys), len({key_slot(key.encode()) for key in keys})) == (['"person";r=2', '"person";r=1'], 2, 1)


async def test_a_paused_node_keeps_nobody_from_asking(cluster, settings):
    settings.REDIS_URL = cluster.url
    tally = Tally()
    for node in cluster.nodes:
        node.pause()
    try:
        started = time.monotonic()
        told = [await tally.count([Limit(parse("1/hour"), ("api", "person", str(who)))] * 2) for who in range(50)]
        seconds = time.monotonic() - started
    finally:
        for node in cluster.nodes:
            node.resume()
        await tally.close()

    assert (told, seconds < 12.0) == ([{}] * 50, True)  # if each waited, it would be 25
