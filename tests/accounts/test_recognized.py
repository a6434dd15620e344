"""Who was recognized a moment ago: kept shortly, forgotten at once, and never what an older lookup has found."""

import time
from datetime import timedelta

import pytest
from django.db import transaction

from accounts import actions, recognized
from accounts.models import Session, Token
from accounts.recognized import Proof, Recognized
from accounts.sessions import SessionStore
from accounts.viewers import Viewer
from core import clock
from tests.support.build import make_user
from tests.support.wait import until
from tests.support.web import Web

COOKIE, TOKEN = Proof("session", "key"), Proof("token", "pho_1")


def viewer(**about):
    told = {"id": 1, "username": "ana", "name": "Ana", "avatar_url": "", "is_staff": False, "via": "session"}
    return Viewer(**(told | {"session_id": 5} | about))


@pytest.fixture
def known():
    return Recognized()


def keep(known, proof, one, *, place=None, since=None):
    since = time.monotonic() if since is None else since
    known.keep(proof, one, place=known.place if place is None else place, since=since)


def test_who_was_looked_up_is_recognized(known):
    keep(known, COOKIE, viewer())

    assert (known.by(COOKIE), known.by(TOKEN), known.by(Proof("app", "key"))) == (viewer(), None, None)


def test_nobody_is_recognized_for_two_seconds(known):
    keep(known, COOKIE, viewer(), since=time.monotonic() - recognized.SECONDS)

    assert (known.by(COOKIE), recognized.SECONDS < 2) == (None, True)


def test_nobody_is_recognized_by_a_session_that_has_expired(known):
    keep(known, COOKIE, viewer(expires_at=clock.now() - timedelta(milliseconds=1)))

    assert known.by(COOKIE) is None


def test_staff_is_recognized_in_a_session_only_with_a_second_factor(known):
    app = Proof("app", "key")
    keep(known, COOKIE, viewer(is_staff=True))
    keep(known, app, viewer(is_staff=True, second_factor=True))
    keep(known, TOKEN, viewer(is_staff=True, session_id=None, token_id=7))

    assert [known.by(proof) is not None for proof in (COOKIE, app, TOKEN)] == [False, True, True]


@pytest.mark.parametrize("name", [("user", 1), ("session", 5), ("token", 7)])
def test_who_is_named_is_forgotten_and_nobody_else(known, name):
    mine = Proof("session", "mine")
    keep(known, COOKIE, viewer(token_id=7))
    keep(known, mine, viewer(id=2, session_id=6, token_id=8))

    known.forget(*name)

    assert (known.by(COOKIE), known.by(mine) is not None) == (None, True)


def test_a_session_is_forgotten_by_its_key_in_cookie_and_header(known):
    keep(known, COOKIE, viewer())
    keep(known, Proof("app", "key"), viewer(via="app"))

    known.forget_session("key")

    assert (known.by(COOKIE), known.by(Proof("app", "key"))) == (None, None)


def test_what_was_looked_up_before_somebody_was_forgotten_is_not_kept(known):
    place = known.place
    known.forget("session", 5)

    keep(known, COOKIE, viewer(), place=place)

    assert known.by(COOKIE) is None


def test_the_oldest_goes_where_there_are_too_many(known, monkeypatch):
    monkeypatch.setattr(recognized, "MOST", 2)
    for number in (1, 2, 3):
        keep(known, Proof("session", str(number)), viewer(id=number))

    assert ([known.by(Proof("session", str(n))) is not None for n in (1, 2, 3)], len(known)) == ([False, True, True], 2)


def test_nothing_is_left_of_who_is_forgotten(known):
    keep(known, COOKIE, viewer())

    known.forget("user", 1)

    assert (known._found, known._proofs) == ({}, {})


# --- What this process commits --------------------------------------------------------------------------------------
@pytest.fixture
def ana(transactional_db):
    return make_user("ana", password="a long enough one")


@pytest.fixture
def browser(ana):
    return Web(ana)


def recognizes(ana):
    """Whether the process still recognizes her."""
    return ("user", ana.id) in recognized.recognized._proofs


DEEDS = {
    "sessions ended": lambda ana: actions.end_other_sessions(user_id=ana.id, keep_id=None),
    "sessions deleted": lambda ana: Session.objects.all().delete(),
    "password": lambda ana: actions.change_password(user=ana, password="another long one", keep_key=None),
    "suspended": lambda ana: actions.suspend_user(username="ana"),
    "deleted": lambda ana: actions.delete_account(user_id=ana.id, password="a long enough one"),
    "renamed": lambda ana: actions.update_profile(user_id=ana.id, username="anna"),
    "name": lambda ana: actions.update_profile(user_id=ana.id, name="Anna"),
    "language": lambda ana: actions.update_profile(user_id=ana.id, language="de"),
    "avatar": lambda ana: actions.set_avatar(user_id=ana.id, folder="a"),
    "staff": lambda ana: actions.grant_staff(username="ana"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_who_a_commit_is_about_is_looked_up_again_at_once(ana, browser, deed):
    browser.get("/api/v1/me")
    before = recognizes(ana)

    DEEDS[deed](ana)

    assert (before, recognizes(ana)) == (True, False)


def test_a_token_that_was_revoked_proves_nobody_at_once(ana):
    token = actions.make_token(user_id=ana.id)
    headers = {"Authorization": f"Bearer {token}"}
    before = Web().get("/api/v1/me", headers=headers).status_code

    actions.revoke_token(user_id=ana.id, token_id=Token.objects.get().id)

    assert (before, Web().get("/api/v1/me", headers=headers).status_code) == (200, 401)


def test_what_a_session_has_proved_since_is_seen_at_once(ana, browser):
    browser.get("/api/v1/me")
    store = SessionStore(Session.objects.get().session_key)
    store["more"] = True

    store.save()

    assert recognizes(ana) is False


def test_what_is_not_committed_yet_forgets_nobody(ana, browser):
    browser.get("/api/v1/me")

    with transaction.atomic():
        actions.update_profile(user_id=ana.id, name="Anna")
        inside = recognizes(ana)

    assert (inside, recognizes(ana)) == (True, False)


def test_who_was_recognized_is_found_out_though_nobody_was_told(ana, browser):
    browser.get("/api/v1/me")
    Session.objects.all()._raw_delete("default")

    recognized_still = browser.get("/api/v1/me").status_code
    until(lambda: browser.get("/api/v1/me").status_code == 401, seconds=2)

    assert recognized_still == 200
