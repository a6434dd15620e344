"""Facts about the pinned comment."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from content import actions, queries
from core.problems import Forbidden, Invalid, NotFound
from events import types
from tests.support.build import make_block, make_comment, make_post, make_reply, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_users("ana", "ben", "chloe")


@pytest.fixture
def post(people):
    return make_post(people[0])


@pytest.fixture
def comments(people, post):
    return [make_comment(post, people[1], text) for text in ("one", "two", "three")]


def pinned(post, comment_id):
    return types.CommentPinned(post_id=post.id, author_id=post.author_id, comment_id=comment_id)


def test_pin_comment_replaces_the_one_before(people, post, comments, recorded):
    for comment in (comments[0], comments[1], comments[1]):
        actions.pin_comment(comment_id=comment.id, actor_id=people[0].id)

    post.refresh_from_db()
    assert post.pinned_comment_id == comments[1].id
    assert recorded() == [pinned(post, comments[0].id), pinned(post, comments[1].id)]


def test_unpin_comment_takes_the_pin_off_that_comment_alone(people, post, comments, recorded):
    actions.pin_comment(comment_id=comments[0].id, actor_id=people[0].id)

    for comment in (comments[1], comments[0], comments[0]):
        actions.unpin_comment(comment_id=comment.id, actor_id=people[0].id)

    post.refresh_from_db()
    assert post.pinned_comment_id is None
    assert recorded() == [pinned(post, comments[0].id), pinned(post, None)]


@pytest.mark.parametrize("action", [actions.pin_comment, actions.unpin_comment])
@pytest.mark.parametrize(
    ("case", "refusal"), [("stranger", Forbidden), ("reader", NotFound), ("hidden", NotFound), ("answer", Invalid)]
)
def test_only_the_posts_author_pins_and_only_a_top_comment(action, case, refusal, people, post, comments):
    actor, comment = people[0], comments[0]
    if case == "stranger":
        actor = people[2]
    if case == "reader":
        actor = people[2]
        make_block(people[0], people[2])
    if case == "hidden":
        make_block(people[0], people[1])
    if case == "answer":
        comment = make_reply(comment, people[1])

    with pytest.raises(refusal):
        action(comment_id=comment.id, actor_id=actor.id)

    post.refresh_from_db()
    assert post.pinned_comment_id is None


def test_the_pinned_comment_comes_first_and_once(people, post, comments, django_assert_num_queries):
    actions.pin_comment(comment_id=comments[2].id, actor_id=people[0].id)

    with django_assert_num_queries(2):
        first = queries.comments_page(people[2].id, post.id, limit=1)
    second = queries.comments_page(people[2].id, post.id, limit=1, after=first.next)

    assert [(view.text, view.pinned) for view in first.items] == [("three", True), ("one", False)]
    assert [(view.text, view.pinned) for view in second.items] == [("two", False)]
    assert second.next is None


def test_a_pinned_comment_that_is_deleted_is_pinned_no_more(people, post, comments):
    actions.pin_comment(comment_id=comments[0].id, actor_id=people[0].id)

    actions.delete_comment(comment_id=comments[0].id, actor_id=people[1].id)

    post.refresh_from_db()
    assert post.pinned_comment_id is None


@pytest.mark.django_db(transaction=True)
def test_pins_at_once_leave_one_and_an_event_for_each_change(people, post, comments, recorded):
    def pin(number):
        try:
            actions.pin_comment(comment_id=comments[number % 3].id, actor_id=people[0].id)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pin, range(24)))

    post.refresh_from_db()
    events = [event.comment_id for event in recorded()]
    assert events[-1] == post.pinned_comment_id
    assert all(before != after for before, after in itertools.pairwise(events))


@pytest.mark.django_db(transaction=True)
def test_a_pin_waits_for_the_same_pin_and_then_announces_nothing(people, post, comments, recorded):
    def pin():
        try:
            actions.pin_comment(comment_id=comments[0].id, actor_id=people[0].id)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            actions.pin_comment(comment_id=comments[0].id, actor_id=people[0].id)
            second = pool.submit(pin)
            time.sleep(0.3)  # for it to reach the lock
            assert not second.done()
        second.result(timeout=30)

    assert recorded() == [pinned(post, comments[0].id)]
