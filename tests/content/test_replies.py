"""Facts about answers to comments: writing, reading, counting, and going with what they answer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from content import actions, queries, threads
from content.actions import uncomment
from content.cards import CommentCounts
from content.models import Comment, CommentLike
from core.problems import Conflict, Forbidden, Invalid, NotFound
from events import types
from tests.support.build import (
    make_block,
    make_comment,
    make_comment_like,
    make_post,
    make_reply,
    make_users,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_users("ana", "ben", "chloe")


@pytest.fixture
def comment(people):
    """Ben's, under ana's post."""
    return make_comment(make_post(people[0]), people[1])


def answer(comment, actor, **more):
    return actions.comment(post_id=comment.post_id, actor_id=actor.id, text="Indeed.", parent_id=comment.id, **more)


def added(reply, comment, actor, **more):
    ids = {"comment_id": reply.id, "post_id": comment.post_id, "author_id": comment.post.author_id}
    return types.CommentAdded(**ids, actor_id=actor.id, parent_id=comment.id, answered_id=comment.author_id, **more)


def test_an_answer_is_told_to_the_posts_author_and_to_the_comments(people, comment, recorded):
    reply = answer(comment, people[2], mut="m1")

    assert (reply.parent_id, Comment.objects.get(pk=reply.id).parent_id) == (comment.id, comment.id)
    ids = {"comment_id": reply.id, "post_id": comment.post_id, "parent_id": comment.id}
    assert recorded() == [
        added(reply, comment, people[2], mut="m1"),
        types.CommentReplied(**ids, recipient_id=people[1].id, actor_id=people[2].id),
    ]


def test_an_answer_to_oneself_is_told_to_the_posts_author_alone(people, comment, recorded):
    reply = answer(comment, people[1])

    assert recorded() == [added(reply, comment, people[1])]


def test_an_answer_to_an_answer_goes_under_the_top_comment(people, comment):
    reply = make_reply(comment, people[2])

    assert answer(reply, people[0]).parent_id == comment.id


@pytest.mark.parametrize("case", ["another post", "nothing", "no id", "hidden"])
def test_an_answer_needs_a_comment_of_the_post_that_one_sees(case, people, comment, recorded):
    post_id, parent_id = comment.post_id, comment.id
    if case == "another post":
        post_id = make_post(people[0]).id
    if case == "nothing":
        parent_id = 7
    if case == "no id":
        parent_id = 10**30
    if case == "hidden":
        make_block(people[1], people[2])

    with pytest.raises(Invalid) as refusal:
        actions.comment(post_id=post_id, actor_id=people[2].id, text="Indeed.", parent_id=parent_id)

    assert (refusal.value.detail, refusal.value.field) == ("There is no such comment under this post.", "parent")
    assert recorded() == []


def test_an_answer_with_the_key_of_one_that_is_gone_is_a_conflict(people, comment):
    answer(comment, people[2], mut="m1")
    actions.delete_comment(comment_id=comment.id, actor_id=people[1].id)

    with pytest.raises(Conflict):
        answer(comment, people[2], mut="m1")


def test_an_answer_that_was_refused_does_not_use_up_its_key(people, comment):
    with pytest.raises(Invalid):
        actions.comment(post_id=comment.post_id, actor_id=people[2].id, text="Indeed.", parent_id=7, mut="m1")

    assert answer(comment, people[2], mut="m1").parent_id == comment.id


def test_an_answer_is_one_statement(people, comment, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer(comment, people[2], mut="m1")


def test_where_comments_are_off_only_the_author_writes(people):
    post = make_post(people[0], comments_off=True)

    with pytest.raises(Forbidden) as refusal:
        actions.comment(post_id=post.id, actor_id=people[1].id, text="Oh!")

    assert refusal.value.detail == "Comments are off under this post."
    assert actions.comment(post_id=post.id, actor_id=people[0].id, text="Oh!").text == "Oh!"


def test_the_comments_of_a_post_leave_the_answers_out(people, comment):
    replies = [make_reply(comment, person) for person in people]

    first = queries.replies_page(people[2].id, comment.id, limit=2)
    second = queries.replies_page(people[2].id, comment.id, limit=2, after=first.next)

    assert [view.id for view in queries.comments_page(people[2].id, comment.post_id).items] == [comment.id]
    assert [view.id for view in first.items + second.items] == [reply.id for reply in replies]
    assert [view.can_delete for view in first.items + second.items] == [False, False, True]
    assert second.next is None


@pytest.mark.parametrize("case", ["post", "comment", "answered"])
def test_answers_to_what_one_may_not_see_are_not_found(case, people, comment):
    ana, ben, chloe = people
    asked = comment
    if case == "post":
        make_block(ana, chloe)
    if case == "comment":
        make_block(chloe, ben)
    if case == "answered":
        make_block(ben, chloe)
        asked = make_reply(comment, ana)

    with pytest.raises(NotFound):
        queries.replies_page(chloe.id, asked.id)


@pytest.mark.parametrize("items", [1, 3])
def test_replies_page_costs_two_queries(items, people, comment, django_assert_num_queries):
    for _ in range(items):
        make_comment_like(make_reply(comment, people[0]), people[2])

    with django_assert_num_queries(2):
        assert [view.liked for view in queries.replies_page(people[2].id, comment.id).items] == [True] * items


def test_deleting_a_comment_takes_its_answers_along_and_announces_each(people, comment, recorded):
    ana, ben, chloe = people
    reply, own = make_reply(comment, chloe), make_reply(comment, ben)
    make_comment_like(reply, ana)

    actions.delete_comment(comment_id=comment.id, actor_id=ben.id, mut="m1")

    assert (Comment.objects.count(), CommentLike.objects.count()) == (0, 0)
    ids = {"post_id": comment.post_id, "author_id": ana.id, "mut": "m1"}
    answering = {"parent_id": comment.id, "answered_id": ben.id}
    assert recorded() == [
        types.CommentDeleted(comment_id=reply.id, actor_id=chloe.id, **answering, **ids),
        types.ReplyDeleted(
            comment_id=reply.id,
            post_id=comment.post_id,
            parent_id=comment.id,
            recipient_id=ben.id,
            actor_id=chloe.id,
        ),
        types.CommentGone(comment_id=reply.id, user_id=chloe.id),
        types.CommentDeleted(comment_id=own.id, actor_id=ben.id, **answering, **ids),
        types.CommentDeleted(comment_id=comment.id, actor_id=ben.id, **ids),
    ]


def test_deleting_an_answer_leaves_the_others(people, comment, recorded):
    reply, other = make_reply(comment, people[2]), make_reply(comment, people[2])

    actions.delete_comment(comment_id=reply.id, actor_id=people[2].id)

    assert list(Comment.objects.order_by("id").values_list("id", flat=True)) == [comment.id, other.id]
    assert [type(event) for event in recorded()] == [types.CommentDeleted, types.ReplyDeleted]


def test_many_answers_are_deleted_in_batches(people, comment, recorded, monkeypatch):
    monkeypatch.setattr(uncomment, "BATCH", 2)
    replies = [make_reply(comment, people[1]) for _ in range(5)]

    actions.delete_comment(comment_id=comment.id, actor_id=people[1].id)

    assert [event.comment_id for event in recorded()] == [*(reply.id for reply in replies), comment.id]


@pytest.mark.django_db(transaction=True)
def test_an_answer_written_while_its_comment_is_deleted_is_no_orphan(people, comment):
    barrier = threading.Barrier(2)

    def race(deed):
        try:
            barrier.wait()
            return deed()
        except (Invalid, NotFound) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        deleted = pool.submit(race, lambda: actions.delete_comment(comment_id=comment.id, actor_id=people[1].id))
        answered = pool.submit(race, lambda: answer(comment, people[2]))
        assert deleted.result() == comment.post_id
        answered.result()

    assert Comment.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_answer_waits_for_a_deletion_and_finds_nothing(people, comment):
    def late():
        try:
            with pytest.raises(Invalid):
                answer(comment, people[2])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            actions.delete_comment(comment_id=comment.id, actor_id=people[1].id)
            waiting = pool.submit(late)
            assert not threading.Event().wait(0.3)
            assert not waiting.done()
        waiting.result(timeout=30)


def test_answers_and_likes_are_counted_on_their_comment(people, comment):
    counts = threads.apply_later(
        [
            added(make_reply(comment, people[0]), comment, people[0]),
            types.CommentLiked(
                comment_id=comment.id, post_id=comment.post_id, recipient_id=people[1].id, actor_id=people[0].id
            ),
        ]
    )()

    assert counts == {comment.id: CommentCounts(1, 1, 1, people[1].id, comment.post_id)}


def test_a_comment_that_answers_nothing_costs_no_statement_of_counts(people, comment, django_assert_num_queries):
    ids = {"comment_id": comment.id, "post_id": comment.post_id, "author_id": people[0].id}

    with django_assert_num_queries(0):
        assert threads.apply_later([types.CommentAdded(**ids, actor_id=people[1].id)])() == {}
