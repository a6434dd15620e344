"""People over REST."""

import pytest

from accounts import actions
from accounts.models import Session
from events import types
from events.models import OutboxRow
from tests.support.build import make_block, make_follow, make_request, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def card(user):
    name = user.username
    return {"id": str(user.id), "username": name, "name": user.name, "avatar_url": "", "url": f"/@{name}/"}


def test_get_me():
    ana = make_user("ana", name="Ana", bio="Light")

    assert Web(ana).get("/api/v1/me").json() == {
        **card(ana),
        "bio": "Light",
        "post_count": 0,
        "follower_count": 0,
        "following_count": 0,
        "private": False,
        "shows_presence": True,
        "language": "",
        "following": "no",
        "followed_by": False,
        "blocking": False,
        "muting": False,
        "is_self": True,
    }


def test_change_me():
    ana = make_user("ana", name="Ana")

    body = Web(ana).send("PATCH", "/api/v1/me", {"bio": "Light"}).json()

    assert (body["name"], body["bio"]) == ("Ana", "Light")


def test_change_me_to_something_too_long():
    answer = Web(make_user("ana")).send("PATCH", "/api/v1/me", {"name": "x" * 61})

    body = answer.json()
    assert (answer.status_code, body["errors"]) == (422, [{"field": "name", "detail": "At most 60 characters."}])


def test_get_person_as_a_follower():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    body = Web(ana).get("/api/v1/users/ben").json()

    assert (body["username"], body["following"], body["followed_by"], body["is_self"]) == ("ben", "yes", False, False)


def test_get_person_deactivated_answers_like_nobody():
    ana = make_user("ana")
    make_user("gone", is_active=False)

    answers = [Web(ana).get(f"/api/v1/users/{name}") for name in ("gone", "nobody")]

    assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [
        (404, "There is nobody of that name here."),
        (404, "There is nobody of that name here."),
    ]


def test_followers_page_names_the_next_in_body_and_link():
    ana, ben, chloe = make_users("ana", "ben", "chloe")
    make_follow(ben, ana)
    make_follow(chloe, ana)

    answer = Web(ana).get("/api/v1/users/ana/followers", {"limit": 1})

    body = answer.json()
    assert body["items"] == [card(chloe)]
    assert answer["Link"] == f'<http://testserver/api/v1/users/ana/followers?limit=1&after={body["next"]}>; rel="next"'


def test_followers_last_page_names_no_next():
    ana, ben, chloe = make_users("ana", "ben", "chloe")
    make_follow(ben, ana)
    make_follow(chloe, ana)
    web = Web(ana)
    first = web.get("/api/v1/users/ana/followers", {"limit": 1}).json()

    answer = web.get("/api/v1/users/ana/followers", {"limit": 1, "after": first["next"]})

    assert (answer.json(), "Link" in answer) == ({"items": [card(ben)], "next": None}, False)


def test_following_page():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    assert Web(ana).get("/api/v1/users/ana/following").json() == {"items": [card(ben)], "next": None}


def test_follow_passes_the_mutation_on():
    ana, ben = make_users("ana", "ben")

    answer = Web(ana).send("PUT", "/api/v1/users/ben/follow", headers={"Idempotency-Key": "m-1"})

    assert answer.json() == {"following": "yes", "followed_by": False, "blocking": False, "muting": False}
    assert types.decode(OutboxRow.objects.get().event) == types.UserFollowed(
        follower_id=ana.id, followee_id=ben.id, mut="m-1"
    )


def test_unfollow():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    assert Web(ana).send("DELETE", "/api/v1/users/ben/follow").json() == {
        "following": "no",
        "followed_by": False,
        "blocking": False,
        "muting": False,
    }


def test_follow_oneself_is_not_valid():
    answer = Web(make_user("ana")).send("PUT", "/api/v1/users/ana/follow")

    assert (answer.status_code, answer.json()["detail"]) == (422, "You cannot follow yourself.")


def test_suggestions():
    ana, ben = make_users("ana", "ben")

    assert Web(ana).get("/api/v1/me/suggestions").json() == {"items": [card(ben)], "next": None}


