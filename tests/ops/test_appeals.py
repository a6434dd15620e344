"""Who is suspended: what the log-in tells them, and them alone; their appeal; the end of it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache

from accounts import suspension
from accounts.actions import suspend_user, unsuspend_user
from accounts.models import Session, User
from accounts.sessions import SessionStore
from accounts.suspension import proof_of
from core import clock
from core.problems import Conflict, Forbidden
from ops import actions, queries
from ops.models import Act, Case, Outcome
from tests.ops.deeds import close, reopen
from tests.support.build import make_totp, make_user
from tests.support.totp import totp
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "deep sea lantern"
PERIOD = 86_400  # seconds: a code lasts as long as a test
PAGE, AUTHENTICATE = "/accounts/suspended/", "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _codes_that_last(settings):
    settings.MFA_TOTP_PERIOD = PERIOD
    cache.clear()


@pytest.fixture
def ana():
    """Suspended, for a reason."""
    make_user("ana", password=PASSWORD)
    suspend_user(username="ana", reason="Sold lanterns.")
    return User.objects.get(username="ana")


def log_in(web, password=PASSWORD):
    return web.post("/accounts/login/", {"login": "ana", "password": password})


def sent_to_the_page():
    web = Web()
    log_in(web)
    return web


def appealed(user, text="It was not me."):
    actions.appeal(proof=proof_of(user), text=text)
    return Case.objects.open().get()


def decided(case, outcome, moderator):
    actions.claim_case(case_id=case.id, actor_id=moderator.id)
    close(case, moderator, outcome)


def test_the_log_in_tells_a_suspended_person_why_and_signs_nobody_in(ana):
    web = Web()

    answer = log_in(web)
    page = web.get(PAGE)

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert (page.status_code, "Sold lanterns." in page.content.decode()) == (200, True)
    assert Session.objects.filter(user__isnull=False).count() == 0


def test_the_page_tells_the_end_of_a_suspension():
    make_user("ana", password=PASSWORD)
    end = clock.now() + timedelta(days=9)
    suspend_user(username="ana", until=end)

    page = sent_to_the_page().get(PAGE)

    assert f"Until {end:%-d %b %Y %H:%M} UTC" in page.content.decode()


def test_a_wrong_password_is_told_nothing(ana):
    web = Web()

    log_in(web, password="wrong")

    assert web.get(PAGE).status_code == 403


def test_a_password_without_the_second_factor_is_told_nothing(ana):
    secret = make_totp(ana).data["secret"]
    web = Web()

    log_in(web)
    before = web.get(PAGE).status_code
    web.post(AUTHENTICATE, {"code": totp(secret, period=PERIOD)})

    assert (before, web.get(PAGE).status_code, Session.objects.filter(user=ana).count()) == (403, 200, 0)


def test_nothing_is_left_of_the_log_in_of_a_suspended_person(ana):
    secret = make_totp(ana).data["secret"]
    web = Web()
    log_in(web)
    web.post(AUTHENTICATE, {"code": totp(secret, period=PERIOD)})

    assert web.get(AUTHENTICATE)["Location"] == "/accounts/login/"


def test_who_knew_the_browsers_session_before_is_told_nothing(ana):
    planted = SessionStore()
    planted.create()
    web, other = Web(), Web()
    for one in (web, other):
        one.client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key

    log_in(web)

    assert (web.get(PAGE).status_code, other.get(PAGE).status_code) == (200, 403)


def test_an_app_is_told_in_the_answer_and_appeals_over_rest(ana):
    login = {"username": "ana", "password": PASSWORD}
    answer = Web(csrf=True).send("POST", "/_allauth/app/v1/auth/login", login)

    told = answer.json()["data"]["suspension"]
    made = Web().send("POST", "/api/v1/appeals", {"proof": told.pop("proof"), "text": "Not me."})

    since = ana.suspended_at.isoformat(timespec="milliseconds")
    assert (answer.status_code, told) == (403, {"since": since, "reason": "Sold lanterns.", "until": None})
    assert (made.status_code, made.json()["kind"], made.json()["state"]) == (201, "appeal", "open")


def test_the_form_makes_an_appeal_and_the_page_says_so(ana):
    web = sent_to_the_page()

    answer = web.post(PAGE, {"text": "It was not me."})

    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert [(case.kind, case.person_id) for case in Case.objects.open()] == [("appeal", ana.id)]
    assert "You have appealed. A moderator will look at it" in web.get(PAGE).content.decode()


@pytest.mark.parametrize("text", ["", " ", "x" * 1_001])
def test_an_appeal_without_words_or_with_too_many_is_refused(ana, text):
    answer = sent_to_the_page().post(PAGE, {"text": text})

    assert (answer.status_code, Case.objects.count()) == (422, 0)


def test_the_page_says_that_an_appeal_was_turned_down(ana):
    decided(appealed(ana), "dismiss", make_user("mod"))

    assert "the suspension stands" in sent_to_the_page().get(PAGE).content.decode()


def test_a_made_up_proof_is_none(ana):
    with pytest.raises(Forbidden):
        actions.appeal(proof="made-up", text="It was not me.")


def test_a_proof_is_of_no_use_after_an_hour(ana, monkeypatch):
    proof = proof_of(ana)
    monkeypatch.setattr(suspension, "PROOF_AGE", timedelta(seconds=-1))

    with pytest.raises(Forbidden):
        queries.suspension(proof)


def test_a_proof_is_of_no_use_once_the_suspension_is_over(ana):
    web = sent_to_the_page()

    unsuspend_user(username="ana")

    assert web.get(PAGE).status_code == 403


@pytest.mark.parametrize("decision", [None, "dismiss"])
def test_a_suspension_is_appealed_against_once(ana, decision):
    case = appealed(ana)
    if decision:
        decided(case, decision, make_user("mod"))

    with pytest.raises(Conflict):
        appealed(ana)

    assert Case.objects.count() == 1


def test_a_new_suspension_may_be_appealed_against_though_the_old_appeal_waits(ana):
    old = appealed(ana)
    unsuspend_user(username="ana")
    suspend_user(username="ana", reason="Again.")

    new = appealed(User.objects.get(username="ana"))

    old.refresh_from_db()
    assert (old.outcome, new.id != old.id, Case.objects.open().count()) == (Outcome.WITHDRAWN, True, 1)


def test_an_appeal_that_is_granted_lifts_the_suspension(ana):
    decided(appealed(ana), "reinstate", make_user("mod"))

    ana.refresh_from_db()
    assert (ana.is_active, ana.suspended_at) == (True, None)


def test_an_appeal_is_not_granted_twice_nor_after_the_suspension_is_over(ana):
    case, mod = appealed(ana), make_user("mod")
    unsuspend_user(username="ana")

    with pytest.raises(Conflict, match="over already"):
        decided(case, "reinstate", mod)

    assert list(Act.objects.values_list("what", flat=True)) == ["claim"]


def test_undoing_a_granted_appeal_suspends_again_for_the_same_reason(ana):
    case, mod = appealed(ana), make_user("mod")
    decided(case, "reinstate", mod)

    reopen(case, mod)

    ana.refresh_from_db()
    assert (ana.is_active, ana.suspension_reason) == (False, "Sold lanterns.")
    with pytest.raises(Conflict):  # its appeal is open again
        appealed(ana)
