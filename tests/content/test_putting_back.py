"""What staff take out of sight: gone everywhere, and as it was once they put it back."""

from datetime import timedelta

import pytest

from accounts.models import User
from content import actions, queries
from content.models import RESTORABLE, Comment, Post, RemovedComment
from core import clock
from events.types import PostDeleted
from notifications import queries as notifications
from tests.support.build import make_comment, make_post, make_users
from tests.support.draining import drain_all
from tests.support.outbox import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_users("ana", "ben")


@pytest.fixture
def post(people):
    """Ana's, with a comment of ben's and her answer, all of it derived."""
    ana, ben = people
    post = make_post(ana)
    User.objects.filter(id=ana.id).update(post_count=1)
    actions.comment(post_id=post.id, actor_id=ben.id, text="Lovely, @ana.")
    actions.comment(post_id=post.id, actor_id=ana.id, text="Thanks.", parent_id=Comment.objects.get().id)
    drain_all()
    return post


@pytest.fixture
def comment(post):
    return Comment.objects.get(parent=None)


def stands(*people):
    """What is derived from posts and comments: numbers, threads, notifications."""
    groups = [notifications.notification_page(person.id).items for person in people]
    return (
        list(User.objects.order_by("id").values_list("post_count", flat=True)),
        list(Post.objects.values_list("comment_count", flat=True)),
        list(Comment.objects.order_by("id").values_list("id", "parent_id", "text", "reply_count")),
        [[(group.kind, group.actor_count) for group in found] for found in groups],
        [card.id for card in queries.latest_public()],
    )


def test_a_removed_post_is_gone_and_as_it_was_once_it_is_put_back(people, post):
    before = stands(*people)

    removed_at = actions.remove_post(post_id=post.id)
    drain_all()
    between = stands(*people)
    put_back = actions.put_back_post(post_id=post.id, removed_at=removed_at)
    drain_all()

    assert (between[0], between[3:]) == ([0, 0], ([[], []], []))
    assert (put_back, stands(*people)) == (True, before)


def test_a_post_is_removed_and_announced_once(people, post):
    first, second = (actions.remove_post(post_id=post.id) for _ in range(2))

    assert first == second
    assert recorded() == [PostDeleted(post_id=post.id, author_id=people[0].id, published=True)]


def test_a_post_that_is_gone_is_neither_removed_nor_put_back(post):
    post_id, removed_at = post.id, actions.remove_post(post_id=post.id)
    Post.objects.all().delete()

    assert actions.remove_post(post_id=post_id) is None
    assert actions.put_back_post(post_id=post_id, removed_at=removed_at) is False


def test_a_post_is_put_back_only_by_who_undoes_its_removal(post):
    removed_at = actions.remove_post(post_id=post.id)

    assert actions.put_back_post(post_id=post.id, removed_at=removed_at - timedelta(seconds=1)) is False
    assert Post.objects.get().removed_at == removed_at


def test_a_removed_comment_is_gone_with_its_answers(people, post, comment):
    removed = actions.remove_comment(comment_id=comment.id)
    drain_all()

    assert (removed, stands(*people)[1:4]) == (True, ([0], [], [[], []]))


@pytest.mark.parametrize("together", [True, False])
def test_a_comment_that_is_put_back_is_as_it_was(people, post, comment, together):
    before = stands(*people)

    actions.remove_comment(comment_id=comment.id)
    if not together:
        drain_all()
    put_back = actions.put_back_comment(comment_id=comment.id)
    drain_all()

    assert (put_back, stands(*people), RemovedComment.objects.count()) == (True, before, 0)


def test_a_comment_with_many_answers_comes_back_whole(people, post, comment):
    for number in range(90):
        make_comment(post, people[1], f"answer {number}", parent=comment)

    actions.remove_comment(comment_id=comment.id)
    left = Comment.objects.count()
    actions.put_back_comment(comment_id=comment.id)

    assert (left, Comment.objects.filter(parent=comment).count()) == (0, 91)


def test_a_comment_is_removed_once_and_put_back_once(comment):
    assert [actions.remove_comment(comment_id=comment.id) for _ in range(2)] == [True, False]
    assert [actions.put_back_comment(comment_id=comment.id) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(("days", "left"), [(-1, 2), (1, 0)])
def test_a_removed_comment_is_forgotten_after_its_time(comment, days, left):
    actions.remove_comment(comment_id=comment.id)
    RemovedComment.objects.update(removed_at=clock.now() - RESTORABLE - timedelta(days=days))

    actions.purge_posts()

    assert RemovedComment.objects.count() == left
