"""The pages of people."""

import pytest

from accounts.models import Follow, Session, User
from core import crossing
from tests.support.build import make_follow, make_user, make_users
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
