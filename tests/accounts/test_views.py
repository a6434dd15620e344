"""The pages of people."""

import re

import pytest

from accounts import queries
from accounts.models import Block, Follow, FollowRequest, Mute, Session, User
from core import clock, crossing
from tests.support.build import make_block, make_follow, make_mute, make_request, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def test_followers_shows_them():
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)

    answer = Web(ana).get("/@ana/followers/")

    assert [known.person.username for known in answer.context["people"].items] == ["ben"]


def test_following_as_fragment_is_only_the_rows():
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)

    answer = Web(ana).get("/@ana/following/", {"fragment": "1"})

    assert answer.templates[0].name == "accounts/_known_items.html"


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

    # Whether there is maintenance is looked up once a second, whoever asks.
    assert [name for name in calls if name != "current"] == ["_look_up", "follow_user"]


def test_settings_shows_what_is_there():
    ana = make_user("ana", name="Ana", bio="Light", language="de")

    answer = Web(ana).get("/settings/")

    assert answer.context["typed"] == {"username": "ana", "name": "Ana", "bio": "Light", "language": "de"}


def test_settings_saves():
    web = Web(make_user("ana"))

    answer = web.post("/settings/", {"username": "Anna", "name": "Ana", "bio": "Light", "language": "es"})

    assert (answer.status_code, answer["Location"]) == (303, "/settings/")
    assert list(User.objects.values_list("username", "name", "bio", "language")) == [("anna", "Ana", "Light", "es")]
    assert "Saved." in web.get("/settings/").content.decode()


@pytest.mark.parametrize(
    ("field", "text", "status", "said"),
    [
        ("name", "x" * 61, 422, "At most 60 characters."),
        ("bio", "x" * 501, 422, "At most 500 characters."),
        ("language", "klingon", 422, "This is not a language that we know."),
        ("username", "admin", 422, "The name admin is reserved. Please choose another."),
        ("username", "ben", 409, "This name is taken. Please choose another."),
    ],
)
def test_settings_refused_keep_what_was_typed_and_say_why_beside_it(field, text, status, said):
    make_user("ben")
    typed = {"username": "ana", "name": "Ana", "bio": "Light", "language": ""} | {field: text}

    answer = Web(make_user("ana")).post("/settings/", typed)

    assert (answer.status_code, answer.context["errors"]) == (status, {field: [said]})
    assert answer.context["typed"] == typed
    assert User.objects.filter(username="ana", name="").exists()


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


def test_lists_of_people_have_a_follow_button_for_all_but_oneself():
    ana, ben, zoe = make_user("ana"), make_user("ben"), make_user("zoe", is_private=True)
    for one, other in ((ana, ben), (zoe, ben), (ana, zoe), (zoe, ana)):
        make_follow(one, other)

    page = Web(ana).get("/@ben/followers/").content.decode()

    buttons = re.findall(r'data-username="(\w+)" data-user="\d+" data-following="(\w+)"( data-private)?', page)
    assert buttons == [("zoe", "yes", " data-private")]


@pytest.mark.parametrize(("whose", "removes"), [("/@ana/followers/", True), ("/@zoe/followers/", False)])
def test_only_one_s_own_followers_can_be_removed(whose, removes):
    ana, ben, zoe = make_users("ana", "ben", "zoe")
    make_follow(ben, ana)
    make_follow(ben, zoe)

    assert ("/@ben/remove/" in Web(ana).get(whose).content.decode()) == removes


def test_follower_is_removed():
    ana, ben = make_users("ana", "ben")
    make_follow(ben, ana)

    answer = Web(ana).post("/@ben/remove/")

    assert (answer.status_code, answer["Location"], Follow.objects.count()) == (303, "/@ana/followers/", 0)


@pytest.mark.parametrize("count", [1, 3])
def test_followers_page_costs_the_same_for_any_number_of_people(count, django_assert_num_queries):
    ana = make_user("ana")
    for number in range(count):
        make_follow(make_user(f"fan{number}"), ana)

    with django_assert_num_queries(3):
        people = queries.known_followers("ana", viewer_id=ana.id)

    assert len(people.page.items) == count


@pytest.mark.parametrize(
    ("form", "notifications", "hours"),
    [({}, False, None), ({"hours": "24", "notifications": "1"}, True, 24), ({"hours": "soon"}, False, None)],
)
def test_mute_form_mutes_as_it_was_filled_in(form, notifications, hours):
    ana, _ben = make_users("ana", "ben")

    answer = Web(ana).post("/@ben/mute/", form)

    mute = Mute.objects.get()
    lasts = mute.until and round((mute.until - clock.now()).total_seconds() / 3600)
    assert (answer.status_code, answer["Location"]) == (303, "/@ben/")
    assert (mute.notifications, lasts) == (notifications, hours)


def test_mute_form_undoes():
    ana, ben = make_users("ana", "ben")
    make_mute(ana, ben)

    Web(ana).post("/@ben/mute/", {"undo": "1"})

    assert Mute.objects.count() == 0


def test_nobody_mutes_themselves():
    web = Web(make_user("ana"))

    assert (web.get("/@ana/mute/").status_code, web.post("/@ana/mute/").status_code) == (404, 422)


def test_profile_of_somebody_muted_says_so_and_offers_to_unmute():
    ana, ben = make_users("ana", "ben")
    make_mute(ana, ben)

    page = Web(ana).get("/@ben/").content.decode()

    assert ("You have muted this person" in page, "Unmute ben" in page, "Mute ben" in page) == (True, True, False)


@pytest.mark.parametrize(("mutual", "dots"), [(True, 1), (False, 0)])
def test_profile_has_room_for_the_presence_of_mutual_followers_alone(mutual, dots):
    ana, ben = make_users("ana", "ben")
    make_follow(ana, ben)
    if mutual:
        make_follow(ben, ana)

    assert Web(ana).get("/@ben/").content.decode().count("<presence-dot") == dots


@pytest.mark.parametrize(("follows", "offered"), [(True, True), (False, False)])
def test_profile_offers_to_remove_a_follower_alone(follows, offered):
    ana, ben = make_users("ana", "ben")
    if follows:
        make_follow(ben, ana)

    assert ("/@ben/remove/" in Web(ana).get("/@ben/").content.decode()) == offered


@pytest.mark.parametrize(
    ("viewer", "says"),
    [(None, "Log in to ask."), ("ben", "Ask to follow"), ("cleo", "You have asked to follow.")],
)
def test_private_account_tells_a_stranger_what_to_do(viewer, says):
    ana, users = make_user("ana", is_private=True), {name: make_user(name) for name in ("ben", "cleo")}
    make_request(users["cleo"], ana)

    assert says in Web(users.get(viewer)).get("/@ana/").content.decode()


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
