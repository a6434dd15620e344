"""The one crossing into threads."""

import asyncio
import contextvars
import itertools
import threading

import pytest
from django.db import connection
from django.utils import translation

from core import crossing
from core.problems import Busy
from tests.support.wait import until


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


# --- Reads that are shared ------------------------------------------------------------------------------------------
@pytest.fixture
def asked(monkeypatch):
    """Runs reads behind a call that has the one thread; answers what each came to, and how often `number` ran."""
    executor = crossing._Executor(1)
    monkeypatch.setattr(crossing, "_executor", lambda: executor)
    runs = []

    def number(wanted):
        runs.append(wanted)
        if wanted == "bad":
            raise LookupError(wanted)
        return len(runs)

    async def read(wanted, language):
        with translation.override(language):
            return await crossing.read(number, wanted)

    async def ask(*wanted, leaving=None, languages=None):
        all_wait = threading.Event()
        first = asyncio.create_task(crossing.call(all_wait.wait))
        await asyncio.sleep(0)  # it has the thread
        each = zip(wanted, languages or itertools.repeat("en"), strict=False)
        reads = [asyncio.create_task(read(one, language)) for one, language in each]
        await asyncio.sleep(0)  # all wait
        if leaving is not None:
            reads[leaving].cancel()
        all_wait.set()
        await first
        return await asyncio.gather(*reads, return_exceptions=True), runs

    return ask


async def test_who_reads_the_same_while_it_waits_has_the_same_answer(asked):
    assert await asked("a", "a", "b", "a") == ([1, 1, 2, 1], ["a", "b"])


async def test_a_read_that_has_begun_is_joined_by_nobody(asked):
    await asked("a")

    assert await asked("a") == ([2], ["a", "a"])


async def test_who_leaves_takes_nobody_along(asked):
    answers, runs = await asked("a", "a", leaving=0)

    assert (isinstance(answers[0], asyncio.CancelledError), answers[1], runs) == (True, 1, ["a"])


async def test_what_nobody_waits_for_is_not_read(asked):
    answers, runs = await asked("a", "b", leaving=0)

    assert (answers[1], runs) == (1, ["b"])


async def test_what_a_read_raises_is_told_to_all(asked):
    answers, runs = await asked("bad", "bad")

    assert ([str(answer) for answer in answers], runs) == (["bad", "bad"], ["bad"])


async def test_readers_of_two_languages_read_apart(asked):
    assert (await asked("a", "a", "a", languages=["de", "ar", "de"]))[0] == [1, 2, 1]


# --- Connections ----------------------------------------------------------------------------------------------------
def process():
    """Which server process this thread's connection speaks to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.fixture
def one_thread(monkeypatch, own_connections):
    """An executor of one thread."""
    executor = crossing._Executor(1)
    monkeypatch.setattr(crossing, "_executor", lambda: executor)
    return executor


def gather(*functions):
    """Have all wait for the one thread, and then run; answer what each came to."""
    all_wait = threading.Event()

    async def all_of_them():
        calls = [asyncio.create_task(crossing.call(function)) for function in (all_wait.wait, *functions)]
        await asyncio.sleep(0)  # each is in the queue, behind the first
        all_wait.set()
        return (await asyncio.gather(*calls, return_exceptions=True))[1:]

    return asyncio.run(all_of_them())


def fail():
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM nowhere")


def leave_a_transaction_open():
    connection.set_autocommit(False)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE left_open (n int)")


def is_left_open():
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.left_open')")
        return cursor.fetchone()[0] is not None or not connection.get_autocommit()


def all_are_back():
    stats = connection.pool.get_stats()
    return stats["pool_available"] == stats["pool_size"] > 0


def taken():
    return connection.pool.get_stats().get("requests_num", 0)


@pytest.mark.django_db(transaction=True)
def test_calls_that_wait_for_each_other_share_a_connection(one_thread):
    process()
    connection.close()
    before = taken()

    processes = gather(*[process] * 20)

    assert (len(set(processes)), taken() - before) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_rests_holds_no_connection(one_thread):
    connection.close()  # of this thread, which the fixtures have opened

    gather(*[process] * 20)

    until(all_are_back)  # the pool takes them back in a thread of its own


@pytest.mark.django_db(transaction=True)
def test_a_call_never_meets_what_another_has_left_open(one_thread):
    assert gather(process, leave_a_transaction_open, is_left_open)[2] is False


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_met_an_error_is_given_back(one_thread):
    process()
    connection.close()
    before = taken()

    gather(process, fail, process)

    assert taken() - before == 2


@pytest.mark.django_db(transaction=True)
def test_calls_go_on_after_postgresql_has_cut_their_connection(one_thread):
    def cut():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    *_, last = gather(process, cut, process)

    assert isinstance(last, int)


def test_a_call_that_is_cancelled_before_its_turn_never_runs(one_thread):
    going_on, finished, ran = threading.Event(), threading.Event(), []

    async def main():
        first = asyncio.create_task(crossing.call(lambda: (going_on.set(), finished.wait(5))))
        await asyncio.to_thread(going_on.wait)
        second = asyncio.create_task(crossing.call(ran.append, "second"))
        await asyncio.sleep(0)
        second.cancel()
        finished.set()
        await first
        await crossing.call(ran.append, "third")

    asyncio.run(main())

    assert (ran, one_thread.held) == (["third"], 0)
