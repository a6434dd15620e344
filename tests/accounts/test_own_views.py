"""The pages of what a person keeps to themselves: mutes, blocks, tokens, and the way out."""

import re
from datetime import timedelta

import pytest

from accounts.actions import issue_token
from accounts.models import Token
from accounts.templatetags.passkeys import takes_passkeys
from core import clock
from tests.support.build import make_block, make_mute, make_user, make_users
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def test_muted_page_lists_them_with_what_and_until_when():
    ana, ben, cleo = make_users("ana", "ben", "cleo")
    make_mute(ana, ben)
    make_mute(ana, cleo, notifications=True, until=clock.now() + timedelta(hours=1))

    page = Web(ana).get("/settings/muted/").content.decode()

    assert re.findall(r"person__note\">(Posts[\w ]*)", page) == ["Posts and notifications", "Posts"]
    assert page.count("UTC") == 1


def test_muted_page_lifts_a_mute_and_comes_back():
    ana, ben = make_users("ana", "ben")
    make_mute(ana, ben)
    web = Web(ana)

    answer = web.post("/@ben/mute/", {"undo": "1", "next": "/settings/muted/"})

    assert answer["Location"] == "/settings/muted/"
    assert "You hear everybody" in web.get("/settings/muted/").content.decode()


def test_blocked_page_lists_them_and_lifts_a_block():
    ana, ben = make_users("ana", "ben")
    make_block(ana, ben)
    web = Web(ana)
    listed = [person.username for person in web.get("/settings/blocked/").context["people"].items]

    web.post("/@ben/block/", {"undo": "1"})

    assert (listed, "You have blocked nobody" in web.get("/settings/blocked/").content.decode()) == (["ben"], True)


@pytest.mark.parametrize(("path", "template"), [("muted", "_muted_items"), ("blocked", "_blocked_items")])
def test_a_fragment_of_these_is_only_the_rows(path, template):
    answer = Web(make_user("ana")).get(f"/settings/{path}/", {"fragment": "1"})

    assert answer.templates[0].name == f"accounts/{template}.html"


def test_new_token_is_shown_once_and_kept_by_no_cache():
    web = Web(make_user("ana"))

    answer = web.post("/settings/tokens/", {"name": "backup"})

    token = re.search(r"pho_[\w-]+", answer.content.decode())[0]
    assert (answer["Cache-Control"], Token.objects.get().name) == ("private, no-store", "backup")
    assert token not in web.get("/settings/tokens/").content.decode()


def test_token_with_too_long_a_name_is_refused_in_the_form():
    answer = Web(make_user("ana")).post("/settings/tokens/", {"name": "x" * 61})

    assert (answer.status_code, Token.objects.count()) == (422, 0)
    assert "At most 60 characters." in answer.content.decode()


def test_token_is_revoked_by_its_owner_alone():
    ana, ben = make_users("ana", "ben")
    token = issue_token(user_id=ana.id).view
    path = f"/settings/tokens/{token.id}/revoke/"

    answers = [Web(ben).post(path).status_code, Token.objects.count(), Web(ana).post(path).status_code]

    assert (answers, Token.objects.count()) == ([404, 1, 303], 0)


def test_data_page_leads_to_all_that_is_one_s_own():
    page = Web(make_user("ana")).get("/settings/data/").content.decode()

    links = re.findall(r'settings__link" href="([^"]+)"', page)
    assert links == ["/saved/", "/archive/", "/deleted/", "/settings/reports/"]


def test_deleting_the_account_signs_out_to_the_welcome_page():
    ana = make_user("ana", password="correct horse")
    web = Web(ana)

    answer = web.post("/settings/delete/", {"password": "correct horse"})

    assert (answer.status_code, answer["Location"], web.get("/settings/").status_code) == (303, "/", 302)


def test_deleting_the_account_with_a_wrong_password_says_so():
    answer = Web(make_user("ana", password="correct horse")).post("/settings/delete/", {"password": "x"})

    assert (answer.status_code, answer.context["errors"]) == (422, {"password": ["This is not your password."]})


@pytest.mark.parametrize(
    ("host", "takes"),
    [("photos.example.org", True), ("localhost:8000", True), ("127.0.0.1:8000", False), ("[::1]:8000", False)],
)
def test_passkeys_are_offered_where_the_page_has_a_name(rf, settings, host, takes):
    settings.ALLOWED_HOSTS = ["*"]

    assert takes_passkeys(rf.get("/", headers={"Host": host})) == takes
