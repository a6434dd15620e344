"""Long polling: the same log, waited for. On the real server."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import redis
from django.conf import settings
from django.db import transaction

from accounts import actions
from accounts.models import Token
from project.api import api as rest
from realtime import bus, log, topics
from realtime.log import Told
from tests.support.build import make_user, make_users
from tests.support.wait import until

LONG_SECONDS = 20
SOON_SECONDS = 5


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def polls():
    """Polls beside the test, in threads of their own."""
    with ThreadPoolExecutor(20) as threads:
        yield threads


def tell(user, count=1):
    with transaction.atomic():
        numbered = log.append([Told(user.id, "test", {}) for _ in range(count)])
    bus.publish([bus.of_event(one) for one in numbered])
    return numbered


def ask(client, **query):
    return client.get("/events", params=query, timeout=LONG_SECONDS + 10)


def wait_for(client, seq=0):
    return ask(client, after=f"{log.epoch()}.{seq}", wait=LONG_SECONDS)


def someone_waits(user):
    """Whether the web process listens for a person."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        [(_, count)] = client.pubsub_numsub(topics.user_channel(user.id))
    return count > 0


def test_without_a_cursor_it_tells_where_to_begin(api, ana):
    tell(ana, 2)

    assert ask(api(ana), wait=LONG_SECONDS).json() == {"items": [], "head": 2, "epoch": log.epoch(), "resync": False}


def test_events_behind_the_cursor_come_at_once(api, ana):
    tell(ana, 3)

    answer = wait_for(api(ana), 1).json()

    assert ([item["seq"] for item in answer["items"]], answer["head"], answer["resync"]) == ([2, 3], 3, False)


def test_an_item_is_the_frame_of_the_log(api, ana):
    [numbered] = tell(ana)

    assert f'"items":[{numbered.frame}]' in wait_for(api(ana)).text


def test_an_event_ends_the_wait(api, ana, polls):
    started = time.monotonic()
    poll = polls.submit(wait_for, api(ana))
    until(lambda: someone_waits(ana))

    tell(ana)

    assert [item["seq"] for item in poll.result().json()["items"]] == [1]
    assert time.monotonic() - started < SOON_SECONDS


def test_the_wait_has_an_end(api, ana):
    started = time.monotonic()

    answer = ask(api(ana), after=f"{log.epoch()}.0", wait=1)

    assert answer.json()["items"] == []
    assert time.monotonic() - started >= 1


def test_without_a_wait_there_is_none(api, ana):
    assert ask(api(ana), after=f"{log.epoch()}.0").json()["items"] == []


@pytest.mark.parametrize("after", ["other.0", "{epoch}.7"])
def test_a_cursor_of_nowhere_is_told_to_begin_anew(api, ana, after):
    tell(ana)

    answer = ask(api(ana), after=after.format(epoch=log.epoch()), wait=LONG_SECONDS).json()

    assert answer == {"items": [], "head": 1, "epoch": log.epoch(), "resync": True}


@pytest.mark.parametrize("wait", ["26", "-1", "1.5", "soon", "²"])
def test_a_wait_that_cannot_be_is_named_with_its_limit(api, ana, wait):
    problem = ask(api(ana), wait=wait).json()

    assert (problem["status"], problem["errors"]) == (
        422, [{"field": "wait", "detail": "A whole number of seconds, from 0 to 25."}],
    )  # fmt: skip


def test_a_cursor_that_cannot_be_is_named(api, ana):
    answer = ask(api(ana), after="7")

    assert (answer.headers["Content-Type"], answer.json()["errors"][0]["field"]) == (
        "application/problem+json", "after",
    )  # fmt: skip


def test_an_answer_is_kept_by_nobody(api, ana):
    assert ask(api(ana)).headers["Cache-Control"] == "no-store"


def test_nobody_is_told_to_sign_in(api, stack):
    assert ask(api()).json()["status"] == 401


def test_a_wrong_token_is_refused(stack):
    answer = httpx.get(f"{stack.url}/api/v1/events", headers={"Authorization": "Bearer pho_wrong"})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_nothing_but_get_is_answered(api, ana):
    assert api(ana).post("/events").status_code == 405


def test_of_six_polls_four_may_wait(api, ana, polls):
    client = api(ana)
    waiting = [polls.submit(wait_for, client) for _ in range(6)]
    until(lambda: sum(poll.done() for poll in waiting) == 2)

    tell(ana)

    answers = [poll.result() for poll in waiting]
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 2
    assert {answer.headers.get("Retry-After") for answer in answers} == {None, "5"}


def test_a_token_that_is_revoked_ends_the_wait(api, ana, polls):
    poll = polls.submit(wait_for, api(ana))
    until(lambda: someone_waits(ana))

    actions.revoke_token(user_id=ana.id, token_id=Token.objects.get().id)

    assert poll.result(timeout=SOON_SECONDS).status_code == 401


def test_a_token_that_was_revoked_proves_nobody_to_the_next_poll(api, ana):
    client = api(ana)
    before = ask(client).status_code

    actions.revoke_token(user_id=ana.id, token_id=Token.objects.get().id)

    until(lambda: ask(client).status_code == 401, seconds=2)
    assert before == 200


def test_whom_a_poll_has_recognized_is_found_out_though_nobody_was_told(api, ana):
    client = api(ana)
    before = ask(client).status_code

    Token.objects.all()._raw_delete("default")

    until(lambda: ask(client).status_code == 401, seconds=2)
    assert before == 200


def test_a_stopped_server_answers_its_polls(api, stack, ana, polls):
    poll = polls.submit(wait_for, api(ana))
    until(lambda: someone_waits(ana))

    os.kill(stack.web.pid, signal.SIGTERM)

    assert (poll.result().status_code, poll.result().json()["items"]) == (200, [])
    stack.web.stop()


def test_waiting_holds_no_thread(api, stack, polls):
    people = make_users(*(f"person{n}" for n in range(12)))
    clients = [api(person) for person in people]
    list(polls.map(ask, clients))  # the threads of the crossing are there
    before = threads_of(stack.web.pid)

    waiting = [polls.submit(wait_for, client) for client in clients]
    until(lambda: all(map(someone_waits, people)))
    during = threads_of(stack.web.pid)

    for person in people:
        tell(person)
    assert {poll.result().status_code for poll in waiting} == {200}
    assert during - before < len(people)  # the crossing may have had fewer than its eight


def threads_of(pid):
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_it_is_described_among_the_others():
    described = rest.get_openapi_schema()["paths"]["/api/v1/events"]["get"]

    assert [parameter["name"] for parameter in described["parameters"]] == ["after", "wait"]
    assert set(described["responses"]) == {"200", "4XX", "5XX"}
