"""What becomes of tasks is counted where they run, summed, and told to operators and to monitoring."""

import contextlib
import re
from collections import Counter

import pytest
from celery import current_app
from django.conf import settings

from content import feedlists
from ops import snapshot, tallies
from ops.readings import Course
from ops.tallies import FAILED, TOTALS, Tally, Totals
from project import tasks
from realtime import bus
from realtime.links import Link
from tests.support.build import make_follow, make_users
from tests.support.stack import Stack
from tests.support.wait import until
from tests.support.web import Web

AWAY = "redis://127.0.0.1:1/0"  # nothing listens there


@pytest.fixture
def nothing_counted():
    if Stack._working:
        Stack._working.stop()  # whose workers count, too
    tallies.tally().send()  # what tests have run in this process
    Link(settings.REDIS_URL).execute([("DEL", TOTALS), ("DEL", f"{FAILED}{tallies._minute()}")])


@pytest.fixture
def away(settings):
    """Take Redis away from this process; what is returned brings it back."""
    url = settings.REDIS_URL

    def turn(to):
        settings.REDIS_URL = to
        bus.forget()
        feedlists._ours.__dict__.clear()
        feedlists._pause["until"] = 0.0

    turn(AWAY)
    yield lambda: turn(url)
    turn(url)


def counted():
    """What is counted, without what never was."""
    return {outcome: found for outcome, tasks in tallies.read().counts.items() if (found := dict(+Counter(tasks)))}


# --- On real workers --------------------------------------------------------------------------------------------------
@pytest.fixture
def workers(transactional_db, nothing_counted):
    stack = Stack(web=0, prefix="tally-").start(afresh=True)
    yield stack
    stack.close()


def send(task, queue, **kwargs):
    current_app.send_task(task, kwargs=kwargs, queue=queue, ignore_result=True)


@pytest.mark.usefixtures("workers")
def test_tasks_are_counted_by_what_became_of_them_in_children_too():
    send("accounts.end_mutes", "bulk")  # the worker of bulk forks
    send("content.render_media", "media")  # without the argument that it needs
    send("events.sweep", "live")
    send("events.drain", "live")
    send("no.such_task", "live")

    wanted = {
        "succeeded": {"accounts.end_mutes": 1, "events.sweep": 1},
        "failed": {"content.render_media": 1, "events.drain": 1, "unknown": 1},
    }
    with contextlib.suppress(AssertionError):  # what came about says more
        until(lambda: counted() == wanted)
    assert counted() == wanted
    assert tallies.read().failed_lately == 3


@pytest.mark.usefixtures("workers")
def test_a_worker_that_begins_tells_of_each_task_before_any_fails():
    until(lambda: tallies.read().counts["failed"].get("project.purge_accounts") == 0)

    assert 'photophore_tasks_total{outcome="failed",task="project.purge_accounts"} 0.0' in scraped()


def scraped():
    return Web().get("/metrics").content.decode().splitlines()


def test_a_worker_that_ends_sends_what_it_has_counted(workers):
    send("accounts.end_mutes", "bulk")
    until(lambda: re.search("accounts.end_mutes.* succeeded in", workers.media.output()))

    workers.media.stop()

    assert counted() == {"succeeded": {"accounts.end_mutes": 1}}


# --- In one process ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nothing_counted")
def test_a_task_that_comes_again_is_counted_each_time_and_fails_once(away):
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)

    tasks.announce.apply(kwargs={"author_id": ana.id, "post_id": 1, "gone": False, "ver": 1})
    away()
    tallies.tally().send()

    assert counted() == {"retried": {"feeds.announce": 6}, "failed": {"feeds.announce": 1}}


@pytest.mark.usefixtures("nothing_counted")
def test_what_is_counted_while_redis_is_away_is_sent_once_it_is_back(away):
    tally = Tally()
    for _ in range(3):
        tally.count("content.render_media", "failed")
        tally.send()
    while_away = tallies.read()
    away()
    tally.send()
    tally.send()

    assert (while_away, counted()) == (None, {"failed": {"content.render_media": 3}})


def test_failures_are_forgotten_after_an_hour(nothing_counted):
    tally = Tally()
    tally.count("content.render_media", "failed")
    tally.send()

    left = Link(settings.REDIS_URL).execute([("TTL", f"{FAILED}{tallies._minute()}")])

    assert left == [3_660]


# --- What is made of it -----------------------------------------------------------------------------------------------
def totals(at, failed_lately=0, **counts):
    return Totals(at, {"succeeded": {}, "retried": {}, "failed": {}} | counts, failed_lately)


def shown(*readings):
    course = Course()
    for one in readings:
        course.take([], one)
    return snapshot.made([], course, {})


def test_the_console_has_what_becomes_of_tasks_a_second_and_which_failed():
    then = totals(10.0, succeeded={"events.sweep": 5}, failed={"content.render_media": 0})
    now = totals(12.0, 1, succeeded={"events.sweep": 9}, failed={"content.render_media": 1})

    seen = shown(then, now)

    assert {name: value for name, value in seen.numbers.items() if name.startswith("tasks")} == {
        "tasks_succeeded": 2.0, "tasks_retried": 0.0, "tasks_failed": 0.5, "tasks_failed_lately": 1,
    }  # fmt: skip
    assert (seen.parts["tasks_failed"], seen.parts["tasks_succeeded"]) == (
        [("content.render_media", 1)],
        [("events.sweep", 9)],
    )


def test_a_redis_that_was_emptied_makes_no_rate_below_nothing():
    assert shown(totals(10.0, succeeded={"events.sweep": 5}), totals(11.0)).numbers["tasks_succeeded"] == 0


def test_no_number_is_told_of_tasks_while_redis_is_away():
    seen = shown(totals(10.0), totals(11.0), None)

    assert [name for name in seen.numbers if name.startswith("tasks")] == []
