"""Notifications of people who fell silent or were suspended: gone at once, and back with the undo."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from accounts import actions as people
from accounts.models import User
from content import actions
from core import clock
from events import outbox
from events.types import PostDeleted, PostUnliked, UserSuspended
from notifications import hiding, queries
from notifications.models import Entry, Group
from realtime.models import UserEvent
from tests.support.build import make_block, make_comment, make_mute, make_post, make_user, make_users
from tests.support.draining import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("ana")


@pytest.fixture
def post(ana):
    return make_post(ana)


def listed(user):
    """What a person's list shows: kind, who, how many; and the number on the badge."""
    groups = queries.notification_page(user.id).items
    rows = [(group.kind, [actor.username for actor in group.actors], group.actor_count) for group in groups]
    return rows, queries.unread_count(user.id)


def told(user, start=0):
    frames = UserEvent.objects.filter(user_id=user.id, seq__gt=start).order_by("seq").values_list("frame", flat=True)
    return [
        (event["k"], event["d"]["entry"]["actor"]["username"], event["d"]["unread"], event["d"].get("quiet"))
        for event in map(json.loads, frames)
        if event["k"].startswith("notification")
    ]


def deeds(post, *names):
    """Each of these people likes the post, comments on it and follows its author."""
    made = make_users(*names)
    for person in made:
        actions.like_post(post_id=post.id, actor_id=person.id)
        actions.comment(post_id=post.id, actor_id=person.id, text="Lovely.")
        people.follow_user(username=post.author.username, actor_id=person.id)
    drain_all()
    return made


@pytest.mark.parametrize("blocker", ["ana", "ben"])
def test_a_block_takes_the_others_deeds_out_of_the_list(ana, post, blocker):
    deeds(post, "ben", "eve")

    other = {"ana": "ben", "ben": "ana"}[blocker]
    people.block_user(username=other, actor_id=User.objects.get(username=blocker).id)
    drain_all()

    rows, _ = listed(ana)
    assert sorted(rows) == [("comment", ["eve"], 1), ("follow", ["eve"], 1), ("like", ["eve"], 1)]


def test_nothing_new_comes_of_the_blocked(ana, post):
    """The deed came first, its drain after the block."""
    ben = make_user("ben")
    actions.like_post(post_id=post.id, actor_id=ben.id)
    make_block(ana, ben)

    drain_all()

    assert (listed(ana), told(ana)) == (([], 0), [])


def test_unblocking_brings_the_likes_back_and_not_the_follow(ana, post):
    deeds(post, "ben")
    people.block_user(username="ben", actor_id=ana.id)
    drain_all()
    before = listed(ana)

    people.unblock_user(username="ben", actor_id=ana.id)
    drain_all()

    rows, unread = listed(ana)
    assert (before, sorted(rows), unread) == (([], 0), [("comment", ["ben"], 1), ("like", ["ben"], 1)], 2)


def test_suspension_takes_all_deeds_out_and_its_undo_brings_them_back(ana, post):
    deeds(post, "ben", "eve")
    before = listed(ana)

    people.suspend_user(username="ben")
    drain_all()
    during = listed(ana)
    people.unsuspend_user(username="ben")
    drain_all()

    assert sorted(during[0]) == [("comment", ["eve"], 1), ("follow", ["eve"], 1), ("like", ["eve"], 1)]
    assert listed(ana) == before


def test_what_is_hidden_is_retracted_live_and_what_is_back_is_no_news(ana, post):
    ben = make_user("ben")
    actions.like_post(post_id=post.id, actor_id=ben.id)
    drain_all()

    people.suspend_user(username="ben")
    drain_all()
    people.unsuspend_user(username="ben")
    drain_all()

    assert told(ana) == [
        ("notification", "ben", 1, None),
        ("notification.retracted", "ben", 0, None),
        ("notification", "ben", 1, True),
    ]


def test_a_hidden_deed_that_is_undone_leaves_nothing(ana, post):
    ben = make_user("ben")
    actions.like_post(post_id=post.id, actor_id=ben.id)
    drain_all()
    make_block(ana, ben)
    Entry.objects.update(hidden=True)
    Group.objects.update(actor_count=0, latest_id=0)

    post.likes.all().delete()
    with transaction.atomic():
        outbox.record(PostUnliked(post_id=post.id, author_id=ana.id, actor_id=ben.id), for_user=ana.id)
    drain_all()

    assert (Entry.objects.count(), Group.objects.count(), listed(ana)) == (0, 0, ([], 0))


