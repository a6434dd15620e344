"""Follows and requests as a state machine: pending is not following, whatever happens."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts import actions, queries
from accounts.models import Follow, FollowRequest, User
from accounts.people import Relation
from core.problems import Conflict, Invalid, NotFound
from events.types import FollowRequested, FollowRequestEnded, UserFollowed, UserUnfollowed
from tests.support.build import make_block, make_follow, make_request, make_user, make_users
from tests.support.outbox import forget, recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("ana", is_private=True)


@pytest.fixture
def ben():
    return make_user("ben")


def follows():
    return list(Follow.objects.values_list("follower__username", "followee__username"))


def requests():
    return list(FollowRequest.objects.values_list("follower__username", "followee__username"))


def test_follow_of_a_private_person_asks(ana, ben):
    relation = actions.follow_user(username="ana", actor_id=ben.id, mut="m1")

    assert (relation, follows(), requests()) == (Relation("requested"), [], [("ben", "ana")])
    assert recorded() == [FollowRequested(follower_id=ben.id, followee_id=ana.id, mut="m1")]


def test_asking_twice_asks_once(ana, ben):
    for _ in range(2):
        actions.follow_user(username="ana", actor_id=ben.id)

    assert (requests(), len(recorded())) == ([("ben", "ana")], 1)


def test_follow_of_a_private_person_who_is_followed_already_changes_nothing(ana, ben):
    make_follow(ben, ana)

    relation = actions.follow_user(username="ana", actor_id=ben.id)

    assert (relation, requests(), recorded()) == (Relation("yes"), [], [])


def test_approve_makes_the_follow(ana, ben):
    make_request(ben, ana)

    relation = actions.approve_request(username="ben", actor_id=ana.id, mut="m1")

    assert (relation, follows(), requests()) == (Relation(followed_by=True), [("ben", "ana")], [])
    assert recorded() == [
        FollowRequestEnded(follower_id=ben.id, followee_id=ana.id, how="granted", mut="m1"),
        UserFollowed(follower_id=ben.id, followee_id=ana.id),
    ]


def test_approve_twice_changes_nothing(ana, ben):
    make_request(ben, ana)
    actions.approve_request(username="ben", actor_id=ana.id)
    forget()

    actions.approve_request(username="ben", actor_id=ana.id)

    assert (follows(), recorded()) == ([("ben", "ana")], [])


def test_approve_of_somebody_who_did_not_ask_is_refused(ana, ben):
    with pytest.raises(NotFound):
        actions.approve_request(username="ben", actor_id=ana.id)

    assert follows() == []


def test_nobody_approves_their_own_request(ana, ben):
    make_request(ben, ana)

    with pytest.raises(NotFound):
        actions.approve_request(username="ana", actor_id=ben.id)

    assert (follows(), requests()) == ([], [("ben", "ana")])


def test_reject_ends_the_request_and_they_may_ask_again(ana, ben):
    make_request(ben, ana)

    actions.reject_request(username="ben", actor_id=ana.id, mut="m1")
    actions.reject_request(username="ben", actor_id=ana.id)

    assert (follows(), requests()) == ([], [])
    assert recorded() == [FollowRequestEnded(follower_id=ben.id, followee_id=ana.id, how="refused", mut="m1")]
    assert actions.follow_user(username="ana", actor_id=ben.id) == Relation("requested")


def test_unfollow_takes_a_request_back(ana, ben):
    make_request(ben, ana)

    relation = actions.unfollow_user(username="ana", actor_id=ben.id, mut="m1")

    assert (relation, requests()) == (Relation("no"), [])
    assert recorded() == [FollowRequestEnded(follower_id=ben.id, followee_id=ana.id, how="withdrawn", mut="m1")]


def test_going_public_grants_no_request(ana, ben):
    make_request(ben, ana)

    actions.update_profile(user_id=ana.id, private=False)

    assert (follows(), requests()) == ([], [("ben", "ana")])
    assert queries.relation(ben.id, ana.id) == Relation("requested")


def test_asking_a_person_who_became_public_follows_them(ana, ben):
    make_request(ben, ana)
    User.objects.update(is_private=False)

    relation = actions.follow_user(username="ana", actor_id=ben.id, mut="m1")

    assert (relation, follows(), requests()) == (Relation("yes"), [("ben", "ana")], [])
    assert recorded() == [
        FollowRequestEnded(follower_id=ben.id, followee_id=ana.id, how="granted"),
        UserFollowed(follower_id=ben.id, followee_id=ana.id, mut="m1"),
    ]


def test_going_private_keeps_the_followers(ben):
    ana = make_user("ana")
    make_follow(ben, ana)

    actions.update_profile(user_id=ana.id, private=True)

    assert follows() == [("ben", "ana")]


def test_unfollow_and_follow_again_asks_again(ana, ben):
    make_follow(ben, ana)

    actions.unfollow_user(username="ana", actor_id=ben.id)
    relation = actions.follow_user(username="ana", actor_id=ben.id)

    assert (relation, follows()) == (Relation("requested"), [])


def test_unfollow_of_a_private_person_cuts(ana, ben):
    make_follow(ben, ana)

    actions.unfollow_user(username="ana", actor_id=ben.id)

    assert recorded() == [UserUnfollowed(follower_id=ben.id, followee_id=ana.id, cut=True)]


@pytest.mark.parametrize("action", [actions.follow_user, actions.unfollow_user])
@pytest.mark.parametrize("is_private", [True, False])
def test_a_follow_is_a_lock_and_a_statement(action, is_private, ben, django_assert_num_queries):
    make_user("ana", is_private=is_private)

    with django_assert_num_queries(2):
        action(username="ana", actor_id=ben.id)


def test_unfollow_of_somebody_whom_one_blocks_tells_that(ben):
    ana = make_user("ana")
    make_block(ben, ana)

    assert actions.unfollow_user(username="ana", actor_id=ben.id) == Relation(blocking=True)


def test_follow_answers_how_the_two_stand(ben):
    ana = make_user("ana")
    make_follow(ana, ben)
    actions.mute_user(username="ana", actor_id=ben.id)

    relation = actions.follow_user(username="ana", actor_id=ben.id)

    assert relation == Relation("yes", followed_by=True, muting=True) == queries.relation(ben.id, ana.id)


def test_unfollow_of_one_who_follows_back_cuts():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    make_follow(ben, ana)

    actions.unfollow_user(username="ana", actor_id=ben.id)

    assert recorded() == [UserUnfollowed(follower_id=ben.id, followee_id=ana.id, cut=True)]


def test_unfollow_of_a_public_person_who_does_not_follow_back_cuts_nothing():
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)

    actions.unfollow_user(username="ana", actor_id=ben.id)

    assert recorded() == [UserUnfollowed(follower_id=ben.id, followee_id=ana.id)]


def test_remove_follower_once(ana, ben):
    make_follow(ben, ana)

    for _ in range(2):
        actions.remove_follower(username="ben", actor_id=ana.id)

    assert (follows(), recorded()) == ([], [UserUnfollowed(follower_id=ben.id, followee_id=ana.id, cut=True)])


def test_remove_follower_leaves_ones_own_follow(ana, ben):
    make_follow(ana, ben)

    actions.remove_follower(username="ben", actor_id=ana.id)

    assert follows() == [("ana", "ben")]


def test_follow_of_somebody_who_blocked_is_as_of_nobody(ana, ben):
    make_block(ana, ben)

    with pytest.raises(NotFound) as blocked:
        actions.follow_user(username="ana", actor_id=ben.id)
    with pytest.raises(NotFound) as unknown:
        actions.follow_user(username="nobody", actor_id=ben.id)

    assert (blocked.value.detail, requests()) == (unknown.value.detail, [])


def test_a_name_goes_on_behind_what_ends_a_text(ben):
    make_user("ana")

    with pytest.raises(NotFound):
        actions.follow_user(username="ana\0", actor_id=ben.id)


def test_follow_of_somebody_one_has_blocked_is_refused(ana, ben):
    make_block(ben, ana)

    with pytest.raises(Conflict):
        actions.follow_user(username="ana", actor_id=ben.id)


@pytest.mark.parametrize(
    "action",
    [
        actions.follow_user,
        actions.unfollow_user,
        actions.approve_request,
        actions.reject_request,
        actions.remove_follower,
        actions.block_user,
    ],
)
def test_nobody_does_it_to_themselves(action, ana):
    with pytest.raises(Invalid):
        action(username="ana", actor_id=ana.id)


@pytest.mark.parametrize("count", [1, 3])
def test_follow_requests_in_one_query(django_assert_num_queries, ana, count):
    for number in range(count):
        make_request(make_user(f"p{number}"), ana)

    with django_assert_num_queries(1):
        page = queries.follow_requests(ana.id)

    assert [person.username for person in page.items] == [f"p{n}" for n in reversed(range(count))]


def test_follow_requests_of_others_and_of_the_suspended_are_not_listed(ana, ben):
    make_request(make_user("gone", is_active=False), ana)
    make_request(ana, make_user("eve", is_private=True))
    make_request(ben, ana)

    assert [person.username for person in queries.follow_requests(ana.id).items] == ["ben"]
    assert queries.request_counts([ana.id, ben.id]) == {ana.id: 1, ben.id: 0}


@pytest.mark.django_db(transaction=True)
def test_eight_approvals_at_once_make_one_follow():
    ana, ben = make_user("ana", is_private=True), make_user("ben")
    make_request(ben, ana)

    def approve(_):
        try:
            return actions.approve_request(username="ben", actor_id=ana.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        relations = list(threads.map(approve, range(8)))

    assert relations == [Relation(followed_by=True)] * 8
    assert (follows(), [type(event) for event in recorded()]) == (
        [("ben", "ana")],
        [FollowRequestEnded, UserFollowed],
    )


@pytest.mark.django_db(transaction=True)
def test_blocks_and_follows_at_once_leave_no_follow_beside_a_block():
    ana, ben = make_users("ana", "ben")

    def race(number):
        try:
            if number % 2:
                return actions.block_user(username="ben", actor_id=ana.id)
            return actions.follow_user(username="ana", actor_id=ben.id)
        except NotFound:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(race, range(8)))

    assert follows() == []
