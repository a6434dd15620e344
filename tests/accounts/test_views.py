"""The pages of people."""

import re

import pytest

from accounts.models import Block, Follow, FollowRequest, Session, User
from core import crossing
from tests.support.build import make_block, make_follow, make_request, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def test_followers_shows_them():
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)

    answer = Web(ana).get("/@ana/followers/")

    assert [person.username for person in answer.context["people"].items] == ["ben"]


def test_following_as_fragment_is_only_the_rows():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    answer = Web(ana).get("/@ana/following/", {"fragment": "1"})

    assert answer.templates[0].name == "accounts/_people_items.html"


def test_followers_after_nonsense_is_refused():
    assert Web(make_user("ana")).get("/@ana/followers/", {"after": "x"}).status_code == 422


def test_follow_form_follows_and_goes_back():
    ana, ben = make_users("ana", "ben")

    answer = Web(ana).post("/@ben/follow/", {"next": "/explore/"})

    assert (answer.status_code, answer["Location"]) == (303, "/explore/")
    assert list(Follow.objects.values_list("follower_id", "followee_id")) == [(ana.id, ben.id)]


def test_follow_form_undoes():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    Web(ana).post("/@ben/follow/", {"undo": "1"})

    assert Follow.objects.count() == 0


def test_follow_form_never_goes_to_another_site():
    ana, _ben = make_users("ana", "ben")

    answer = Web(ana).post("/@ben/follow/", {"next": "//evil.example/"})

    assert answer["Location"] == "/@ben/"


def test_follow_makes_one_crossing_besides_the_sign_in(monkeypatch):
    ana, _ben = make_users("ana", "ben")
    web, real, calls = Web(ana), crossing.call, []

    async def counted(function, /, *args, **kwargs):
        calls.append(function.__name__)
        return await real(function, *args, **kwargs)

    monkeypatch.setattr(crossing, "call", counted)
    web.post("/@ben/follow/")

    assert calls == ["_look_up", "follow_user"]


def test_settings_shows_what_is_there():
    ana = make_user("ana", name="Ana", bio="Light")

    answer = Web(ana).get("/settings/")

    assert (answer.context["person"].name, answer.context["bio"]) == ("Ana", "Light")


def test_settings_saves():
    web = Web(make_user("ana"))

    answer = web.post("/settings/", {"name": "Ana", "bio": "Light"})

    assert (answer.status_code, answer["Location"]) == (303, "/settings/")
    assert list(User.objects.values_list("name", "bio")) == [("Ana", "Light")]


def test_settings_refused_keeps_what_was_typed():
    answer = Web(make_user("ana")).post("/settings/", {"name": "x" * 61, "bio": "Light"})

    assert (answer.status_code, answer.context["errors"]) == (422, {"name": ["At most 60 characters."]})
    assert (answer.context["person"]["name"], answer.context["bio"]) == ("x" * 61, "Light")


@pytest.mark.parametrize("count", [1, 3])
def test_sessions_lists_them(count):
    ana = make_user("ana")
    webs = [Web(ana) for _ in range(count)]

    answer = webs[0].get("/settings/sessions/")

    assert sorted(view.current for view in answer.context["sessions"]) == [False] * (count - 1) + [True]


def test_session_end_signs_that_browser_out():
    ana = make_user("ana")
    here, there = Web(ana), Web(ana)
    other = Session.objects.latest("id")

    answer = here.post(f"/settings/sessions/{other.id}/end/")

    assert (answer.status_code, answer["Location"]) == (303, "/settings/sessions/")
    assert there.get("/settings/").status_code == 302


def test_sessions_end_others_keeps_this_one():
    ana = make_user("ana")
    there, here = Web(ana), Web(ana)

    here.post("/settings/sessions/end/")

    assert (here.get("/settings/").status_code, there.get("/settings/").status_code) == (200, 302)


def test_a_person_cannot_end_the_session_of_another():
    ana, ben = make_users("ana", "ben")
    web = Web(ben)
    session = Session.objects.get()

    assert Web(ana).post(f"/settings/sessions/{session.id}/end/").status_code == 404
    assert web.get("/settings/").status_code == 200