def test_a_mute_with_notifications_hides_deeds_and_its_undo_brings_them_back(ana, post):
    deeds(post, "ben", "eve")
    before = listed(ana)

    people.mute_user(username="ben", actor_id=ana.id, notifications=True)
    drain_all()
    during = listed(ana)
    people.unmute_user(username="ben", actor_id=ana.id)
    drain_all()

    assert sorted(during[0]) == [("comment", ["eve"], 1), ("follow", ["eve"], 1), ("like", ["eve"], 1)]
    assert listed(ana) == before


def test_a_mute_of_posts_alone_hides_no_deed(ana, post):
    (ben,) = make_users("ben")
    make_mute(ana, ben)

    actions.like_post(post_id=post.id, actor_id=ben.id)
    drain_all()

    assert listed(ana) == ([("like", ["ben"], 1)], 1)


def test_the_muted_hear_of_their_muter(ana):
    (ben,) = make_users("ben")
    make_mute(ana, ben, notifications=True)

    actions.like_post(post_id=make_post(ben).id, actor_id=ana.id)
    drain_all()

    assert listed(ben) == ([("like", ["ana"], 1)], 1)


def test_a_mute_that_ends_brings_deeds_back_as_no_news(ana, post):
    (ben,) = make_users("ben")
    make_mute(ana, ben, notifications=True, until=clock.now() - timedelta(seconds=1))
    actions.like_post(post_id=post.id, actor_id=ben.id)
    drain_all()
    before = listed(ana)

    people.end_mutes()
    drain_all()

    assert (before, listed(ana)) == (([], 0), ([("like", ["ben"], 1)], 1))
    assert told(ana) == [("notification", "ben", 1, True)]


def test_a_block_between_others_hides_nothing(ana, post):
    _ben, eve = deeds(post, "ben", "eve")
    before = listed(ana)

    people.block_user(username="ben", actor_id=eve.id)
    drain_all()

    assert listed(ana) == before


@pytest.mark.parametrize("count", [1, 3])
def test_hiding_costs_a_fixed_number_of_queries(ana, post, django_assert_num_queries, count):
    fans = deeds(post, *(f"fan{number}" for number in range(count)))
    for fan in fans:
        people.suspend_user(username=fan.username)

    waiting = [outbox.Waiting(0, UserSuspended(user_id=fan.id), post.published_at) for fan in fans]
    with django_assert_num_queries(6):
        hiding.apply(waiting)


def fans_of_a_comment(ana, number):
    """Ben's comment under ana's post, which so many like; answer ben and what he is told of it then."""
    ben, *fans = make_users("ben", *(f"fan{n}" for n in range(number)))
    comment = make_comment(make_post(ana), ben)
    for fan in fans:
        actions.like_comment(comment_id=comment.id, actor_id=fan.id)
    drain_all()
    return ben, comment.post, UserEvent.objects.filter(user_id=ben.id).count()


def test_much_is_hidden_and_shown_again_bit_by_bit(ana, monkeypatch):
    ben, post, _ = fans_of_a_comment(ana, 7)
    before = listed(ben)
    monkeypatch.setattr(hiding, "MAX_TURNED", 2)

    actions.archive_post(post_id=post.id, actor_id=ana.id)
    drain_all()
    during = listed(ben)
    actions.unarchive_post(post_id=post.id, actor_id=ana.id)
    drain_all()

    assert (during, listed(ben), outbox.depth().waiting) == (([], 0), before, 0)


def test_no_batch_hides_more_than_its_share(ana, monkeypatch):
    _ben, post, _ = fans_of_a_comment(ana, 7)
    monkeypatch.setattr(hiding, "MAX_TURNED", 3)
    post.archived_at = clock.now()
    post.save()

    waiting = [outbox.Waiting(0, PostDeleted(post_id=post.id, author_id=ana.id, published=True), post.published_at)]
    with transaction.atomic():
        hiding.apply(waiting)

    assert (Entry.objects.filter(hidden=True).count(), Group.objects.get().actor_count) == (3, 4)


def test_what_is_hidden_bit_by_bit_tells_the_group_once_a_bit(ana, monkeypatch):
    ben, post, start = fans_of_a_comment(ana, 7)
    monkeypatch.setattr(hiding, "MAX_TURNED", 3)

    actions.archive_post(post_id=post.id, actor_id=ana.id)
    drain_all()

    frames = told(ben, start)
    assert [(kind, unread) for kind, _, unread, _ in frames] == [("notification.retracted", 1)] * 4 + [
        ("notification.retracted", 0)
    ]
