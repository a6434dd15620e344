"""The second axis: what one person likes of another's in one sitting is one row, and each undo takes one off it."""

import json

import pytest

from accounts import actions as people
from content import actions
from core import clock
from events import outbox
from events.types import PostLiked
from notifications import groups, queries
from notifications.actions import mark_read, mark_seen, mute_post, unmute_post
from notifications.models import Entry, Group
from notifications.sittings import HOUR
from realtime.models import UserEvent
from tests.support.build import make_comment, make_post, make_user, make_users
from tests.support.draining import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("ana")


@pytest.fixture
def ben():
    return make_user("ben")


@pytest.fixture
def posts(ana):
    return [make_post(ana) for _ in range(3)]


def like(fan, *posts):
    for post in posts:
        actions.like_post(post_id=post.id, actor_id=fan.id)
    drain_all()


def unlike(fan, post):
    actions.unlike_post(post_id=post.id, actor_id=fan.id)
    drain_all()


def frames(user):
    return map(json.loads, UserEvent.objects.filter(user_id=user.id).order_by("seq").values_list("frame", flat=True))


def rows(user):
    """What a person's list shows, the latest first: who, of how many posts, and which is shown; and the badge."""
    page = queries.notification_page(user.id)
    shown = [
        ([actor.username for actor in group.actors], group.across.count if group.across else 1, group.post.id)
        for group in page.items
    ]
    return shown, queries.unread_count(user.id)


def test_likes_of_several_posts_by_one_are_one_row_with_the_latest(ana, ben, posts):
    like(ben, *posts)

    assert rows(ana) == ([(["ben"], 3, posts[2].id)], 1)


def test_each_undo_takes_one_off_whichever_it_was(ana, ben, posts):
    like(ben, *posts)

    unlike(ben, posts[2])
    latest_gone = rows(ana)
    unlike(ben, posts[0])

    assert (latest_gone, rows(ana)) == (([(["ben"], 2, posts[1].id)], 1), ([(["ben"], 1, posts[1].id)], 1))


def test_the_last_undo_takes_the_row(ana, ben, posts):
    like(ben, posts[0])

    unlike(ben, posts[0])

    assert (rows(ana), Group.objects.count()) == (([], 0), 0)


def test_a_post_that_several_like_is_a_row_of_its_own_until_one_of_them_is_left(ana, ben, posts):
    chloe = make_user("chloe")
    like(ben, *posts)

    like(chloe, posts[2])
    during = rows(ana)
    unlike(chloe, posts[2])

    assert during == ([(["chloe", "ben"], 1, posts[2].id), (["ben"], 2, posts[1].id)], 2)
    assert rows(ana) == ([(["ben"], 3, posts[2].id)], 1)


def test_whoever_is_left_comes_into_the_row_of_their_own(ana, ben, posts):
    chloe = make_user("chloe")
    like(ben, posts[0])
    like(chloe, *posts)

    unlike(ben, posts[0])

    assert rows(ana) == ([(["chloe"], 3, posts[2].id)], 1)


def test_two_people_have_a_row_each(ana, posts):
    ben, chloe = make_users("ben", "chloe")
    like(ben, posts[0])
    like(chloe, posts[1], posts[2])

    assert rows(ana) == ([(["chloe"], 2, posts[2].id), (["ben"], 1, posts[0].id)], 2)


def test_likes_of_comments_are_another_row_and_comments_are_none(ana, ben, posts):
    said = [make_comment(post, ana) for post in posts]
    like(ben, *posts)
    for comment in said:
        actions.like_comment(comment_id=comment.id, actor_id=ben.id)
        actions.comment(post_id=comment.post_id, actor_id=ben.id, text="Lovely.")
    drain_all()

    page = queries.notification_page(ana.id)
    shown = sorted((group.kind, group.across.count if group.across else None) for group in page.items)
    assert shown == [("comment", None), ("comment", None), ("comment", None), ("comment_like", 3), ("like", 3)]


def test_another_hour_is_another_row(ana, ben, posts):
    like(ben, posts[0])
    *whose, hour = Group.objects.get().sitting.split(".")
    Group.objects.update(sitting=".".join([*whose, str(int(hour) - 1)]))

    like(ben, posts[1], posts[2])

    assert rows(ana) == ([(["ben"], 2, posts[2].id), (["ben"], 1, posts[0].id)], 2)


def test_a_row_has_the_key_of_the_kind_the_two_and_the_hour(ana, ben, posts):
    like(ben, posts[0])

    (group,) = queries.notification_page(ana.id).items
    assert group.across.key == f"like.{ana.id}.{ben.id}.{Entry.objects.get().id // HOUR}"


def test_what_is_hidden_is_taken_off_and_is_there_again(ana, ben, posts):
    like(ben, *posts)

    mute_post(post_id=posts[2].id, actor_id=ana.id)
    drain_all()
    during = rows(ana)
    people.suspend_user(username="ben")
    drain_all()

    assert (during, rows(ana)) == (([(["ben"], 2, posts[1].id)], 1), ([], 0))


def test_an_older_one_that_is_there_again_leaves_the_newest_shown(ana, ben, posts):
    like(ben, *posts)
    mute_post(post_id=posts[0].id, actor_id=ana.id)
    drain_all()

    unmute_post(post_id=posts[0].id, actor_id=ana.id)
    drain_all()

    (data,) = [event["d"] for event in frames(ana) if event["d"].get("quiet")]
    (row,) = data["rows"]
    assert (data["group"]["post"]["id"], row["group"]["post"]["id"]) == (str(posts[0].id), str(posts[2].id))
    assert (row["key"], row["group"]["across"]["count"]) == (data["group"]["across"]["key"], 3)


@pytest.mark.parametrize("mark", [mark_seen, mark_read])
def test_a_row_is_marked_as_a_whole(ana, ben, posts, mark):
    like(ben, *posts)
    (row,) = queries.notification_page(ana.id).items

    marked = mark(user_id=ana.id, group_ids=[row.id])

    (after,) = queries.notification_page(ana.id).items
    assert (len(marked), after.seen, after.read, rows(ana)[1]) == (3, True, mark is mark_read, 0)


def test_what_came_after_the_row_was_shown_is_not_marked(ana, ben, posts):
    like(ben, posts[0], posts[1])
    (row,) = queries.notification_page(ana.id).items
    like(ben, posts[2])

    mark_seen(user_id=ana.id, group_ids=[row.id])

    (after,) = queries.notification_page(ana.id).items
    assert (after.seen, rows(ana)[1]) == (False, 1)


def test_pages_have_each_row_once(ana, ben, posts):
    like(ben, posts[0], posts[1])
    like(make_user("chloe"), posts[2])

    first = queries.notification_page(ana.id, limit=1)
    second = queries.notification_page(ana.id, limit=1, after=first.next)

    shown = [[actor.username for actor in group.actors] for group in [*first.items, *second.items]]
    assert (shown, second.next) == ([["chloe"], ["ben"]], None)


@pytest.mark.parametrize("case", ["into a row of three", "of what one other has liked"])
def test_a_like_costs_no_query_more(case, ana, ben, posts, django_assert_num_queries):
    """As many as one that nothing joins: tests/notifications/test_groups.py."""
    like(ben, *posts[1:] if case == "into a row of three" else posts[:1])
    fan = ben if case == "into a row of three" else make_user("chloe")
    event = PostLiked(post_id=posts[0].id, author_id=ana.id, actor_id=fan.id)

    with django_assert_num_queries(4):
        groups.apply([outbox.Waiting(0, event, clock.now())])
