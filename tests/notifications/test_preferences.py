"""From whom a person wants to hear: what they do not want is told nowhere, and is there again once they want it."""

import json

import pytest

from accounts import actions as people
from content import actions
from events import outbox, types
from notifications import hiding, pieces, queries
from notifications.actions import set_preferences
from notifications.models import Entry, Kind, Preference, Senders
from project import drain
from realtime.models import UserEvent
from tests.support.build import (
    make_comment,
    make_follow,
    make_post,
    make_preference,
    make_user,
    make_users,
)
from tests.support.draining import drain_all
from tests.support.outbox import recorded

pytestmark = pytest.mark.django_db

EVERYONE = dict.fromkeys(Kind, Senders.EVERYONE)


@pytest.fixture
def ana():
    return make_user("ana")


@pytest.fixture
def ben():
    return make_user("ben")


@pytest.fixture
def post(ana):
    return make_post(ana)


def want(user, kind, senders):
    set_preferences(user_id=user.id, wanted={Kind(kind): Senders(senders)})
    drain_all()


def like(post, *fans):
    for fan in fans:
        actions.like_post(post_id=post.id, actor_id=fan.id)
    drain_all()


def listed(user):
    """What a person's list shows, and the number on the badge."""
    groups = queries.notification_page(user.id).items
    rows = [(group.kind, sorted(actor.username for actor in group.actors)) for group in groups]
    return sorted(rows), queries.unread_count(user.id)


def frames(user):
    """The kinds of what a person was told."""
    told = UserEvent.objects.filter(user_id=user.id).order_by("seq").values_list("frame", flat=True)
    return [kind for kind in (json.loads(frame)["k"] for frame in told) if kind.startswith("notification")]


def everything(ana, ben):
    """Ben does to ana whatever can be told, each once."""
    post, theirs = make_post(ana), make_comment(make_post(make_user("eve")), ana)
    actions.like_post(post_id=post.id, actor_id=ben.id)
    actions.comment(post_id=post.id, actor_id=ben.id, text="Lovely.")
    people.follow_user(username="ana", actor_id=ben.id)
    actions.comment(post_id=theirs.post_id, actor_id=ben.id, text="Yes.", parent_id=theirs.id)
    actions.comment(post_id=theirs.post_id, actor_id=ben.id, text="@ana look")
    actions.like_comment(comment_id=theirs.id, actor_id=ben.id)
    drain_all()


def test_without_a_word_a_person_hears_of_everyone(ana):
    assert queries.preferences(ana.id) == EVERYONE


def test_a_preference_changes_one_kind_and_says_so_once(ana):
    answers = [set_preferences(user_id=ana.id, wanted={Kind.LIKE: Senders.NOBODY}) for _ in range(2)]

    assert answers == [EVERYONE | {Kind.LIKE: Senders.NOBODY}] * 2
    assert recorded() == [types.PreferenceChanged(user_id=ana.id, kind="like")]


def test_everyone_again_leaves_no_row(ana):
    make_preference(ana, "like", "nobody")

    set_preferences(user_id=ana.id, wanted={Kind.LIKE: Senders.EVERYONE})

    assert (queries.preferences(ana.id), Preference.objects.count()) == (EVERYONE, 0)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_that_is_not_wanted_is_hidden_and_is_there_again(kind, ana, ben):
    everything(ana, ben)
    before = listed(ana)

    want(ana, kind, "nobody")
    during = listed(ana)
    want(ana, kind, "everyone")

    rows, unread = before
    assert (len(rows), during) == (len(Kind), ([row for row in rows if row[0] != kind], unread - 1))
    assert listed(ana) == before


def test_what_happens_while_it_is_not_wanted_is_not_told_and_is_there_afterwards(ana, ben, post):
    make_preference(ana, "like", "nobody")
    like(post, ben)
    during = (listed(ana), frames(ana))

    want(ana, "like", "everyone")

    assert (during, listed(ana)) == ((([], 0), []), ([("like", ["ben"])], 1))


