"""Facts about likes of comments."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from content import actions
from content.cards import LikeState
from content.models import CommentLike
from core.problems import NotFound
from events import types
from tests.support.build import make_block, make_comment, make_comment_like, make_post, make_reply, make_users
from tests.support.draining import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_users("ana", "ben", "chloe")


@pytest.fixture
def comment(people):
    """Ben's, under ana's post."""
    return make_comment(make_post(people[0]), people[1])


def event(kind, comment, actor):
    ids = {"comment_id": comment.id, "post_id": comment.post_id, "recipient_id": comment.author_id}
    return kind(**ids, actor_id=actor.id)


def test_like_comment_twice_counts_once(people, comment, recorded):
    states = [actions.like_comment(comment_id=comment.id, actor_id=people[2].id) for _ in range(2)]

    assert states == [LikeState(liked=True, like_count=1, ver=0)] * 2
    assert list(CommentLike.objects.values_list("comment_id", "user_id")) == [(comment.id, people[2].id)]
    assert recorded() == [event(types.CommentLiked, comment, people[2])]


def test_unlike_comment_twice_is_announced_once(people, comment, recorded):
    make_comment_like(comment, people[2])

    states = [actions.unlike_comment(comment_id=comment.id, actor_id=people[2].id) for _ in range(2)]

    assert states == [LikeState(liked=False, like_count=0, ver=0)] * 2
    assert CommentLike.objects.count() == 0
    assert recorded() == [event(types.CommentUnliked, comment, people[2])]


@pytest.mark.parametrize("action", [actions.like_comment, actions.unlike_comment])
@pytest.mark.parametrize("case", ["post", "writer", "answered", "nothing", "no id"])
def test_a_comment_that_one_may_not_see_is_not_found(action, case, people, comment, recorded):
    ana, ben, chloe = people
    comment_id = {"nothing": 7, "no id": 2**70}.get(case, comment.id)
    if case == "post":
        make_block(ana, chloe)
    if case == "writer":
        make_block(chloe, ben)
    if case == "answered":
        make_block(chloe, ben)
        comment_id = make_reply(comment, ana).id

    with pytest.raises(NotFound):
        action(comment_id=comment_id, actor_id=chloe.id)

    assert recorded() == []


def test_like_comment_is_one_statement(people, comment, django_assert_num_queries):
    with django_assert_num_queries(1):
        actions.like_comment(comment_id=comment.id, actor_id=people[2].id)


@pytest.mark.django_db(transaction=True)
def test_fifty_likes_at_once_by_ten_people_are_ten(people, comment):
    fans = make_users(*(f"fan{number}" for number in range(10)))

    def like(number):
        try:
            actions.like_comment(comment_id=comment.id, actor_id=fans[number % 10].id)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(like, range(50)))
    drain_all()

    comment.refresh_from_db()
    assert (CommentLike.objects.count(), comment.like_count) == (10, 10)
