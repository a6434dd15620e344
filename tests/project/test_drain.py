"""The drain: everything derived once, in one transaction, whatever fails around it."""

import pytest
from django.db import transaction

from content import actions
from content.models import Like, Post
from events import outbox
from events.models import OutboxRow
from events.types import PostLiked
from notifications.models import Group
from project import drain, handlers
from realtime.models import UserEvent
from tests.support.build import make_post, make_user, make_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("ana")


@pytest.fixture
def post(ana):
    return make_post(ana)


def drain_all():
    return sum(drain.drain_shard(shard) for shard in outbox.waiting_shards())


def test_the_counts_equal_the_facts(post):
    for fan in make_users("ben", "chloe", "dan"):
        actions.like_post(post_id=post.id, actor_id=fan.id)
    actions.unlike_post(post_id=post.id, actor_id=fan.id)

    drain_all()

    assert (Post.objects.get().like_count, Like.objects.count()) == (2, 2)


def test_draining_again_does_nothing_more(post):
    actions.like_post(post_id=post.id, actor_id=make_user("ben").id)
    drain_all()
    before = list(UserEvent.objects.values_list("user_id", "seq", "frame"))

    assert drain_all() == 0
    assert list(UserEvent.objects.values_list("user_id", "seq", "frame")) == before


def test_one_update_a_post_however_many_likes(post, django_assert_num_queries):
    people = make_users(*(f"fan{number}" for number in range(32)))
    actions.like_post(post_id=post.id, actor_id=people[0].id)
    drain_all()
    actions.like_post(post_id=post.id, actor_id=people[1].id)
    with django_assert_num_queries(12):
        drain_all()
    for fan in people[2:]:
        actions.like_post(post_id=post.id, actor_id=fan.id)

    with django_assert_num_queries(12):
        drain_all()
    assert Post.objects.get().ver == 3


@pytest.mark.django_db(transaction=True)
def test_a_poisoned_event_holds_up_no_other(ana, post):
    actions.like_post(post_id=post.id, actor_id=make_user("ben").id)
    with transaction.atomic():
        outbox.record(PostLiked(post_id=post.id, author_id=2**62, actor_id=ana.id), for_user=ana.id)
    actions.like_post(post_id=post.id, actor_id=make_user("chloe").id)

    drain_all()

    assert Group.objects.get(recipient=ana).actor_count == 2
    assert list(OutboxRow.objects.values_list("attempts", flat=True)) == [1]


def test_every_event_has_a_handler():
    handled = {kind for kinds in handlers.TABLE.values() for kind in kinds}

    assert handled == set(handlers.types.AnyEvent.__args__)
