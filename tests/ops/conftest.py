"""The people of these tests."""

import pytest

from accounts.models import Session
from tests.support.build import make_user, make_users, prove_second_factor
from tests.support.web import Web


@pytest.fixture
def people():
    """Ana, whose things are reported; ben, who reports; and two moderators."""
    return make_users("ana", "ben", "mod", "molly")


@pytest.fixture
def moderator():
    """The browser of a moderator, in a session that proved a second factor."""
    user = make_user("rosa", is_staff=True)
    web = Web(user)
    prove_second_factor(Session.objects.get(user=user))
    return web
