"""Second factors: set up, asked for, used up, taken away; and what a session that proved one knows."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import actions, queries
from accounts.models import Session, Token
from accounts.sessions import SessionStore
from events.types import SessionEnded
from tests.support.build import make_recovery_codes, make_totp, make_user
from tests.support.outbox import recorded
from tests.support.totp import totp
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "deep sea lantern"
AT_ONCE = 50
PERIOD = 86_400  # seconds: a code lasts as long as a test
INDEX, AUTHENTICATE = "/accounts/2fa/", "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def _codes_that_last(settings):
    settings.MFA_TOTP_PERIOD = PERIOD
    cache.clear()


def signed_up(username="ana"):
    return make_user(username, password=PASSWORD)


def log_in(web, username="ana"):
    return web.post("/accounts/login/", {"login": username, "password": PASSWORD})


def confirm(web):
    return web.post("/accounts/reauthenticate/", {"password": PASSWORD})


def enrol(web):
    """Set an app up as the pages have it; answer its secret."""
    confirm(web)
    page = web.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    answer = web.post("/accounts/2fa/totp/activate/", {"code": totp(secret, period=PERIOD)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def viewer_of(web):
    return queries.viewer_by_session(web.client.cookies["sid"].value)


def test_an_enrolled_app_is_asked_for_and_lets_in():
    signed_up()
    web, other = Web(), Web()
    log_in(web)
    secret = enrol(web)

    first = log_in(other)
    then = other.post(AUTHENTICATE, {"code": totp(secret, period=PERIOD)})

    assert (first["Location"], then["Location"]) == (AUTHENTICATE, "/")
    assert other.get("/api/v1/me").json()["username"] == "ana"


def test_a_password_alone_signs_nobody_in_who_has_an_app():
    make_totp(signed_up())
    web = Web()

    log_in(web)

    assert (web.get("/api/v1/me").status_code, viewer_of(web)) == (401, None)


def test_the_admin_has_no_way_in_without_the_second_factor():
    make_totp(make_user("ana", password=PASSWORD, is_staff=True, is_superuser=True))
    web = Web()

    answer = web.post("/admin/login/?next=/admin/", {"username": "ana", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")
    assert "sid" not in web.client.cookies


def test_a_wrong_code_is_refused():
    row = make_totp(signed_up())
    web = Web()
    log_in(web)
    wrong = str((int(totp(row.data["secret"], period=PERIOD)) + 1) % 10**6).zfill(6)

    answer = web.post(AUTHENTICATE, {"code": wrong})

    assert (answer.status_code, answer.context["form"].errors) == (200, {"code": ["Incorrect code."]})


def test_a_replayed_code_is_refused():
    code = totp(make_totp(signed_up()).data["secret"], period=PERIOD)
    first, second = Web(), Web()
    log_in(first)
    log_in(second)
    first.post(AUTHENTICATE, {"code": code})

    answer = second.post(AUTHENTICATE, {"code": code})

    assert (answer.status_code, viewer_of(second)) == (200, None)


def test_a_recovery_code_lets_in_once():
    ana = signed_up()
    make_totp(ana)
    code = make_recovery_codes(ana)[0]
    first, second = Web(), Web()
    log_in(first)
    log_in(second)

    answers = [web.post(AUTHENTICATE, {"code": code}).status_code for web in (first, second)]

    assert (answers, viewer_of(first).id, viewer_of(second)) == ([302, 200], ana.id, None)


def test_a_recovery_code_that_many_use_at_once_works_once():
    """Beneath the pages, which let nobody try so often."""
    ana = signed_up()
    code, *others = make_recovery_codes(ana)
    rows = Authenticator.objects.filter(user=ana, type="recovery_codes")
    read = [rows.get().wrap() for _ in range(AT_ONCE)]  # by all of them, before one has used it

    def use(codes):
        try:
            return codes.validate_code(code)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        used = list(threads.map(use, read))

    assert (used.count(True), rows.get().wrap().get_unused_codes()) == (1, others)


def test_guessed_codes_are_limited_by_person():
    row = make_totp(signed_up())
    web = Web()
    log_in(web)
    for number in range(5):
        web.post(AUTHENTICATE, {"code": f"guess{number}"})

    answer = web.post(AUTHENTICATE, {"code": totp(row.data["secret"], period=PERIOD)})

    assert answer.context["form"].errors == {"code": ["Too many failed login attempts. Try again later."]}


def test_a_session_knows_whether_it_proved_a_second_factor(django_assert_num_queries):
    make_totp(signed_up())
    ben = signed_up("ben")
    proven, plain = Web(), Web()
    log_in(proven)
    proven.post(AUTHENTICATE, {"code": totp("JBSWY3DPEHPK3PXP", period=PERIOD)})
    log_in(plain, "ben")
    keys = [web.client.cookies["sid"].value for web in (proven, plain)]

    with django_assert_num_queries(1):
        by_session, _ = queries.viewers_by_credentials(keys, [])

    assert [by_session[key].second_factor for key in keys] == [True, False]
    assert queries.viewer_by_token(actions.make_token(user_id=ben.id)).second_factor is False


def test_proofs_of_another_person_in_a_session_count_for_nobody():
    make_totp(signed_up())
    web = Web()
    log_in(web)
    web.post(AUTHENTICATE, {"code": totp("JBSWY3DPEHPK3PXP", period=PERIOD)})
    store = SessionStore(web.client.cookies["sid"].value)
    store["account_authentication_methods_user"] = str(make_user("ben").id)
    store.save()

    assert viewer_of(web).second_factor is False


def test_an_app_is_set_up_only_by_who_proves_the_password_again():
    web = Web(signed_up())

    answer = web.get("/accounts/2fa/totp/activate/")

    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"


def test_whose_address_is_not_confirmed_sets_nothing_up():
    web = Web()
    form = {"username": "ana", "email": "ana@example.org", "password1": PASSWORD}
    web.post("/accounts/signup/", form)
    confirm(web)

    answer = web.get("/accounts/2fa/totp/activate/")

    assert (answer.status_code, answer["Location"]) == (302, INDEX)


def test_an_app_is_removed_only_by_who_proves_oneself_again():
    ana = signed_up()
    make_totp(ana)

    Web(ana).post("/accounts/2fa/totp/deactivate/")

    assert Authenticator.objects.count() == 1


def test_setting_an_app_up_ends_the_other_sessions_and_says_so_by_mail():
    ana = signed_up()
    web = Web()
    Web(ana)
    other = Session.objects.get(user=ana)
    log_in(web)

    enrol(web)

    assert viewer_of(web).id == ana.id
    assert [event for event in recorded() if event.session_id == other.id] == [
        SessionEnded(session_id=other.id, user_id=ana.id, reason="ended")
    ]
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_removing_the_app_ends_the_other_sessions_and_says_so_by_mail():
    ana = signed_up()
    web = Web()
    log_in(web)
    enrol(web)
    Web(ana)
    mail.outbox.clear()

    web.post("/accounts/2fa/totp/deactivate/")

    assert (Authenticator.objects.count(), Session.objects.filter(user=ana).count()) == (0, 1)
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


@pytest.mark.parametrize(
    "page", ["", "totp/activate/", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/add/"]
)
def test_pages_of_the_second_factor_are_settings(page):
    ana = signed_up()
    web = Web(ana)
    confirm(web)
    if page != "totp/activate/":
        make_totp(ana)
        make_recovery_codes(ana)

    answer = web.get(INDEX + page)

    assert (answer.status_code, "accounts/settings_base.html" in [one.name for one in answer.templates]) == (200, True)


def test_reset_second_factor_takes_all_and_signs_out_but_leaves_tokens(caplog):
    ana = signed_up()
    make_totp(ana)
    make_recovery_codes(ana)
    Web(ana)
    actions.make_token(user_id=ana.id)

    with caplog.at_level(logging.WARNING):
        call_command("reset_second_factor", "Ana")

    assert (Authenticator.objects.count(), Session.objects.count(), Token.objects.count()) == (0, 0, 1)
    assert caplog.messages == ["The second factor of ana was reset by an operator (2 removed)."]


def test_reset_second_factor_again_changes_nothing(capsys):
    Web(signed_up())

    call_command("reset_second_factor", "ana")

    assert capsys.readouterr().out == "Nothing changed: ana has no second factor.\n"
    assert Session.objects.count() == 1


def test_reset_second_factor_dry_run_only_says_it(capsys, caplog):
    make_totp(signed_up())

    call_command("reset_second_factor", "ana", "--dry-run")

    assert (Authenticator.objects.count(), recorded(), caplog.messages) == (1, [], [])
    out = "ana would lose the second factor (1 removed), and is signed out everywhere.\n"
    assert capsys.readouterr().out == out


def test_reset_second_factor_of_nobody_is_refused():
    with pytest.raises(CommandError, match="Nobody is called nemo"):
        call_command("reset_second_factor", "nemo")
