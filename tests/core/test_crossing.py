"""The one crossing into threads."""

import asyncio
import contextvars
import threading

import pytest
from django.db import connection
from django.utils import translation

from core import crossing
from core.problems import Busy


async def test_call_runs_in_a_domain_thread():
    name = await crossing.call(lambda: threading.current_thread().name)

    assert name.startswith("domain")


async def test_call_hands_back_what_was_raised():
    def refuse():
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        await crossing.call(refuse)


async def test_call_carries_context():
    variable = contextvars.ContextVar("variable", default="outside")
    variable.set("inside")

    assert await crossing.call(variable.get) == "inside"


async def test_call_speaks_the_caller_s_language():
    with translation.override("ar"):
        spoken = await crossing.call(translation.get_language)

    assert (spoken, await crossing.call(translation.get_language)) == ("ar", "en")


async def test_call_refuses_when_all_is_taken(monkeypatch):
    monkeypatch.setattr(crossing._executor(), "capacity", 1)
    going_on, finished = threading.Event(), threading.Event()

    def wait():
        going_on.set()
        finished.wait(5)

    first = asyncio.create_task(crossing.call(wait))
    await asyncio.to_thread(going_on.wait)
    with pytest.raises(Busy) as refusal:
        await crossing.call(int)
    finished.set()
    await first

    assert refusal.value.retry_after_seconds == 1


async def test_call_has_room_again_afterwards():
    for _ in range(3):
        await crossing.call(int)
    await asyncio.sleep(0)

    assert crossing._executor().held == 0


async def test_a_cancelled_call_runs_to_its_end():
    going_on, finished, ended = threading.Event(), threading.Event(), threading.Event()

    def work():
        going_on.set()
        finished.wait(5)
        ended.set()

    task = asyncio.create_task(crossing.call(work))
    await asyncio.to_thread(going_on.wait)
    task.cancel()
    finished.set()

    assert await asyncio.to_thread(ended.wait, 5)


@pytest.mark.django_db(transaction=True)
def test_call_gives_the_connection_back():
    def look():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    async def many():
        for _ in range(30):  # more than the pool has connections
            await crossing.call(look)

    asyncio.run(many())

    assert connection.pool.get_stats().get("requests_errors", 0) == 0
