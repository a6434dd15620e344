"""The timer wheel: never early, late by a second at most, each thing once."""

import time

import pytest

from realtime.wheel import Wheel


@pytest.fixture
def due():
    return []


@pytest.fixture
def wheel(due):
    return Wheel(due.append)


def test_a_thing_is_called_within_the_second_after_its_time(wheel, due):
    now = time.monotonic()
    wheel.after(5, "a")

    wheel.turn(now + 4.99)
    assert due == []

    wheel.turn(now + 6.1)
    assert due == ["a"]


def test_a_thing_is_called_once(wheel, due):
    now = time.monotonic()
    wheel.after(1, "a")

    wheel.turn(now + 3)
    wheel.turn(now + 60)

    assert due == ["a"]


def test_a_wheel_that_was_held_up_turns_through_all_it_missed(wheel, due):
    now = time.monotonic()
    for seconds in (30, 1, 10):
        wheel.after(seconds, seconds)

    wheel.turn(now + 40)

    assert due == [1, 10, 30]


def test_what_is_due_may_be_put_back(due):
    now = time.monotonic()
    again = Wheel(lambda thing: (due.append(thing), again.after(5, thing)))
    again.after(1, "a")

    again.turn(now + 3)

    assert due == ["a"]
