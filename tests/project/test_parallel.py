"""Fifty requests at once, on the real server and worker: one row for each deed, and the right count."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from accounts.models import Follow, FollowRequest, Session, User
from content.models import Like, Post
from events.models import OutboxRow
from notifications.models import Entry
from ops.actions import claim_case, report
from ops.models import Act, Case
from tests.support.build import make_post, make_request, make_user, make_users, prove_second_factor
from tests.support.wait import until

AT_ONCE = 50


@pytest.fixture
def ana(stack):
    return make_user("ana")


def at_once(*requests):
    """Send requests from threads of their own; answer the statuses that there were."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        statuses = {answer.status_code for answer in threads.map(lambda request: request(), requests)}
    until(lambda: not OutboxRow.objects.exists())
    return statuses


def test_fifty_likes_of_one_person_are_one(api, ana):
    post, ben = make_post(ana), api(make_user("ben"))

    assert at_once(*[lambda: ben.put(f"/posts/{post.id}/like")] * AT_ONCE) == {200}

    post.refresh_from_db()
    assert (Like.objects.count(), post.like_count, Entry.objects.count()) == (1, 1, 1)


def test_likes_and_unlikes_at_once_end_as_the_row_says(api, ana):
    post, ben = make_post(ana), api(make_user("ben"))

    at_once(*[lambda: ben.put(f"/posts/{post.id}/like"), lambda: ben.delete(f"/posts/{post.id}/like")] * 25)

    left = Like.objects.count()
    assert (Post.objects.get().like_count, Entry.objects.count()) == (left, left)


def test_fifty_people_follow_at_once(api, ana):
    fans = [api(user) for user in make_users(*(f"fan{number}" for number in range(AT_ONCE)))]

    assert at_once(*[lambda fan=fan: fan.put("/users/ana/follow") for fan in fans]) == {200}

    assert (Follow.objects.count(), User.objects.get(username="ana").follower_count) == (AT_ONCE, AT_ONCE)


def test_fifty_follows_of_one_person_are_one(api, ana):
    ben = api(make_user("ben"))

    assert at_once(*[lambda: ben.put("/users/ana/follow")] * AT_ONCE) == {200}

    assert (Follow.objects.count(), User.objects.get(username="ana").follower_count) == (1, 1)


def test_fifty_approvals_are_one_follow(api, stack):
    petra, ben = make_user("petra", is_private=True), make_user("ben")
    make_request(ben, petra)
    client = api(petra)

    assert at_once(*[lambda: client.put("/me/follow-requests/ben")] * AT_ONCE) == {200}

    followers = User.objects.get(username="petra").follower_count
    assert (Follow.objects.count(), FollowRequest.objects.count(), followers) == (1, 0, 1)


@pytest.fixture
def moderators(stack, ana, signed_in):
    """Clients of as many moderators as ask at once; ana's account is reported."""
    report(kind="user", object_id=ana.id, reporter_id=make_user("ben").id, reason="spam")
    clients = []
    for number in range(AT_ONCE):
        user = make_user(f"mod{number}", is_staff=True)
        key = signed_in(user).partition("=")[2]
        prove_second_factor(Session.objects.get(user=user))
        clients.append(httpx.Client(base_url=f"{stack.url}/api/v1", headers={"X-Session-Token": key}, timeout=30))
        clients[-1].get("/me").raise_for_status()  # connected: what they ask next comes at once
    yield clients
    for client in clients:
        client.close()


def test_fifty_claims_at_once_have_one_claimer_whom_the_others_are_told(moderators):
    case = Case.objects.get()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        asked = threads.map(lambda client: client.put(f"/ops/moderation/cases/{case.id}/claim"), moderators)
        answers = [(answer.status_code, answer.json()) for answer in asked]

    (winner,) = [body["claimed_by"]["username"] for status, body in answers if status == 200]
    told = [body["detail"] for status, body in answers if status == 409]
    assert told == [f"{winner} has claimed this."] * (AT_ONCE - 1)
    assert Act.objects.count() == 1


def test_decisions_at_once_are_one(moderators):
    case, claimer = Case.objects.get(), User.objects.get(username="mod0")
    claim_case(case_id=case.id, actor_id=claimer.id)
    ways = [{"outcome": "dismiss"}, {"outcome": "suspend", "why": "Spam."}] * 25

    with ThreadPoolExecutor(AT_ONCE) as threads:
        at = f"/ops/moderation/cases/{case.id}/outcome"
        asked = threads.map(lambda body: moderators[0].put(at, json=body), ways)
        statuses = sorted(answer.status_code for answer in asked)

    case.refresh_from_db()
    assert statuses == [200] + [409] * (AT_ONCE - 1)
    assert User.objects.get(username="ana").is_active is (case.outcome == "dismiss")
    assert Act.objects.exclude(what="claim").count() == 1
