"""Who may see whom."""

import pytest

from accounts import policies
from tests.support.build import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("policy", [policies.can_view_profile, policies.can_view_user_posts])
def test_anybody_may_see_an_active_person(policy):
    ana, ben = make_user("ana"), make_user("ben")

    assert (policy(None, ana.id), policy(ben.id, ana.id)) == (True, True)


@pytest.mark.parametrize("policy", [policies.can_view_profile, policies.can_view_user_posts])
def test_nobody_may_see_a_deactivated_person(policy):
    gone, ben = make_user("gone", is_active=False), make_user("ben")

    assert (policy(None, gone.id), policy(ben.id, gone.id)) == (False, False)
