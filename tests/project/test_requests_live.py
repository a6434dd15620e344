"""Asking to follow a private person, from the REST call to both people's devices; and each undoing."""

import pytest

from tests.support.build import make_follow, make_request, make_user


@pytest.fixture
def ana(stack):
    return make_user("ana", is_private=True)


@pytest.fixture
def ben(stack):
    return make_user("ben")


def listen(open_socket, user):
    client = open_socket(user)
    client.hello()
    return client


def asked(client, kind="follow.request"):
    """Who asks, or does no longer, and how many wait now."""
    data = client.event(kind)["d"]
    return data["person"]["username"], data["waiting"]


def follows(client):
    """How its person stands to somebody now."""
    data = client.event("user.followed")["d"]
    return data["username"], data["following"]


def test_a_request_and_its_approval_come_to_both(api, open_socket, ana, ben):
    owner, asker = listen(open_socket, ana), listen(open_socket, ben)

    api(ben).put("/users/ana/follow")
    assert (asked(owner), follows(asker)) == (("ben", 1), ("ana", "requested"))

    api(ana).put("/me/follow-requests/ben")
    assert owner.event("notification")["d"]["group"]["kind"] == "follow"
    assert (asked(owner, "follow.request.retracted"), follows(asker)) == (("ben", 0), ("ana", "yes"))


def test_a_request_taken_back_or_refused_goes_from_both(api, open_socket, ana, ben):
    make_request(ben, ana)
    make_request(make_user("eve"), ana)
    owner, asker = listen(open_socket, ana), listen(open_socket, ben)

    api(ben).delete("/users/ana/follow")
    assert (asked(owner, "follow.request.retracted"), follows(asker)) == (("ben", 1), ("ana", "no"))

    api(ana).delete("/me/follow-requests/eve")
    assert asked(owner, "follow.request.retracted") == ("eve", 0)


def test_an_approval_undone_comes_to_who_was_approved(api, open_socket, ana, ben):
    make_follow(ben, ana)
    follower = listen(open_socket, ben)

    api(ana).delete("/me/followers/ben")

    assert follows(follower) == ("ana", "no")
