"""The mute of one post: nothing about it is told to who muted it, and all of it is there again with the undo."""

import json

import pytest

from content import actions
from core.problems import NotFound
from events import types
from notifications import queries
from notifications.actions import mute_post, unmute_post
from notifications.models import PostMute
from realtime.models import UserEvent
from tests.support.build import make_comment, make_post, make_post_mute, make_users
from tests.support.draining import drain_all
from tests.support.outbox import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd():
    return make_users("ana", "ben", "chloe")


@pytest.fixture
def post(crowd):
    return make_post(crowd[0])


def listed(user):
    """The kinds that a person's list shows, and the number on the badge."""
    kinds = [group.kind for group in queries.notification_page(user.id).items]
    return sorted(kinds), queries.unread_count(user.id)


def told(user, start=0):
    """What a person's devices were told: kind, and whether it is no news."""
    rows = UserEvent.objects.filter(user_id=user.id, seq__gt=start).order_by("seq").values_list("frame", flat=True)
    return [(event["k"], event["d"].get("quiet"), event["d"].get("muted")) for event in map(json.loads, rows)]


def talk(crowd, post):
    """Of a post: its author is told of a like and a comment, and ben of all that one is told of others' posts."""
    ana, ben, chloe = crowd
    theirs = make_comment(post, ben)
    actions.like_post(post_id=post.id, actor_id=chloe.id)
    actions.comment(post_id=post.id, actor_id=chloe.id, text="Lovely.")
    actions.comment(post_id=post.id, actor_id=chloe.id, text="Yes.", parent_id=theirs.id)
    actions.comment(post_id=post.id, actor_id=ana.id, text="@ben look")
    actions.like_comment(comment_id=theirs.id, actor_id=chloe.id)
    drain_all()


def test_mute_twice_mutes_and_announces_once(crowd, post):
    answers = [mute_post(post_id=post.id, actor_id=crowd[1].id, mut="m1") for _ in range(2)]

    assert (answers, PostMute.objects.count()) == ([True, True], 1)
    assert recorded() == [types.PostMuted(post_id=post.id, user_id=crowd[1].id, mut="m1")]


def test_unmute_twice_announces_once(crowd, post):
    make_post_mute(crowd[1], post)

    answers = [unmute_post(post_id=post.id, actor_id=crowd[1].id) for _ in range(2)]

    assert (answers, PostMute.objects.count()) == ([False, False], 0)
    assert recorded() == [types.PostUnmuted(post_id=post.id, user_id=crowd[1].id)]


@pytest.mark.parametrize("action", [mute_post, unmute_post])
def test_a_post_out_of_sight_is_not_found(crowd, action):
    post = make_post(crowd[0], visibility="followers")

    with pytest.raises(NotFound):
        action(post_id=post.id, actor_id=crowd[1].id)


def test_whether_it_is_muted_is_told_of_a_post_in_sight_alone(crowd, post):
    make_post_mute(crowd[1], post)
    hidden = make_post(crowd[0], visibility="followers")

    assert [queries.is_muted(person.id, post.id) for person in crowd] == [False, True, False]
    with pytest.raises(NotFound):
        queries.is_muted(crowd[1].id, hidden.id)


@pytest.mark.parametrize(
    ("who", "kinds"), [(0, ["comment", "like"]), (1, ["comment_like", "mention", "reply"])], ids=["own", "others"]
)
def test_what_was_told_of_a_muted_post_is_hidden_and_is_there_again(who, kinds, crowd, post):
    person = crowd[who]
    talk(crowd, post)
    before = listed(person)

    mute_post(post_id=post.id, actor_id=person.id)
    drain_all()
    during = listed(person)
    unmute_post(post_id=post.id, actor_id=person.id)
    drain_all()

    assert (before, during, listed(person)) == ((kinds, len(kinds)), ([], 0), (kinds, len(kinds)))


@pytest.mark.parametrize(("who", "kinds"), [(0, ["comment", "like"]), (1, ["comment_like", "mention", "reply"])])
def test_what_happens_meanwhile_is_not_told_and_is_there_afterwards(who, kinds, crowd, post):
    person = crowd[who]
    make_post_mute(person, post)
    talk(crowd, post)
    during = (listed(person), told(person))

    unmute_post(post_id=post.id, actor_id=person.id)
    drain_all()

    assert (during, listed(person)) == ((([], 0), []), (kinds, len(kinds)))


def test_it_is_retracted_live_and_back_as_no_news_and_every_device_knows_of_the_mute(crowd, post):
    ana, ben, _ = crowd
    actions.like_post(post_id=post.id, actor_id=ben.id)
    drain_all()

    mute_post(post_id=post.id, actor_id=ana.id)
    drain_all()
    unmute_post(post_id=post.id, actor_id=ana.id)
    drain_all()

    assert told(ana) == [
        ("notification", None, None),
        ("notification.retracted", None, None),
        ("post.muted", None, True),
        ("notification", True, None),
        ("post.muted", None, False),
    ]


def test_a_mute_is_of_one_post_and_of_one_person(crowd, post):
    ana, ben, chloe = crowd
    make_post_mute(chloe, post)
    make_post_mute(ana, make_post(ana))
    talk(crowd, post)

    assert (listed(ana)[0], listed(ben)[0]) == (["comment", "like"], ["comment_like", "mention", "reply"])


def test_a_muted_post_can_be_removed_for_good(crowd, post):
    make_post_mute(crowd[1], post)
    actions.delete_post(post_id=post.id, actor_id=crowd[0].id)

    actions.purge_post(post_id=post.id, actor_id=crowd[0].id)

    assert PostMute.objects.count() == 0
