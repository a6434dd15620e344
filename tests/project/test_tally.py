"""The counting of requests: as `limits` counts, in one round trip, also on a Cluster."""

import random
import time
from functools import partial

import pytest
import redis
from django.conf import settings
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from core.problems import TooMany
from project.tally import Limit, Tally, stand_of

BROAD, NARROW = parse("100/minute"), parse("3/minute")
STEP_MS = 24_000  # a fifth of two minutes


@pytest.fixture
def name():
    """Nobody whom another test has counted."""
    return str(random.randrange(10**12))


@pytest.fixture
async def tally():
    tally = Tally()
    yield tally
    await tally.close()


@pytest.fixture
def library():
    return SlidingWindowCounterRateLimiter(storage_from_string(settings.REDIS_URL))


@pytest.fixture
def commands():
    """How many commands Redis has been sent, of those that count."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield lambda: sum(
            client.info("commandstats").get(f"cmdstat_{word}", {}).get("calls", 0) for word in ("eval", "evalsha")
        )


def limits_of(name):
    return [Limit(NARROW, ("PUT like", "person", name)), Limit(BROAD, ("api", "person", name))]


def keys_of(limit):
    key = f"LIMITS:{{{limit.item.key_for(*limit.key)}}}"
    return key, f"{key}/-1"


def shift(client, limit, milliseconds):
    """Let so much of a limit's time go by."""
    for key in keys_of(limit):
        left = client.pttl(key)
        if left > 0:
            client.pexpire(key, left - milliseconds)


def step(client, limit, steps):
    """Let so many steps go by, and make it a little more than whole ones since the limit was first counted for.

    Of 20 in five steps none comes to count, or no more to count, in the second after that: two limits need not be
    counted for in the same millisecond to stand alike.
    """
    for key in keys_of(limit):
        left = client.pttl(key)
        if left > 0:
            client.pexpire(key, (round(left / STEP_MS) - steps) * STEP_MS - 10)


async def refused_of(count):
    try:
        await count()
    except TooMany:
        return True
    return False


async def test_a_request_counts_for_all_of_its_limits(tally, name, library):
    limits = limits_of(name)

    await tally.count(limits)

    assert [library.get_window_stats(limit.item, *limit.key).remaining for limit in limits] == [2, 99]


async def test_what_the_narrow_limit_refuses_counts_for_none_after_it(tally, name, library):
    limits = limits_of(name)

    refused = [await refused_of(partial(tally.count, limits)) for _ in range(5)]

    assert refused == [False, False, False, True, True]
    assert library.get_window_stats(BROAD, *limits[1].key).remaining == 97


async def test_what_the_broad_limit_refuses_has_counted_for_the_narrow_one(tally, name, library):
    narrow, broad = Limit(BROAD, ("PUT like", "person", name)), Limit(NARROW, ("api", "person", name))

    refused = [await refused_of(partial(tally.count, [narrow, broad])) for _ in range(4)]

    assert (refused[-1], library.get_window_stats(BROAD, *narrow.key).remaining) == (True, 96)


async def test_it_is_counted_as_the_library_counts(tally, name, library):
    """Two counters, one of each, through the same half hour."""
    item, dice = parse("20/2minutes"), random.Random(7)
    ours, theirs = (Limit(item, ("api", "person", f"{name}{who}")) for who in ("a", "b"))
    told = []

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for _ in range(300):
            steps = dice.random() < 0.3
            for limit in (ours, theirs):
                step(client, limit, steps)
            refused = await refused_of(partial(tally.count, [ours]))
            told.append((refused, not library.hit(item, *theirs.key)))

    assert [one for one, _ in told] == [other for _, other in told]
    assert {one for one, _ in told} == {True, False}


async def test_where_an_asker_stands_is_told_as_the_library_tells_it(tally, name, library):
    limit = Limit(parse("20/2minutes"), ("api", "person", name))
    told = []

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for pause in (0, 5_000, 110_000, 20_000, 40_000, 30_000):
            shift(client, limit, pause)
            headers = await tally.count([limit])
            stats = library.get_window_stats(limit.item, *limit.key)
            near = abs(int(headers["RateLimit"].partition("t=")[2]) - (stats.reset_time - time.time())) < 1.5
            told.append((headers["RateLimit"].partition(";t=")[0] == f'"person";r={stats.remaining}', near))

    assert told == [(True, True)] * 6


async def test_a_request_costs_one_command(tally, name, commands):
    await tally.count(limits_of(name))
    before = commands()

    await tally.count(limits_of(name))

    assert commands() - before == 1


async def test_a_redis_that_started_anew_is_given_the_script_again(tally, name, library):
    limits = limits_of(name)
    await tally.count(limits)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.script_flush()

    await tally.count(limits)

    assert library.get_window_stats(NARROW, *limits[0].key).remaining == 1


def test_a_limit_that_nobody_counted_for_stands_at_its_beginning():
    stand = stand_of(NARROW, 0, 0, 0, 0)

    assert (stand.remaining, stand.reset_seconds) == (3, 0)
