"""Who may see whom."""

import pytest
from django.db import IntegrityError

from accounts import policies
from accounts.models import User
from core import clock
from tests.support.build import make_block, make_follow, make_request, make_user, make_users

pytestmark = pytest.mark.django_db


def knows(viewer_id, user_id):
    return User.objects.filter(policies.known_to(viewer_id), id=user_id).exists()


def sees_posts(viewer_id, user_id):
    return User.objects.filter(policies.open_to(viewer_id), id=user_id).exists()


BOTH = (knows, sees_posts)


@pytest.mark.parametrize("policy", BOTH)
def test_anybody_may_see_an_active_person(policy):
    ana, ben = make_user("ana"), make_user("ben")

    assert (policy(None, ana.id), policy(ben.id, ana.id)) == (True, True)


@pytest.mark.parametrize("policy", BOTH)
def test_nobody_may_see_a_deactivated_person(policy):
    gone, ben = make_user("gone", is_active=False), make_user("ben")

    assert (policy(None, gone.id), policy(ben.id, gone.id)) == (False, False)


@pytest.mark.parametrize("policy", BOTH)
@pytest.mark.parametrize("blocks", [("ana", "ben"), ("ben", "ana")])
def test_a_block_hides_each_from_the_other_and_from_nobody_else(policy, blocks):
    people = {user.username: user for user in make_users("ana", "ben", "eve")}
    make_block(people[blocks[0]], people[blocks[1]])
    ana, ben, eve = people.values()

    assert (policy(ana.id, ben.id), policy(ben.id, ana.id)) == (False, False)
    assert (policy(eve.id, ana.id), policy(None, ana.id), policy(ana.id, eve.id)) == (True, True, True)


def test_a_private_person_is_known_to_all_and_open_to_followers_and_themselves():
    ana, ben, eve = make_user("ana", is_private=True), make_user("ben"), make_user("eve")
    make_follow(ben, ana)

    viewers = (None, eve.id, ben.id, ana.id)

    assert [knows(viewer, ana.id) for viewer in viewers] == [True] * 4
    assert [sees_posts(viewer, ana.id) for viewer in viewers] == [False, False, True, True]


def test_waiting_for_a_private_person_opens_nothing():
    ana, ben = make_user("ana", is_private=True), make_user("ben")
    make_request(ben, ana)

    assert sees_posts(ben.id, ana.id) is False


def test_being_followed_by_a_private_person_opens_nothing():
    ana, ben = make_user("ana", is_private=True), make_user("ben")
    make_follow(ana, ben)

    assert sees_posts(ben.id, ana.id) is False


def test_are_mutual_needs_both_directions():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    one_way = policies.are_mutual(ana.id, ben.id)
    make_follow(ben, ana)

    assert (one_way, policies.are_mutual(ana.id, ben.id), policies.are_mutual(ben.id, ana.id)) == (False, True, True)


def test_hidden_from_names_whom_each_blocks_and_is_blocked_by():
    ana, ben, chloe, dan = make_users("ana", "ben", "chloe", "dan")
    make_block(ana, ben)
    make_block(chloe, ana)
    make_block(chloe, dan)

    assert policies.hidden_from([ana.id, ben.id, 7]) == {
        ana.id: frozenset({ben.id, chloe.id}),
        ben.id: frozenset({ana.id}),
        7: frozenset(),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_hidden_from_in_one_query(django_assert_num_queries, count):
    ana, *others = make_users("ana", "ben", "chloe", "dan")
    for other in others:
        make_block(other, ana)

    with django_assert_num_queries(1):
        policies.hidden_from([other.id for other in others[:count]])


@pytest.mark.parametrize("mark", ["suspended_at", "deleted_at"])
def test_the_database_keeps_suspended_and_deleted_people_inactive(mark):
    make_user("ana")

    with pytest.raises(IntegrityError):
        User.objects.update(**{mark: clock.now()})
