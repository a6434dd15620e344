"""Blocking: silence both ways, at once, and its undo."""

import pytest

from accounts import actions, queries
from accounts.models import Block, Follow, FollowRequest
from accounts.people import Relation
from core.problems import NotFound
from events.types import FollowRequestEnded, SilenceChanged, UserBlocked, UserUnblocked, UserUnfollowed
from tests.support.build import make_block, make_follow, make_request, make_user, make_users
from tests.support.outbox import recorded

pytestmark = pytest.mark.django_db


def silence(one, other):
    return [SilenceChanged(user_id=one.id, other_id=other.id), SilenceChanged(user_id=other.id, other_id=one.id)]


def test_block_ends_follows_both_ways_in_one_go():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    make_follow(ben, ana)

    relation = actions.block_user(username="ben", actor_id=ana.id, mut="m1")

    assert (relation, Follow.objects.count()) == (Relation(blocking=True), 0)
    assert recorded() == [
        UserUnfollowed(follower_id=ana.id, followee_id=ben.id, cut=True),
        UserUnfollowed(follower_id=ben.id, followee_id=ana.id),
        UserBlocked(blocker_id=ana.id, blocked_id=ben.id, mut="m1"),
        *silence(ana, ben),
    ]


def test_block_ends_requests_both_ways():
    ana, ben = make_user("ana", is_private=True), make_user("ben", is_private=True)
    make_request(ana, ben)
    make_request(ben, ana)

    actions.block_user(username="ben", actor_id=ana.id)

    assert FollowRequest.objects.count() == 0
    assert recorded() == [
        FollowRequestEnded(follower_id=ana.id, followee_id=ben.id, how="withdrawn"),
        FollowRequestEnded(follower_id=ben.id, followee_id=ana.id, how="refused"),
        UserBlocked(blocker_id=ana.id, blocked_id=ben.id),
        *silence(ana, ben),
    ]


def test_block_twice_announces_once():
    ana, ben = make_users("ana", "ben")

    for _ in range(2):
        actions.block_user(username="ben", actor_id=ana.id)

    assert (Block.objects.count(), recorded()) == (
        1,
        [UserBlocked(blocker_id=ana.id, blocked_id=ben.id), *silence(ana, ben)],
    )


def test_unblock_is_the_undo_and_brings_no_follow_back():
    ana, ben = make_users("ana", "ben")
    make_block(ana, ben)

    relations = [actions.unblock_user(username="ben", actor_id=ana.id, mut="m1") for _ in range(2)]

    assert (relations, Block.objects.count(), Follow.objects.count()) == ([Relation()] * 2, 0, 0)
    assert recorded() == [UserUnblocked(blocker_id=ana.id, blocked_id=ben.id, mut="m1"), *silence(ana, ben)]


def test_unblock_leaves_the_block_of_the_other():
    ana, ben = make_users("ana", "ben")
    make_block(ana, ben)
    make_block(ben, ana)

    with pytest.raises(NotFound):
        actions.unblock_user(username="ben", actor_id=ana.id)

    assert Block.objects.filter(blocker=ben).count() == 1


def test_a_blocked_person_meets_nobody():
    ana, ben = make_users("ana", "ben")
    make_block(ana, ben)

    for read in (queries.profile, queries.followers, queries.following, queries.person_by_username):
        with pytest.raises(NotFound):
            read("ana", viewer_id=ben.id)


def test_the_blocker_sees_a_name_and_a_face_to_unblock():
    ana, ben = make_user("ana"), make_user("ben", bio="Light", post_count=3, follower_count=4)
    make_block(ana, ben)

    profile = queries.profile("ben", viewer_id=ana.id)

    assert (profile.person.username, profile.relation) == ("ben", Relation(blocking=True))
    assert (profile.is_open, profile.bio, profile.post_count, profile.follower_count, profile.following_count) == (
        False,
        "",
        None,
        None,
        None,
    )


@pytest.mark.parametrize("blocker", ["ben", "viewer"])
def test_lists_of_people_leave_the_blocked_out_both_ways(blocker):
    people = {user.username: user for user in make_users("viewer", "ana", "ben", "eve")}
    viewer, ana, ben, eve = people.values()
    for other in (ben, eve):
        make_follow(other, ana)
        make_follow(ana, other)
    make_block(people[blocker], viewer if blocker == "ben" else ben)

    lists = [read("ana", viewer_id=viewer.id).page.items for read in (queries.followers, queries.following)]

    assert [[person.username for person in people] for people in lists] == [["eve"], ["eve"]]


@pytest.mark.parametrize("blocker", ["ben", "viewer"])
def test_suggestions_leave_the_blocked_out_both_ways(blocker):
    people = {user.username: user for user in make_users("viewer", "ben", "eve")}
    viewer, ben, _ = people.values()
    make_block(people[blocker], viewer if blocker == "ben" else ben)

    assert [person.username for person in queries.suggestions(viewer.id)] == ["eve"]


def test_suggestions_leave_out_whom_one_has_asked():
    ana, ben = make_user("ana"), make_user("ben", is_private=True)
    make_request(ana, ben)

    assert queries.suggestions(ana.id) == []