def test_likes_by_whom_one_follows_are_told_and_others_are_not(ana, ben, post):
    make_preference(ana, "like", "following")
    make_follow(ana, ben)

    like(post, ben, make_user("chloe"))

    assert (listed(ana), frames(ana)) == (([("like", ["ben"])], 1), ["notification"])


def test_what_one_has_hidden_as_a_strangers_is_there_once_one_follows_them_and_goes_again(ana, ben, post):
    make_preference(ana, "like", "following")
    like(post, ben)
    before = listed(ana)

    people.follow_user(username="ben", actor_id=ana.id)
    drain_all()
    during = listed(ana)
    people.unfollow_user(username="ben", actor_id=ana.id)
    drain_all()

    assert (before, during, listed(ana)) == (([], 0), ([("like", ["ben"])], 1), ([], 0))


def test_a_follow_is_weighed_in_the_shard_of_who_is_told(ana, ben):
    """There what others did to them is derived: none of it slips past."""
    make_preference(ana, "like", "following")
    people.follow_user(username="ben", actor_id=ana.id)

    drain.drain_shard(outbox.shard_of(ben.id))

    assert recorded() == [types.SenderChanged(user_id=ana.id, sender_id=ben.id)]


def test_a_follow_is_not_weighed_for_those_who_hear_of_everyone(ana, ben):
    make_preference(ana, "like", "nobody")
    people.follow_user(username="ben", actor_id=ana.id)

    drain.drain_shard(outbox.shard_of(ben.id))

    assert recorded() == []


def test_the_preference_is_nobody_elses(ana, ben, post):
    make_preference(ben, "like", "nobody")

    like(post, ben)

    assert listed(ana) == ([("like", ["ben"])], 1)


def test_a_deed_that_is_hidden_and_undone_leaves_nothing(ana, ben, post):
    make_preference(ana, "like", "nobody")
    like(post, ben)

    actions.unlike_post(post_id=post.id, actor_id=ben.id)
    drain_all()

    assert (Entry.objects.count(), frames(ana)) == (0, [])


def test_many_entries_are_gone_through_in_pieces(ana, post, monkeypatch):
    monkeypatch.setattr(pieces, "MOST", 2)
    fans = make_users("ben", "chloe", "dan", "eve", "fay")
    like(post, *fans)
    like(make_post(ana), *fans)
    before = listed(ana)

    want(ana, "like", "nobody")
    during = (listed(ana), Entry.objects.filter(hidden=False).count())
    want(ana, "like", "everyone")

    assert (during, listed(ana), outbox.depth().waiting) == ((([], 0), 0), before, 0)


def test_a_piece_goes_through_no_more_than_its_share(ana, ben, monkeypatch):
    monkeypatch.setattr(pieces, "MOST", 2)
    posts = [make_post(ana) for _ in range(3)]
    for post in posts:
        like(post, ben)
    set_preferences(user_id=ana.id, wanted={Kind.LIKE: Senders.NOBODY})

    hiding.apply([outbox.Waiting(0, event, ana.date_joined) for event in recorded()])

    shown = [entry.object_id for entry in Entry.objects.filter(hidden=False)]
    next_piece = types.PreferenceChanged(user_id=ana.id, kind="like", below=(posts[1].id, ben.id))
    assert (shown, recorded()[1:]) == ([posts[0].id], [next_piece])


def test_what_a_preference_hides_is_told_once_a_group(ana, post):
    like(post, *make_users("ben", "chloe", "dan"))
    start = len(frames(ana))

    want(ana, "like", "nobody")

    assert frames(ana)[start:] == ["notification.retracted"]


def test_one_who_replies_is_told_of_as_that(ana, ben):
    """The kinds are told apart: who wants no comments still hears of answers."""
    make_preference(ana, "comment", "nobody")
    theirs = make_comment(make_post(ana), ana)

    actions.comment(post_id=theirs.post_id, actor_id=ben.id, text="Yes.", parent_id=theirs.id)
    drain_all()

    assert listed(ana) == ([("reply", ["ben"])], 1)
