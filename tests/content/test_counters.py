"""Facts about the counts that the drain derives."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from content import actions, counters
from content.cards import PostCounts
from content.models import Post
from events import types
from tests.support.build import make_post, make_user, make_users


def liked(post, actor_id=1):
    return types.PostLiked(post_id=post.id, author_id=post.author_id, actor_id=actor_id)


def unliked(post, actor_id=1):
    return types.PostUnliked(post_id=post.id, author_id=post.author_id, actor_id=actor_id)


def commented(post):
    return types.CommentAdded(comment_id=1, post_id=post.id, author_id=post.author_id, actor_id=1)


def uncommented(post):
    return types.CommentDeleted(comment_id=1, post_id=post.id, author_id=post.author_id, actor_id=1)


@pytest.mark.django_db
def test_apply_nets_the_events_of_each_post():
    ana = make_user()
    one, two = make_post(ana), make_post(ana, like_count=5, comment_count=2, ver=9)

    counts = counters.apply([liked(one), liked(two), unliked(two), unliked(two), commented(one), uncommented(two)])

    assert counts == {
        one.id: PostCounts(ver=1, like_count=1, comment_count=1, author_id=ana.id),
        two.id: PostCounts(ver=10, like_count=4, comment_count=1, author_id=ana.id),
    }
    assert list(Post.objects.order_by("id").values_list("like_count", "comment_count", "ver")) == [
        (1, 1, 1),
        (4, 1, 10),
    ]


@pytest.mark.django_db
def test_apply_answers_for_a_post_whose_events_cancel_out():
    post = make_post(make_user())

    counts = counters.apply([liked(post), unliked(post)])

    assert counts == {post.id: PostCounts(ver=1, like_count=0, comment_count=0, author_id=post.author_id)}


@pytest.mark.django_db
@pytest.mark.parametrize("posts", [1, 5])
def test_apply_costs_one_statement_however_many_posts_and_likes(posts, django_assert_num_queries):
    ana = make_user()
    events = [liked(post, actor) for post in [make_post(ana) for _ in range(posts)] for actor in range(20)]

    with django_assert_num_queries(1):
        counters.apply(events)


@pytest.mark.django_db
def test_apply_counts_the_posts_of_their_authors():
    ana, ben = make_users("ana", "ben")
    ben.post_count = 3
    ben.save()
    events = [
        types.PostPublished(post_id=1, author_id=ana.id),
        types.PostPublished(post_id=2, author_id=ana.id),
        types.PostDeleted(post_id=3, author_id=ben.id, published=True),
        types.PostDeleted(post_id=4, author_id=ben.id, published=False),
    ]

    counts = counters.apply(events)

    ana.refresh_from_db()
    ben.refresh_from_db()
    assert counts == {}
    assert (ana.post_count, ben.post_count) == (2, 2)


@pytest.mark.django_db
def test_apply_leaves_out_a_post_that_is_gone():
    post = make_post(make_user())
    event = liked(post)
    post.delete()

    assert counters.apply([event]) == {}


@pytest.mark.django_db(transaction=True)
def test_apply_does_not_hold_up_new_likes():
    """A like locks the row of its post by its foreign key; a drain that took the row whole would make it wait."""
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)

    def like():
        try:
            return actions.like_post(post_id=post.id, actor_id=ben.id).like_count
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as threads:
        counters.apply([liked(post)])
        likes = threads.submit(like).result(timeout=3)

    assert likes == 1


def test_a_count_that_had_drifted_stops_at_nothing_and_holds_no_event_up(db):
    post = make_post(make_user("ana"), like_count=0)

    with transaction.atomic():
        counts = counters.apply(
            [
                unliked(post),
                uncommented(post),
                types.PostDeleted(post_id=post.id, author_id=post.author_id, published=True),
            ]
        )

    assert (counts[post.id].like_count, counts[post.id].comment_count) == (0, 0)
    post.author.refresh_from_db()
    assert post.author.post_count == 0
