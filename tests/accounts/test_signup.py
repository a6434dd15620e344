"""Sign-up, log-in, log-out and passwords, by allauth's forms with our rules."""

import re
from pathlib import Path

import pytest
from django.core.cache import cache

from accounts.models import Session, User
from accounts.names import RESERVED
from tests.support.build import make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "deep sea lantern"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture(autouse=True)
def _no_limits_of_the_test_before():
    cache.clear()


def sign_up(web, username="ana", **form):
    return web.post(
        "/accounts/signup/", {"username": username, "email": "ana@example.org", "password1": PASSWORD} | form
    )


def log_in(web, login="ana", password=PASSWORD):
    return web.post("/accounts/login/", {"login": login, "password": password})


def test_sign_up_makes_a_person_who_is_signed_in():
    web = Web()

    answer = sign_up(web)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert web.get("/api/v1/me").json()["username"] == "ana"


def test_sign_up_keeps_the_password_by_argon2():
    sign_up(Web())

    assert User.objects.get().password.startswith("argon2$argon2id$")


def test_sign_up_lowers_the_name():
    sign_up(Web(), "Ana.Sofia")

    assert User.objects.get().username == "ana.sofia"


@pytest.mark.parametrize("name", ["admin", "Settings", "api", "accounts", "p", "new", "explore", "notifications"])
def test_sign_up_with_a_reserved_name_is_refused(name):
    answer = sign_up(Web(), name)

    assert answer.context["form"].errors == {
        "username": [f"The name {name.lower()} is reserved. Please choose another."]
    }


@pytest.mark.parametrize("name", ["ana sofia", "änä", "ana.", ".ana", "a" * 31, "ana/../p", "ana\u0430"])
def test_sign_up_with_a_name_that_is_none_is_refused(name):
    answer = sign_up(Web(), name)

    assert (answer.status_code, list(answer.context["form"].errors), User.objects.count()) == (200, ["username"], 0)


def test_sign_up_with_a_name_that_is_taken_is_refused():
    make_user("ana", email="other@example.org")

    answer = sign_up(Web(), "ANA")

    assert answer.context["form"].errors == {"username": ["A user with that username already exists."]}


def test_sign_up_closed_makes_nobody(settings):
    settings.SIGNUP_OPEN = False

    answer = sign_up(Web())

    assert (answer.templates[0].name, User.objects.count()) == ("account/signup_closed.html", 0)


def test_first_words_of_our_addresses_are_reserved():
    """Else somebody could be mistaken for a page of the site."""
    from project.urls import urlpatterns

    patterns = []
    for top in urlpatterns:
        patterns += [top] if str(top.pattern) else getattr(top, "url_patterns", [])
    words = {str(pattern.pattern).partition("/")[0] for pattern in patterns}

    assert {word for word in words if re.fullmatch(r"[a-z]+", word)} - RESERVED == set()


@pytest.mark.parametrize("login", ["ana", "ANA", "ana@example.org"])
def test_log_in_by_name_or_address(login):
    make_user("ana", password=PASSWORD)
    web = Web()

    log_in(web, login)

    assert web.get("/api/v1/me").json()["username"] == "ana"


def test_log_in_goes_where_one_wanted():
    make_user("ana", password=PASSWORD)

    answer = Web().post(
        "/accounts/login/?next=/settings/", {"login": "ana", "password": PASSWORD, "next": "/settings/"}
    )

    assert answer["Location"] == "/settings/"


def test_log_in_remembers_the_browser():
    make_user("ana", password=PASSWORD)
    web = Web(headers={"User-Agent": CHROME})

    log_in(web)

    assert [item["agent"] for item in web.get("/api/v1/me/sessions").json()["items"]] == ["Chrome on Linux"]


def test_log_in_with_a_wrong_password_is_refused():
    make_user("ana", password=PASSWORD)

    answer = log_in(Web(), password="wrong")

    assert (answer.status_code, Session.objects.filter(user__isnull=False).count()) == (200, 0)


def test_log_in_six_times_wrong_is_stopped():
    make_user("ana", password=PASSWORD)
    web = Web()

    for _ in range(6):
        log_in(web, password="wrong")
    answer = log_in(web)

    assert "Too many failed login attempts" in answer.content.decode()


def test_log_out_ends_the_session():
    web = Web(make_user("ana"))

    answer = web.post("/accounts/logout/")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert (web.get("/api/v1/me").status_code, Session.objects.count()) == (401, 0)


def test_password_change_ends_the_other_sessions():
    ana = make_user("ana", password=PASSWORD)
    here, there = Web(ana), Web(ana)

    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another lantern", "password2": "another lantern"},
    )

    assert (here.get("/api/v1/me").status_code, there.get("/api/v1/me").status_code) == (200, 401)


def test_password_reset_sends_a_link_that_works(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    make_user("ana", password=PASSWORD)
    web = Web()

    web.post("/accounts/password/reset/", {"email": "ana@example.org"})
    (mail,) = [path.read_text() for path in Path(tmp_path).iterdir()]
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail)[1]
    form = web.get(link)["Location"]
    web.post(form, {"password1": "another lantern", "password2": "another lantern"})

    log_in(web, password="another lantern")
    assert web.get("/api/v1/me").json()["username"] == "ana"