def test_follow_button_of_a_private_person_says_requested():
    make_user("ana", is_private=True)
    web = Web(make_user("ben"))

    web.post("/@ana/follow/")

    page = web.get("/@ana/").content.decode()
    assert ('data-following="requested" data-private' in page, 'name="undo" value="1">' in page) == (True, True)


def test_follow_form_takes_a_request_back():
    make_user("ana", is_private=True)
    web = Web(make_user("ben"))
    web.post("/@ana/follow/")

    web.post("/@ana/follow/", {"undo": "1"})

    assert FollowRequest.objects.count() == 0


def test_profile_of_a_private_person_shows_no_counts_and_no_lists():
    make_user("ana", is_private=True, bio="Light", follower_count=77)

    page = Web(make_user("ben")).get("/@ana/").content.decode()

    assert ("This account is private" in page, "<b>77</b>" in page, "Light" in page, "/@ana/followers/" in page) == (
        True,
        False,
        False,
        False,
    )


@pytest.mark.parametrize("path", ["/@ana/followers/", "/@ana/following/"])
def test_lists_of_a_private_person_answer_like_those_of_nobody(path):
    ana, ben = make_user("ana", is_private=True), make_user("ben")
    make_follow(ana, ben)
    make_follow(ben, ana)

    eve = Web(make_user("eve"))

    assert (eve.get(path).status_code, eve.get(path.replace("ana", "nobody")).status_code) == (404, 404)


def test_block_form_blocks_and_its_profile_offers_to_unblock():
    ana, ben = make_users("ana", "ben")
    web = Web(ana)

    answer = web.post("/@ben/block/", {"next": "/@ben/"})

    assert (answer.status_code, answer["Location"], Block.objects.get().blocked_id) == (303, "/@ben/", ben.id)
    assert "You have blocked this person" in web.get("/@ben/").content.decode()


def test_block_form_undoes():
    ana, ben = make_users("ana", "ben")
    make_block(ana, ben)

    Web(ana).post("/@ben/block/", {"undo": "1"})

    assert Block.objects.count() == 0


def test_profile_of_who_blocked_is_as_of_nobody():
    ana, ben = make_users("ana", "ben")
    make_block(ana, ben)
    web = Web(ben)

    blocked, unknown = web.get("/@ana/"), web.get("/@nobody/")

    def text(answer):
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="\S+"', "", answer.content.decode())
        return page.replace(answer["X-Request-ID"], "").replace("@nobody", "@ana")

    assert (blocked.status_code, text(blocked)) == (404, text(unknown))


def test_privacy_page_saves_both_switches():
    ana = make_user("ana")
    web = Web(ana)

    answer = web.post("/settings/privacy/", {"private": "1"})

    ana.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, "/settings/privacy/")
    assert (ana.is_private, ana.shows_presence) == (True, False)


def test_privacy_page_shows_both_switches():
    make_user("ben", is_private=True)

    page = Web(make_user("ana", is_private=True, shows_presence=False)).get("/settings/privacy/").context["profile"]

    assert (page.is_private, page.shows_presence) == (True, False)


@pytest.mark.parametrize(("undo", "follows"), [({}, 1), ({"undo": "1"}, 0)])
def test_requests_page_answers_them(undo, follows):
    ana, ben = make_user("ana", is_private=True), make_user("ben")
    make_request(ben, ana)
    web = Web(ana)
    waiting = [person.username for person in web.get("/settings/requests/").context["people"].items]

    answer = web.post("/settings/requests/ben/", undo)

    assert (waiting, answer.status_code, answer["Location"]) == (["ben"], 303, "/settings/requests/")
    assert (FollowRequest.objects.count(), Follow.objects.count()) == (0, follows)


def test_deleting_the_account_signs_out_to_the_welcome_page():
    ana = make_user("ana", password="correct horse")
    web = Web(ana)

    answer = web.post("/settings/delete/", {"password": "correct horse"})

    assert (answer.status_code, answer["Location"], web.get("/settings/").status_code) == (303, "/", 302)


def test_deleting_the_account_with_a_wrong_password_says_so():
    answer = Web(make_user("ana", password="correct horse")).post("/settings/delete/", {"password": "x"})

    assert (answer.status_code, answer.context["errors"]) == (422, {"password": ["This is not your password."]})
