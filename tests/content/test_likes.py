"""Facts about liking a post."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from content import actions
from content.actions.likes import EXACT
from content.cards import LikeState
from content.models import Like, Post
from core.problems import NotFound
from events import types
from events.models import OutboxRow
from events.outbox import shard_of
from events.wake import SEND_TIMEOUT_SECONDS
from tests.support import photos
from tests.support.build import make_like, make_post, make_user, make_users
from tests.support.services import running


@pytest.mark.django_db
def test_like_post_keeps_the_fact_and_records_it_for_the_author(recorded):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    state = actions.like_post(post_id=post.id, actor_id=ben.id, mut="m1")

    assert state == LikeState(liked=True, like_count=1, ver=0)
    assert list(Like.objects.values_list("post_id", "user_id")) == [(post.id, ben.id)]
    assert recorded() == [types.PostLiked(post_id=post.id, author_id=ana.id, actor_id=ben.id, mut="m1")]
    assert OutboxRow.objects.get().shard == shard_of(ana.id)


@pytest.mark.django_db
def test_like_post_leaves_the_count_to_the_drain():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    actions.like_post(post_id=post.id, actor_id=ben.id)

    post.refresh_from_db()
    assert (post.like_count, post.ver) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("counted", "answered"), [(EXACT - 1, 1), (EXACT, EXACT + 1)])
def test_many_likes_are_not_counted_for_each(counted, answered):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    Post.objects.update(like_count=counted)

    assert actions.like_post(post_id=post.id, actor_id=ben.id).like_count == answered


@pytest.mark.django_db
def test_like_post_twice_announces_once():
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    states = [actions.like_post(post_id=post.id, actor_id=ben.id) for _ in range(2)]

    assert states == [LikeState(liked=True, like_count=1, ver=0)] * 2
    assert OutboxRow.objects.count() == 1


@pytest.mark.django_db
def test_unlike_post_takes_the_fact_back_and_records_it(recorded):
    ana, ben, chloe = make_users("ana", "ben", "chloe")
    post = make_post(ana)
    make_like(post, ben)
    make_like(post, chloe)

    state = actions.unlike_post(post_id=post.id, actor_id=ben.id, mut="m2")

    assert state == LikeState(liked=False, like_count=1, ver=0)
    assert recorded() == [types.PostUnliked(post_id=post.id, author_id=ana.id, actor_id=ben.id, mut="m2")]


@pytest.mark.django_db
def test_unlike_post_without_a_like_announces_nothing(recorded):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    state = actions.unlike_post(post_id=post.id, actor_id=ben.id)

    assert state == LikeState(liked=False, like_count=0, ver=0)
    assert recorded() == []


@pytest.mark.django_db
@pytest.mark.parametrize("action", [actions.like_post, actions.unlike_post])
def test_a_post_that_the_actor_may_not_see_is_not_there(action, recorded):
    ana, ben = make_users("ana", "ben")
    hidden = make_post(ana, published=False)

    with pytest.raises(NotFound):
        action(post_id=hidden.id, actor_id=ben.id)

    assert recorded() == []


@pytest.mark.django_db
@pytest.mark.parametrize("post_id", [10**30, -(10**30), 0])
def test_a_number_that_is_no_id_is_not_there(post_id):
    with pytest.raises(NotFound):
        actions.like_post(post_id=post_id, actor_id=make_user().id)


@pytest.mark.django_db
@pytest.mark.parametrize("action", [actions.like_post, actions.unlike_post])
def test_a_like_is_one_statement(action, django_assert_num_queries):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    with django_assert_num_queries(1):
        action(post_id=post.id, actor_id=ben.id)


@pytest.mark.django_db(transaction=True)
def test_forty_people_who_like_a_post_twice_at_once_are_forty_likes(recorded):
    post = make_post(make_user("author"))
    fans = make_users(*(f"fan{number}" for number in range(40)))

    def like(fan):
        try:
            return actions.like_post(post_id=post.id, actor_id=fan.id).liked
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(like, [fan for fan in fans for _ in range(2)]))

    assert answers == [True] * 80
    assert sorted(Like.objects.values_list("user_id", flat=True)) == sorted(fan.id for fan in fans)
    assert sorted(event.actor_id for event in recorded()) == sorted(fan.id for fan in fans)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["like", "comment", "upload"])
def test_people_are_answered_while_redis_is_frozen(act, upload):
    ana = make_user()
    post = make_post(ana)
    acts = {
        "like": lambda: actions.like_post(post_id=post.id, actor_id=ana.id),
        "comment": lambda: actions.comment(post_id=post.id, actor_id=ana.id, text="Oh!"),
        "upload": lambda: actions.create_media(owner_id=ana.id, file=upload(photos.jpeg())),
    }
    running().valkey.pause()
    start = time.monotonic()

    try:
        acts[act]()
        took_seconds = time.monotonic() - start
    finally:
        running().valkey.resume()

    assert took_seconds < SEND_TIMEOUT_SECONDS
