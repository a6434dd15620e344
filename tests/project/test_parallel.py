"""Fifty requests at once, on the real server and worker: one row for each deed, and the right count."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.models import Follow, FollowRequest, User
from content.models import Like, Post
from events.models import OutboxRow
from notifications.models import Entry
from tests.support.build import make_post, make_request, make_user, make_users
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
