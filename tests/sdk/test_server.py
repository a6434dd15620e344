"""The client under Node against the real server: proofs, resume, deaths, and the ways around a websocket."""

import json

import pytest

from accounts import actions
from content.actions import likes
from realtime import log
from realtime.models import Head
from tests.sdk.node import HERE, Follower
from tests.support.build import make_post, make_user, make_users
from tests.support.wait import until


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def post(ana):
    return make_post(ana)


@pytest.fixture
def follow(stack):
    """Go live as a person, by a bearer token."""
    running = []

    def follow(user=None, *, without=(), **options):
        token = {"TOKEN": actions.make_token(user_id=user.id, name="test")} if user else {}
        env = {"URL": stack.url, "OPTIONS": json.dumps(options), "WITHOUT": ",".join(without)} | token
        running.append(Follower(HERE / "follow.js", **env))
        running[-1].become("open")
        return running[-1]

    yield follow
    for each in running:
        each.close()


def like(post, *people):
    for person in people:
        likes.like_post(post_id=post.id, actor_id=person.id)


def notified(follower, count):
    """The numbers of the next events, and who did what they tell of."""
    events = [follower.next("ev") for _ in range(count)]
    return [event["seq"] for event in events], [event["d"]["entry"]["actor"]["username"] for event in events]


@pytest.mark.parametrize("auth", ["bearer", "ticket"])
def test_a_like_reaches_its_author(follow, ana, post, auth):
    follower = follow(ana, auth=auth)

    like(post, make_user("ben"))

    assert notified(follower, 1) == ([1], ["ben"])


def test_what_happened_meanwhile_is_replayed_after_a_kill(follow, stack, ana, post):
    follower = follow(ana, quick=True)
    ben, chloe, dan = make_users("ben", "chloe", "dan")
    like(post, ben)
    first = notified(follower, 1)

    stack.web.kill()
    like(post, chloe, dan)
    stack.web.start().wait()

    assert (first, notified(follower, 2)) == (([1], ["ben"]), ([2, 3], ["chloe", "dan"]))


def test_a_kept_cursor_starts_where_it_was(follow, ana, post):
    like(post, *make_users("ben", "chloe", "dan"))
    until(lambda: Head.objects.filter(user_id=ana.id, seq=3).exists())

    follower = follow(ana, cursor={"epoch": log.epoch(), "seq": 1})

    assert notified(follower, 2) == ([2, 3], ["chloe", "dan"])


def test_without_a_cursor_it_asks_for_the_snapshot(follow, ana):
    assert follow(ana).next("resync")["reason"] == "fresh"


def test_the_counts_of_a_post_in_view_follow(follow, post):
    follower = follow()
    follower.say(view=str(post.id))
    begun = follower.next("counts")[str(post.id)][1:]

    like(post, make_user("ben"))

    assert (begun, follower.next("counts")[str(post.id)][1:]) == ([0, 0], [1, 0])


def test_a_topic_tells_its_state_and_a_hidden_one_is_denied(follow, ana, post):
    follower = follow(ana)
    follower.say(watch=f"post:{post.id}")
    known = follower.next("topic")
    follower.say(watch="post:1")

    denied = follower.next("denied")

    assert (known["topic"], known["first"], denied) == (f"post:{post.id}", True, {"topic": "post:1", "reason": 110})


def test_typing_shows_to_who_watches_too(follow, ana, post):
    ben = make_user("ben")
    hers, his = follow(ana), follow(ben)
    for each in (hers, his):
        each.say(watch=f"post:{post.id}")
        each.next("topic")

    his.say(typing=f"post:{post.id}")

    assert hers.next("ephemeral")["d"]["typing"]["username"] == "ben"


def test_a_token_that_ends_stops_it(follow, ana):
    follower = follow(ana)

    actions.revoke_token(user_id=ana.id, token_id=ana.tokens.get().id)

    assert follower.become("stopped") == 4423


@pytest.mark.parametrize("without", [["socket"], ["socket", "stream"]], ids=["stream", "poll"])
def test_without_a_websocket_events_come_all_the_same(follow, stack, ana, post, without):
    follower = follow(ana, without=without, quick=True)
    like(post, make_user("ben"))
    first = notified(follower, 1)

    stack.web.kill()
    like(post, make_user("chloe"))
    stack.web.start().wait()

    assert (first, notified(follower, 1)) == (([1], ["ben"]), ([2], ["chloe"]))
