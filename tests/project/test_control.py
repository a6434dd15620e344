"""What the drain writes into the control log: one test for each entry."""

import json

import pytest

from accounts import actions
from accounts.models import Session, User
from content.actions import archive_post, delete_post, edit_post
from realtime import log
from realtime.models import UserEvent
from tests.support.build import make_block, make_follow, make_post, make_user, make_users
from tests.support.draining import drain_all
from tests.support.web import Web

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("ana", password="correct horse")


@pytest.fixture
def ben():
    return make_user("ben")


def controls():
    """Drain, and read the control log."""
    drain_all()
    frames = UserEvent.objects.filter(user_id=log.CONTROL).order_by("seq").values_list("frame", flat=True)
    return [(event["k"], event["d"]) for event in map(json.loads, frames)]


def session_of(user):
    Web(user)
    return Session.objects.latest("id").id


def test_session_ended(ana):
    session_id = session_of(ana)

    actions.end_session(user_id=ana.id, session_id=session_id)

    assert controls() == [("control", {"session": session_id, "reason": "ended"})]


def test_token_revoked(ana):
    token_id = actions.issue_token(user_id=ana.id).view.id

    actions.revoke_token(user_id=ana.id, token_id=token_id)

    assert controls() == [("control", {"token": token_id, "reason": "ended"})]


def test_password_changed(ana):
    session_id = session_of(ana)
    key = Session.objects.get().session_key

    actions.change_password(user=ana, password="battery staple", keep_key=key)

    assert controls() == [("control", {"user": ana.id, "keep": session_id, "reason": "password"})]


def test_suspended(ana):
    actions.suspend_user(username="ana")

    assert controls() == [("control", {"user": ana.id, "reason": "suspended"})]


def test_deleted(ana):
    actions.delete_account(user_id=ana.id, password="correct horse")

    assert controls() == [("control", {"user": ana.id, "reason": "deleted"})]


def test_going_private_and_public_again_is_one_entry(ana):
    for private in (True, False, True):
        actions.update_profile(user_id=ana.id, private=private)

    assert controls() == [("control", {"owner": ana.id, "reason": "private"})]


def test_going_public_takes_nothing(ana):
    actions.update_profile(user_id=ana.id, private=False, shows_presence=True)

    assert controls() == []


def test_hiding_ones_presence(ana):
    actions.update_profile(user_id=ana.id, shows_presence=False)

    assert controls() == [("control", {"owner": ana.id, "reason": "presence"})]


def test_unfollow_of_a_private_person(ben):
    ana = make_user("ana", is_private=True, follower_count=1)
    make_follow(ben, ana)
    User.objects.filter(id=ben.id).update(following_count=1)

    actions.unfollow_user(username="ana", actor_id=ben.id)

    assert controls() == [("control", {"pair": sorted([ana.id, ben.id]), "reason": "unfollowed"})]


def test_unfollow_of_a_public_person_who_posts_for_followers(ana, ben):
    make_follow(ben, ana)
    make_post(ana, visibility="followers")
    User.objects.update(follower_count=1, following_count=1)

    actions.unfollow_user(username="ana", actor_id=ben.id)

    assert controls() == [("control", {"pair": sorted([ana.id, ben.id]), "reason": "unfollowed"})]


def test_unfollow_of_a_public_person_takes_nothing(ana, ben):
    make_follow(ben, ana)
    User.objects.update(follower_count=1, following_count=1)

    actions.unfollow_user(username="ana", actor_id=ben.id)

    assert controls() == []


def test_block(ana, ben):
    make_follow(ana, ben)
    make_follow(ben, ana)
    User.objects.update(follower_count=1, following_count=1)

    actions.block_user(username="ben", actor_id=ana.id)

    pair = sorted([ana.id, ben.id])
    assert controls()[-1] == ("control", {"pair": pair, "reason": "blocked"})
    assert {data["reason"] for _, data in controls()} <= {"blocked", "unfollowed"}


def test_block_and_unblock_in_one_batch_are_one_entry(ana, ben):
    actions.block_user(username="ben", actor_id=ana.id)
    actions.unblock_user(username="ben", actor_id=ana.id)

    assert controls() == [("control", {"pair": sorted([ana.id, ben.id]), "reason": "unblocked"})]


def test_unblock(ana, ben):
    make_block(ana, ben)

    actions.unblock_user(username="ben", actor_id=ana.id)

    assert controls() == [("control", {"pair": sorted([ana.id, ben.id]), "reason": "unblocked"})]


def test_deleted_posts_share_one_entry(ana):
    posts = [make_post(ana) for _ in range(2)]
    User.objects.update(post_count=2)

    for post in posts:
        delete_post(post_id=post.id, actor_id=ana.id)

    assert controls() == [("control", {"topics": [f"post:{post.id}" for post in posts], "reason": "deleted"})]


def test_an_archived_post_is_taken_like_a_deleted_one(ana):
    post = make_post(ana)

    archive_post(post_id=post.id, actor_id=ana.id)

    assert controls() == [("control", {"topics": [f"post:{post.id}"], "reason": "deleted"})]


def test_a_post_that_is_for_followers_now(ana):
    edit_post(post_id=make_post(ana).id, actor_id=ana.id, visibility="followers")

    assert controls() == [("control", {"owner": ana.id, "reason": "followers"})]


def test_a_post_that_is_for_all_now_takes_nothing(ana):
    edit_post(post_id=make_post(ana, visibility="followers").id, actor_id=ana.id, visibility="public", caption="Dawn")

    assert controls() == []


def test_entries_about_different_people_stay_apart():
    for person in make_users("ana", "ben"):
        actions.suspend_user(username=person.username)

    assert len(controls()) == 2


def test_renamed(ana):
    actions.rename_user(user_id=ana.id, username="anna")

    assert controls() == [("control", {"user": ana.id, "reason": "renamed"})]