def test_list_sessions_in_utc():
    web = Web(make_user("ana"))

    (item,) = web.get("/api/v1/me/sessions").json()["items"]

    session = Session.objects.get()
    assert (item["id"], item["agent"], item["current"]) == (str(session.id), "Unknown device", True)
    assert item["created_at"] == session.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_end_session_signs_that_browser_out():
    ana = make_user("ana")
    here, there = Web(ana), Web(ana)
    other = Session.objects.latest("id")

    answer = here.send("DELETE", f"/api/v1/me/sessions/{other.id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert (here.get("/api/v1/me").status_code, there.get("/api/v1/me").status_code) == (200, 401)


@pytest.mark.parametrize("session_id", ["7", "99999999999999999999999"])
def test_end_session_unknown(session_id):
    assert Web(make_user("ana")).send("DELETE", f"/api/v1/me/sessions/{session_id}").status_code == 404


def test_end_other_sessions_keeps_this_one():
    ana = make_user("ana")
    elsewhere, here = Web(ana), Web(ana)

    here.send("DELETE", "/api/v1/me/sessions")

    assert (here.get("/api/v1/me").status_code, elsewhere.get("/api/v1/me").status_code) == (200, 401)


def test_make_token_works_at_once():
    ana = make_user("ana")

    answer = Web(ana).send("POST", "/api/v1/me/tokens", {"name": "phone"})

    token = answer.json()["token"]
    app = Web(headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, app.get("/api/v1/me").json()["username"]) == (201, "ana")


def test_list_tokens_never_shows_them():
    ana = make_user("ana")
    new = actions.issue_token(user_id=ana.id, name="phone")

    assert Web(ana).get("/api/v1/me/tokens").json()["items"] == [
        {
            "id": str(new.view.id),
            "name": "phone",
            "created_at": new.view.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "last_used_at": None,
        }
    ]


def test_revoke_token():
    ana = make_user("ana")
    new = actions.issue_token(user_id=ana.id)

    Web(ana).send("DELETE", f"/api/v1/me/tokens/{new.view.id}")

    assert Web(headers={"Authorization": f"Bearer {new.token}"}).get("/api/v1/me").status_code == 401


def test_change_privacy():
    web = Web(make_user("ana"))

    body = web.send("PATCH", "/api/v1/me", {"private": True, "shows_presence": False}).json()
    again = web.send("PATCH", "/api/v1/me", {"bio": "Light"}).json()

    assert [(me["private"], me["shows_presence"]) for me in (body, again)] == [(True, False)] * 2


@pytest.mark.parametrize(
    "field", ["is_staff", "is_private", "suspended_at", "deleted_at", "is_active", "follower_count"]
)
def test_change_me_takes_no_other_column(field):
    web = Web(make_user("ana"))

    assert web.send("PATCH", "/api/v1/me", {field: 1}).status_code == 422


def test_presence_is_told_to_oneself_alone():
    make_user("ben", shows_presence=False)

    assert "shows_presence" not in Web(make_user("ana")).get("/api/v1/users/ben").json()


def test_follow_requests_from_asking_to_approval():
    ana, ben = make_user("ana", is_private=True), make_user("ben")
    owner, asker = Web(ana), Web(ben)

    asked = asker.send("PUT", "/api/v1/users/ana/follow").json()
    waiting = owner.get("/api/v1/me/follow-requests").json()
    approved = owner.send("PUT", "/api/v1/me/follow-requests/ben").json()

    assert asked == {"following": "requested", "followed_by": False, "blocking": False, "muting": False}
    assert waiting == {"items": [card(ben)], "next": None}
    assert approved == {"following": "no", "followed_by": True, "blocking": False, "muting": False}
    assert asker.get("/api/v1/users/ana").json()["following"] == "yes"


def test_reject_follow_request():
    ana, ben = make_user("ana", is_private=True), make_user("ben")
    make_request(ben, ana)

    assert Web(ana).send("DELETE", "/api/v1/me/follow-requests/ben").status_code == 204
    assert Web(ben).get("/api/v1/users/ana").json()["following"] == "no"


def test_remove_follower():
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)

    assert Web(ana).send("DELETE", "/api/v1/me/followers/ben").status_code == 204
    assert Web(ben).get("/api/v1/users/ana").json()["following"] == "no"


def test_block_and_unblock():
    web, _ = Web(make_user("ana")), make_user("ben")

    relations = [web.send(method, "/api/v1/users/ben/block").json() for method in ("PUT", "DELETE")]

    assert [relation["blocking"] for relation in relations] == [True, False]


@pytest.mark.parametrize("path", ["", "/posts", "/followers", "/following"])
def test_who_is_blocked_gets_the_very_answer_of_nobody(path):
    ana, ben = make_users("ana", "ben")
    make_block(ana, ben)
    web = Web(ben)

    blocked, unknown = (web.get(f"/api/v1/users/{name}{path}") for name in ("ana", "nobody"))

    def body(answer):
        return {name: value for name, value in answer.json().items() if name != "instance"}

    assert (blocked.status_code, body(blocked)) == (404, body(unknown))


def test_delete_me():
    web = Web(make_user("ana", password="correct horse"))

    refused = web.send("DELETE", "/api/v1/me", {"password": "x"})
    done = web.send("DELETE", "/api/v1/me", {"password": "correct horse"})

    assert (refused.status_code, done.status_code, web.get("/api/v1/me").status_code) == (422, 204, 401)
