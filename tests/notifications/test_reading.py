"""What was seen and what was read: group by group, on all devices; an undone deed changes neither."""

import json

import pytest

from core import clock
from core.problems import Invalid, NotFound
from events import types
from events.outbox import Waiting
from notifications import groups, queries, reading
from notifications.actions import mark_read, mark_seen
from notifications.actions.reading import MAX_GROUPS
from notifications.models import Group
from realtime.models import UserEvent
from tests.support.build import make_post, make_user, make_users
from tests.support.draining import drain_all
from tests.support.outbox import recorded

pytestmark = pytest.mark.django_db


def waiting(*events):
    return [Waiting(number, event, clock.now()) for number, event in enumerate(events)]


def liked(post, actor):
    return types.PostLiked(post_id=post.id, author_id=post.author_id, actor_id=actor.id)


def unliked(post, actor):
    return types.PostUnliked(post_id=post.id, author_id=post.author_id, actor_id=actor.id)


@pytest.fixture
def ana():
    return make_user("ana")


@pytest.fixture
def ben():
    return make_user("ben")


@pytest.fixture
def post(ana):
    return make_post(ana)


def marks(user):
    """Of each group, the latest first, whether it is seen and read; and the badge."""
    page = queries.notification_page(user.id)
    return [(group.seen, group.read) for group in page.items], queries.unread_count(user.id)


def three_likes(ana):
    """Of three posts, by one each; answer the groups, the latest first."""
    for fan in make_users("chloe", "dan", "eve"):
        groups.apply(waiting(liked(make_post(ana), fan)))
    return queries.notification_page(ana.id).items


def test_what_was_seen_leaves_the_badge_and_stays_unread(ana):
    latest, *_ = three_likes(ana)

    mark_seen(user_id=ana.id, group_ids=[latest.id])

    assert marks(ana) == ([(True, False), (False, False), (False, False)], 2)


def test_what_was_read_was_seen(ana):
    latest, *_ = three_likes(ana)

    mark_read(user_id=ana.id, group_ids=[latest.id])

    assert marks(ana) == ([(True, True), (False, False), (False, False)], 2)
    assert mark_seen(user_id=ana.id, group_ids=[latest.id]) == []


def test_marking_seen_up_to_a_group_leaves_newer_ones(ana):
    _, middle, _ = three_likes(ana)

    mark_seen(user_id=ana.id, up_to=middle.id)

    assert marks(ana) == ([(False, False), (True, False), (True, False)], 1)


def test_marking_seen_twice_marks_and_announces_once(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))
    (group,) = Group.objects.all()

    answers = [mark_seen(user_id=ana.id, mut="m1") for _ in range(2)]

    assert (answers, Group.objects.get().ver) == ([[group.id], []], group.ver + 1)
    assert recorded() == [types.NotificationsSeen(user_id=ana.id, group_ids=[group.id], mut="m1")]


def test_what_is_seen_and_then_read_is_announced_as_both(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))

    mark_seen(user_id=ana.id)
    mark_read(user_id=ana.id)

    assert [type(event) for event in recorded()] == [types.NotificationsSeen, types.NotificationsRead]


def test_others_groups_cannot_be_marked_as_seen(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))

    assert mark_seen(user_id=ben.id, group_ids=[Group.objects.get().id]) == []


@pytest.mark.parametrize("mark", [mark_seen, mark_read])
def test_what_is_too_much_or_nobodys_is_refused(ana, ben, post, mark):
    groups.apply(waiting(liked(post, ben)))

    with pytest.raises(Invalid, match="At most 200 ids"):
        mark(user_id=ana.id, group_ids=list(range(MAX_GROUPS + 1)))
    with pytest.raises(NotFound):
        mark(user_id=ben.id, up_to=Group.objects.get().id)


def test_something_new_in_a_seen_group_is_unseen_until_it_is_undone(ana, ben, post):
    chloe = make_user("chloe")
    groups.apply(waiting(liked(post, ben)))
    mark_seen(user_id=ana.id)

    groups.apply(waiting(liked(post, chloe)))
    during = marks(ana)
    groups.apply(waiting(unliked(post, chloe)))

    assert (during, marks(ana)) == (([(False, False)], 1), ([(True, False)], 0))


def test_every_device_is_told_what_was_seen_and_what_was_read(ana):
    first, second, _ = three_likes(ana)

    mark_seen(user_id=ana.id, group_ids=[first.id, second.id], mut="m1")
    mark_read(user_id=ana.id, group_ids=[second.id])
    drain_all()

    frames = map(json.loads, UserEvent.objects.filter(user_id=ana.id).order_by("seq").values_list("frame", flat=True))
    both = sorted([str(first.id), str(second.id)])
    assert [(frame["k"], frame["d"], frame.get("mut")) for frame in frames] == [
        ("notification.seen", {"ids": both, "up_to": None, "unread": 1}, "m1"),
        ("notification.read", {"ids": [str(second.id)], "up_to": None, "unread": 1}, None),
    ]


def test_a_group_that_grew_after_it_was_seen_is_not_told_as_seen(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))
    marked = mark_seen(user_id=ana.id)
    batch = waiting(types.NotificationsSeen(user_id=ana.id, group_ids=marked), liked(post, make_user("chloe")))

    groups.apply(batch)
    (told,) = reading.told(batch)

    assert told.data == {"ids": [], "up_to": None, "unread": 1}


def test_marking_read_twice_marks_once(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))

    first = mark_read(user_id=ana.id)

    assert (len(first), mark_read(user_id=ana.id), queries.unread_count(ana.id)) == (1, [], 0)


def test_an_undone_deed_leaves_a_read_group_read(ana, ben, post):
    chloe = make_user("chloe")
    groups.apply(waiting(liked(post, ben)))
    mark_read(user_id=ana.id)
    groups.apply(waiting(liked(post, chloe)))
    assert queries.unread_count(ana.id) == 1

    groups.apply(waiting(unliked(post, chloe)))

    assert queries.unread_count(ana.id) == 0


def test_marking_up_to_a_group_leaves_newer_ones(ana):
    _, middle, _ = three_likes(ana)

    mark_read(user_id=ana.id, up_to=middle.id)

    assert [group.read for group in queries.notification_page(ana.id).items] == [False, True, True]


def test_others_groups_cannot_be_marked(ana, ben, post):
    groups.apply(waiting(liked(post, ben)))
    group = Group.objects.get()

    assert mark_read(user_id=ben.id, group_ids=[group.id]) == []


def test_a_group_that_grew_after_it_was_read_is_not_told_as_read(ana, ben, post):
    other = make_post(ana)
    groups.apply(waiting(liked(post, ben), liked(other, ben)))
    marked = mark_read(user_id=ana.id)
    batch = waiting(types.NotificationsRead(user_id=ana.id, group_ids=marked), liked(post, make_user("chloe")))

    groups.apply(batch)
    (told,) = reading.told(batch)

    still_read = [str(group.id) for group in Group.objects.filter(target=other.id)]
    assert told.data == {"ids": still_read, "up_to": None, "unread": 1}
