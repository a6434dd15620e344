"""Many callers, one call."""

import asyncio

import pytest

from realtime import batch
from realtime.batch import Batch


class Function:
    """Answers squares, and keeps what it was asked, call by call."""

    def __init__(self):
        self.calls = []
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, keys):
        self.calls.append(keys)
        await self.go.wait()
        return {key: key * key for key in keys}


async def test_callers_of_one_turn_share_a_call():
    function = Function()
    squares = Batch(function)

    answers = await asyncio.gather(*(squares.load([number]) for number in range(100)))

    assert [answer[number] for number, answer in enumerate(answers)] == [number * number for number in range(100)]
    assert function.calls == [list(range(100))]


async def test_who_comes_during_a_call_shares_the_next():
    function = Function()
    function.go.clear()
    squares = Batch(function)
    first = asyncio.ensure_future(squares.load([1]))
    await asyncio.sleep(0.01)
    later = [asyncio.ensure_future(squares.load([number])) for number in (2, 3, 2)]
    await asyncio.sleep(0.01)

    function.go.set()
    await asyncio.gather(first, *later)

    assert function.calls == [[1], [2, 3]]


async def test_in_a_storm_callers_gather_while_they_keep_coming(monkeypatch):
    monkeypatch.setattr(batch, "QUIET_SECONDS", 0.3)
    monkeypatch.setattr(batch, "LINGER_SECONDS_A_KEY", 60.0)
    monkeypatch.setattr(batch, "MOST_LINGER_SECONDS", 60.0)
    function = Function()
    squares = Batch(function)
    many = batch.CALM + 1
    await asyncio.gather(*(squares.load([number]) for number in range(many)))

    late = []
    for number in range(many, many + 5):
        late.append(asyncio.ensure_future(squares.load([number])))
        await asyncio.sleep(0.001)
    await asyncio.gather(*late)

    assert function.calls == [list(range(many)), list(range(many, many + 5))]


async def test_a_storm_does_not_wait_longer_than_it_may(monkeypatch):
    monkeypatch.setattr(batch, "QUIET_SECONDS", 0.001)
    monkeypatch.setattr(batch, "MOST_LINGER_SECONDS", 0.0)
    function = Function()
    squares = Batch(function)
    many = batch.CALM + 1
    await asyncio.gather(*(squares.load([number]) for number in range(many)))

    await squares.load([many])
    await squares.load([many + 1])

    assert function.calls == [list(range(many)), [many], [many + 1]]


async def test_in_calm_nobody_waits(monkeypatch):
    monkeypatch.setattr(batch, "QUIET_SECONDS", 60.0)
    function = Function()
    squares = Batch(function)
    await asyncio.gather(*(squares.load([number]) for number in range(batch.CALM)))

    async with asyncio.timeout(30):
        await squares.load([batch.CALM])

    assert function.calls == [list(range(batch.CALM)), [batch.CALM]]


async def test_without_gathering_nobody_waits_in_a_storm_either(monkeypatch):
    monkeypatch.setattr(batch, "QUIET_SECONDS", 60.0)
    function = Function()
    squares = Batch(function, gathers=False)
    many = batch.CALM + 1
    await asyncio.gather(*(squares.load([number]) for number in range(many)))

    async with asyncio.timeout(30):
        await squares.load([many])

    assert function.calls == [list(range(many)), [many]]


async def test_a_call_has_at_most_so_many_keys():
    function = Function()
    squares = Batch(function)

    await asyncio.gather(*(squares.load([number]) for number in range(batch.MOST + 1)))

    assert [len(keys) for keys in function.calls] == [batch.MOST, 1]


async def test_what_the_function_raises_reaches_everybody_of_that_call_and_nobody_else():
    async def fail_once(keys):
        if 1 in keys:
            raise OSError("away")
        return {key: key for key in keys}

    numbers = Batch(fail_once)
    failed = await asyncio.gather(numbers.load([1]), numbers.load([2]), return_exceptions=True)

    assert [type(error) for error in failed] == [OSError, OSError]
    assert await numbers.load([2]) == {2: 2}


async def test_a_caller_that_goes_away_takes_nobody_along():
    function = Function()
    function.go.clear()
    squares = Batch(function)
    gone, stays = (asyncio.ensure_future(squares.load([number])) for number in (1, 2))
    await asyncio.sleep(0.01)

    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    function.go.set()

    assert (await stays)[2] == 4
