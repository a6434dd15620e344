"""Apps that sign in by themselves, and their session token: at REST, at the socket, beside a cookie."""

import httpx
import pytest
from django.core.cache import cache

from accounts.models import Session, User
from realtime.protocol import Close
from tests.support.build import make_totp, make_user
from tests.support.totp import totp
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "deep sea lantern"
PERIOD = 86_400  # seconds: a code lasts as long as a test
AUTH = "/_allauth/app/v1/auth"
ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def _codes_that_last(settings):
    settings.MFA_TOTP_PERIOD = PERIOD
    cache.clear()


def app(token):
    """An app that holds a session token, and no cookie."""
    return Web(csrf=True, headers={"X-Session-Token": token})


def sign_in(web, username="ana", password=PASSWORD):
    return web.send("POST", f"{AUTH}/login", {"username": username, "password": password})


def token_of(answer):
    return answer.json()["meta"]["session_token"]


def test_an_app_signs_in_and_gets_a_session_token_but_no_cookie():
    make_user("ana", password=PASSWORD)
    web = Web(csrf=True)

    answer = sign_in(web)

    assert (answer.status_code, dict(web.client.cookies)) == (200, {})
    assert app(token_of(answer)).get(ME).json()["username"] == "ana"


def test_an_app_with_a_wrong_password_is_refused():
    make_user("ana", password=PASSWORD)

    assert sign_in(Web(csrf=True), password="wrong").status_code == 400


def test_an_app_with_a_second_factor_proves_it_before_its_token_opens_anything():
    secret = make_totp(make_user("ana", password=PASSWORD)).data["secret"]
    pending = sign_in(Web(csrf=True))
    before = app(token_of(pending)).get(ME).status_code

    proven = app(token_of(pending)).send("POST", f"{AUTH}/2fa/authenticate", {"code": totp(secret, period=PERIOD)})

    assert (pending.status_code, before, proven.status_code) == (401, 401, 200)
    assert app(token_of(proven)).get(ME).json()["username"] == "ana"


def test_an_apps_session_is_listed_with_its_agent():
    make_user("ana", password=PASSWORD)
    token = token_of(sign_in(Web(csrf=True, headers={"User-Agent": "okhttp/4"})))

    sessions = app(token).get("/api/v1/me/sessions").json()["items"]

    assert [(one["agent"], one["current"]) for one in sessions] == [("Android app", True)]


def test_a_session_token_changes_things_without_a_csrf_token():
    make_user("ana", password=PASSWORD)

    answer = app(token_of(sign_in(Web(csrf=True)))).send("PATCH", ME, {"name": "Ana"})

    assert answer.status_code == 200


def test_a_cookie_beside_a_made_up_session_token_is_no_way_round_csrf():
    ana = make_user("ana")
    web = Web(ana, csrf=True)

    answer = web.send("PATCH", ME, {"name": "Eve"}, headers={"X-Session-Token": "made-up"})

    ana.refresh_from_db()
    assert (answer.status_code, ana.name) == (401, "")


@pytest.mark.parametrize(("header", "status"), [("X-Session-Token", 401), ("Authorization", 403)])
def test_an_empty_token_beside_a_cookie_is_no_way_round_csrf(header, status):
    web = Web(make_user("ana"), csrf=True)

    answer = web.send("PATCH", ME, {"name": "Eve"}, headers={header: ""})

    assert answer.status_code == status


def test_a_session_token_beside_another_persons_cookie_acts_as_its_own_person():
    make_user("ana", password=PASSWORD)
    ben = Web(make_user("ben"), csrf=True)

    answer = ben.get(ME, headers={"X-Session-Token": token_of(sign_in(Web(csrf=True)))})

    assert answer.json()["username"] == "ana"


def test_a_cookie_does_not_open_the_apps_own_endpoints():
    web = Web(make_user("ana"), csrf=True)

    assert web.get(f"{AUTH}/session").status_code == 401


def test_signing_out_ends_the_session_token():
    make_user("ana", password=PASSWORD)
    web = app(token_of(sign_in(Web(csrf=True))))

    web.send("DELETE", f"{AUTH}/session", {})

    assert (web.get(ME).status_code, Session.objects.count()) == (401, 0)


def test_guessed_passwords_of_apps_are_limited():
    make_user("ana", password=PASSWORD)
    web = Web(csrf=True)
    for number in range(5):
        sign_in(web, password=f"guess {number}")

    answer = sign_in(web)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "too_many_login_attempts")


def test_no_app_signs_a_suspended_person_in():
    make_user("ana", password=PASSWORD, is_active=False)

    answer = sign_in(Web(csrf=True))

    assert (answer.status_code, Session.objects.filter(user__isnull=False).count()) == (401, 0)


def test_no_app_signs_anybody_up_where_sign_up_is_closed(settings):
    settings.SIGNUP_OPEN = False
    form = {"username": "ana", "email": "ana@example.org", "password": PASSWORD}

    answer = Web(csrf=True).send("POST", f"{AUTH}/signup", form)

    assert (answer.status_code, User.objects.count()) == (403, 0)


def test_browsers_have_no_headless_way_in():
    assert Web().get("/_allauth/browser/v1/config").status_code == 404


def test_a_session_token_opens_a_socket_until_its_session_ends(stack, open_socket):
    ana = make_user("ana", password=PASSWORD)
    with httpx.Client(base_url=stack.url) as client:
        answer = client.post(f"{AUTH}/login", json={"username": "ana", "password": PASSWORD})
    socket = open_socket(headers={"X-Session-Token": token_of(answer)})
    welcomed = socket.hello()["user"]["username"]

    with httpx.Client(base_url=stack.url, headers={"X-Session-Token": token_of(answer)}) as client:
        session = Session.objects.get(user=ana)
        client.delete(f"/api/v1/me/sessions/{session.id}").raise_for_status()

    assert (welcomed, socket.close_code(timeout=2)) == ("ana", Close.SESSION_REVOKED)


def test_a_made_up_session_token_opens_no_socket(open_socket):
    socket = open_socket(headers={"X-Session-Token": "made-up"})

    socket.send(t="hello")

    assert socket.close_code() == Close.UNAUTHENTICATED
