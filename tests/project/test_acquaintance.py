"""What both sides of a follow are told, on all of their devices."""

import json

import pytest

from accounts import actions
from accounts.models import User
from realtime.models import UserEvent
from tests.support.build import make_follow, make_request, make_user
from tests.support.draining import drain_all

pytestmark = pytest.mark.django_db

KINDS = ("user.followed", "follow.request", "follow.request.retracted")


@pytest.fixture
def ana():
    return make_user("ana", is_private=True)


@pytest.fixture
def ben():
    return make_user("ben")


def told(user):
    """Drain, and read what a person was told of follows: kind, data, mutation."""
    drain_all()
    frames = UserEvent.objects.filter(user_id=user.id).order_by("seq").values_list("frame", flat=True)
    events = map(json.loads, frames)
    return [(event["k"], event["d"], event.get("mut")) for event in events if event["k"] in KINDS]


def follows(user, following):
    return {"user": str(user.id), "username": user.username, "following": following}


def asks(user, waiting):
    name = user.username
    card = {"id": str(user.id), "username": name, "name": "", "avatar_url": "", "url": f"/@{name}/"}
    return {"person": card, "waiting": waiting}


def test_a_request_is_told_to_both(ana, ben):
    actions.follow_user(username="ana", actor_id=ben.id, mut="m1")

    assert told(ben) == [("user.followed", follows(ana, "requested"), "m1")]
    assert told(ana) == [("follow.request", asks(ben, 1), None)]


def test_a_request_taken_back_is_retracted(ana, ben):
    make_request(ben, ana)

    actions.unfollow_user(username="ana", actor_id=ben.id, mut="m1")

    assert told(ben) == [("user.followed", follows(ana, "no"), "m1")]
    assert told(ana) == [("follow.request.retracted", asks(ben, 0), None)]


def test_a_request_taken_back_at_once_is_never_seen(ana, ben):
    actions.follow_user(username="ana", actor_id=ben.id)
    actions.unfollow_user(username="ana", actor_id=ben.id)

    assert told(ana) == []


def test_approval_is_told_to_both(ana, ben):
    make_request(ben, ana)

    actions.approve_request(username="ben", actor_id=ana.id, mut="m1")

    assert told(ben) == [("user.followed", follows(ana, "yes"), None)]
    assert told(ana) == [("follow.request.retracted", asks(ben, 0), "m1")]


def test_refusal_is_told_to_both_and_the_mutation_only_to_who_refused(ana, ben):
    make_request(ben, ana)

    actions.reject_request(username="ben", actor_id=ana.id, mut="m1")

    assert told(ben) == [("user.followed", follows(ana, "no"), None)]
    assert told(ana) == [("follow.request.retracted", asks(ben, 0), "m1")]


def test_a_follower_removed_learns_that_they_follow_no_more(ana, ben):
    make_follow(ben, ana)
    User.objects.update(follower_count=1, following_count=1)

    actions.remove_follower(username="ben", actor_id=ana.id)

    assert (told(ben), told(ana)) == ([("user.followed", follows(ana, "no"), None)], [])


def test_a_pending_request_makes_no_notification(ana, ben):
    actions.follow_user(username="ana", actor_id=ben.id)
    told(ana)

    assert ana.notification_groups.count() == 0
