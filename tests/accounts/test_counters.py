"""The counts of followers, derived from events."""

import pytest

from accounts import counters
from accounts.models import User
from events.types import UserFollowed, UserUnfollowed
from tests.support.build import make_users

pytestmark = pytest.mark.django_db


def counts():
    return {user.username: (user.follower_count, user.following_count) for user in User.objects.all()}


def test_apply_a_follow_counts_on_both_sides():
    ana, ben = make_users("ana", "ben")

    counters.apply([UserFollowed(follower_id=ana.id, followee_id=ben.id)])

    assert counts() == {"ana": (0, 1), "ben": (1, 0)}


def test_apply_a_follow_and_its_undo_changes_nothing():
    ana, ben = make_users("ana", "ben")

    counters.apply(
        [
            UserFollowed(follower_id=ana.id, followee_id=ben.id),
            UserUnfollowed(follower_id=ana.id, followee_id=ben.id),
        ]
    )

    assert counts() == {"ana": (0, 0), "ben": (0, 0)}


def test_apply_an_undo_takes_one_away():
    ana, ben = make_users("ana", "ben")
    counters.apply([UserFollowed(follower_id=ana.id, followee_id=ben.id)])

    counters.apply([UserUnfollowed(follower_id=ana.id, followee_id=ben.id)])

    assert counts() == {"ana": (0, 0), "ben": (0, 0)}


def test_apply_both_directions_in_one_batch():
    ana, ben = make_users("ana", "ben")

    counters.apply(
        [
            UserFollowed(follower_id=ana.id, followee_id=ben.id),
            UserFollowed(follower_id=ben.id, followee_id=ana.id),
        ]
    )

    assert counts() == {"ana": (1, 1), "ben": (1, 1)}


@pytest.mark.parametrize("count", [1, 40])
def test_apply_costs_two_queries_for_any_number_of_follows(count, django_assert_num_queries):
    ana, *fans = make_users("ana", *[f"fan{n}" for n in range(count)])

    with django_assert_num_queries(2):
        counters.apply([UserFollowed(follower_id=fan.id, followee_id=ana.id) for fan in fans])

    assert counts()["ana"] == (count, 0)


def test_apply_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        counters.apply([])


def test_apply_passes_over_a_person_who_is_gone():
    (ana,) = make_users("ana")

    counters.apply([UserFollowed(follower_id=12345, followee_id=ana.id)])

    assert counts() == {"ana": (1, 0)}
