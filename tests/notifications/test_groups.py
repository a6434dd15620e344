"""Groups derived from events: counted once, undone, never split, in a fixed number of queries."""

import pytest

from core import clock
from core.cursors import Page
from events import types
from events.outbox import Waiting
from notifications import groups, queries
from notifications.models import Entry, Group
from realtime import log
from tests.support.build import make_comment, make_post, make_user, make_users

pytestmark = pytest.mark.django_db


def waiting(*events):
    return [Waiting(number, event, clock.now()) for number, event in enumerate(events)]


def liked(post, actor):
    return types.PostLiked(post_id=post.id, author_id=post.author_id, actor_id=actor.id)


def unliked(post, actor):
    return types.PostUnliked(post_id=post.id, author_id=post.author_id, actor_id=actor.id)


def commented(comment):
    author_id = comment.post.author_id
    return types.CommentAdded(
        comment_id=comment.id, post_id=comment.post_id, author_id=author_id, actor_id=comment.author_id
    )


@pytest.fixture
def ana():
    return make_user("ana")


@pytest.fixture
def ben():
    return make_user("ben")


@pytest.fixture
def post(ana):
    return make_post(ana)


def shown(user):
    page = queries.notification_page(user.id)
    return [(group.kind, group.actor_count, [actor.username for actor in group.actors]) for group in page.items]


def test_likes_of_a_post_are_one_group_with_the_latest_actors_first(ana, post):
    fans = make_users("ben", "chloe", "dan", "eve")

    groups.apply(waiting(*(liked(post, fan) for fan in fans)))

    assert shown(ana) == [("like", 4, ["eve", "dan", "chloe"])]


def test_every_deed_is_told_in_order(ana, post):
    fans = make_users("ben", "chloe")

    told = groups.apply(waiting(*(liked(post, fan) for fan in fans)))

    assert [(one.user_id, one.kind, one.data["entry"]["actor"]["username"]) for one in told] == [
        (ana.id, "notification", "ben"),
        (ana.id, "notification", "chloe"),
    ]


def test_an_event_handled_twice_tells_nothing_more(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))

    assert groups.apply(waiting(liked(post, ben))) == []
    assert shown(ana) == [("like", 1, ["ben"])]


def test_a_deed_undone_in_the_same_batch_leaves_no_trace(ana, ben, post):
    assert groups.apply(waiting(liked(post, ben), unliked(post, ben))) == []
    assert shown(ana) == []


def test_a_deed_undone_and_done_again_in_one_batch_is_told_once(ana, ben, post):
    told = groups.apply(waiting(liked(post, ben), unliked(post, ben), liked(post, ben)))

    assert [one.kind for one in told] == ["notification"]


def test_undoing_retracts_one_actor_and_leaves_the_others(ana, ben, post):
    chloe = make_user("chloe")
    groups.apply(waiting(liked(post, ben), liked(post, chloe)))

    (told,) = groups.apply(waiting(unliked(post, chloe)))

    assert (told.kind, told.data["group"]["actor_count"]) == ("notification.retracted", 1)
    assert shown(ana) == [("like", 1, ["ben"])]


def test_undoing_the_last_deed_removes_the_group(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))

    (told,) = groups.apply(waiting(unliked(post, ben)))

    assert (told.data["group"], told.data["unread"], Group.objects.count()) == (None, 0, 0)


def test_a_group_whose_only_deed_is_undone_takes_another_of_the_same_batch(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))

    told = groups.apply(waiting(unliked(post, ben), liked(post, make_user("chloe"))))

    assert [(one.kind, one.data["group"]["actor_count"]) for one in told] == [
        ("notification", 1),
        ("notification.retracted", 1),
    ]
    assert shown(ana) == [("like", 1, ["chloe"])]


def test_a_group_whose_last_deed_is_taken_back_while_it_is_read_is_not_shown(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))
    Entry.objects.all().delete()  # what the second query finds of a group that the first has found

    assert shown(ana) == []


def test_nobody_is_told_of_what_they_did_themselves(ana, post):
    assert groups.apply(waiting(liked(post, ana))) == []


def test_someone_who_comments_twice_is_one_actor(ana, ben, post):
    events = [commented(make_comment(post, ben, text)) for text in ("One", "Two")]

    groups.apply(waiting(*events))

    assert shown(ana) == [("comment", 1, ["ben"])]
    assert queries.notification_page(ana.id).items[0].text_excerpt == "Two"


def test_a_comment_that_is_gone_already_is_not_told(ana, ben, post):
    comment = make_comment(post, ben)
    event = commented(comment)
    comment.delete()

    assert groups.apply(waiting(event)) == []


def test_a_purged_post_takes_its_notifications_with_it(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))

    told = groups.apply(waiting(types.PostPurged(post_id=post.id, author_id=ana.id)))

    assert ([one.kind for one in told], shown(ana)) == (["notification.retracted"], [])


def test_a_like_of_a_post_deleted_meanwhile_is_not_told(ana, ben, post):
    post.deleted_at = clock.now()
    post.save()

    assert groups.apply(waiting(liked(post, ben))) == []


def test_a_batch_costs_the_same_queries_for_one_and_for_thirty(ana, ben, post, django_assert_num_queries):
    posts = [make_post(ana) for _ in range(10)]
    fans = make_users("chloe", "dan", "eve")

    with django_assert_num_queries(4):
        groups.apply(waiting(liked(post, ben)))
    with django_assert_num_queries(4):
        groups.apply(waiting(*(liked(post, fan) for post in posts for fan in fans)))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_one_query(ana, number, django_assert_num_queries):
    groups.apply(waiting(*(liked(make_post(ana), make_user(f"fan{n}")) for n in range(number))))

    with django_assert_num_queries(1):
        assert len(queries.notification_page(ana.id).items) == number


def test_a_snapshot_and_its_position_are_of_one_query(ana, ben, post, django_assert_num_queries):
    log.append(groups.apply(waiting(liked(post, ben))))
    log.epoch()

    with django_assert_num_queries(1):
        found = queries.snapshot(ana.id)

    assert (len(found.page.items), found.at["seq"]) == (1, 1)


def test_a_snapshot_of_nothing_has_a_position(ana):
    assert queries.snapshot(ana.id) == queries.Snapshot(Page([]), {"epoch": log.epoch(), "seq": 0})


def test_the_badge_and_its_position_are_of_one_query(ana, django_assert_num_queries):
    log.epoch()
    groups.apply(waiting(*(liked(make_post(ana), make_user(f"fan{n}")) for n in range(3))))

    with django_assert_num_queries(1):
        assert queries.unread_snapshot(ana.id)["count"] == 3


def test_pages_follow_each_other_without_a_gap(ana):
    groups.apply(waiting(*(liked(make_post(ana), make_user(f"fan{n}")) for n in range(5))))

    first = queries.notification_page(ana.id, limit=3)
    second = queries.notification_page(ana.id, limit=3, after=first.next)

    ids = [group.id for group in [*first.items, *second.items]]
    assert (len(ids), len(set(ids)), second.next) == (5, 5, None)
    assert Entry.objects.count() == 5
