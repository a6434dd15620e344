"""In which language a request is answered, and how one chooses it."""

import pytest
from django.urls import reverse
from django.utils import translation

from project.languages import version
from tests.support.build import make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def language(answer):
    return answer["Content-Language"]


def test_a_page_speaks_what_the_browser_asks_for():
    answer = Web(headers={"Accept-Language": "pt, es-MX;q=0.8, en;q=0.5"}).get("/accounts/login/")

    assert language(answer) == "es"
    assert '<html lang="es" dir="ltr">' in answer.content.decode()


def test_a_page_differs_by_what_browsers_ask_for():
    assert "Accept-Language" in Web().get("/accounts/login/")["Vary"]


def test_a_page_in_arabic_runs_from_right_to_left():
    answer = Web(headers={"Accept-Language": "ar"}).get("/accounts/login/")

    assert '<html lang="ar" dir="rtl">' in answer.content.decode()


def test_a_visitor_s_choice_outlives_the_browser_s():
    web = Web(headers={"Accept-Language": "es"})

    answer = web.post(reverse("set_language"), {"language": "de", "next": "/accounts/login/"})

    assert (answer.status_code, answer["Location"]) == (303, "/accounts/login/")
    assert language(web.get("/accounts/login/")) == "de"


def test_a_language_that_is_unknown_is_not_kept():
    web = Web(headers={"Accept-Language": "es"})

    web.post(reverse("set_language"), {"language": "tlh"})

    assert language(web.get("/accounts/login/")) == "es"


def test_a_person_s_language_comes_before_the_cookie():
    web = Web(make_user("ana", language="ar"), headers={"Accept-Language": "es"})
    web.client.cookies["django_language"] = "de"

    assert language(web.get("/settings/")) == "ar"


def test_a_person_s_choice_goes_with_them():
    ana = make_user("ana")

    Web(ana).post(reverse("set_language"), {"language": "de"})

    assert language(Web(ana, headers={"Accept-Language": "es"}).get("/settings/")) == "de"


def test_the_language_of_a_request_ends_with_it():
    Web(make_user("ana", language="ar")).get("/settings/")

    assert translation.get_language() == "en"


def test_the_api_speaks_to_an_app_s_person():
    assert language(Web(make_user("ana", language="de"), token=True).get("/api/v1/me")) == "de"


def test_an_english_page_loads_no_catalogue():
    assert "/i18n/words/" not in Web().get("/accounts/login/").content.decode()


def test_a_page_loads_the_catalogue_of_its_language_before_its_scripts():
    page = Web(headers={"Accept-Language": "de"}).get("/accounts/login/").content.decode()

    assert page.index(f'<script defer src="/i18n/words/de.js?v={version("de")}">') < page.index("js/main.js")


def test_a_catalogue_is_kept_for_ever():
    answer = Web().get("/i18n/words/de.js")

    assert (answer["Content-Type"], answer["Cache-Control"], answer.get("Vary", "")) == (
        "text/javascript; charset=utf-8",
        "public, max-age=31536000, immutable",
        "",
    )


@pytest.mark.parametrize("language", ["tlh", "en"])
def test_a_catalogue_that_there_is_not_is_not_found(language):
    assert Web().get(f"/i18n/words/{language}.js").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Diesen Beitrag gibt es nicht."), ("es", "Esa publicación no existe.")]
)
def test_a_refusal_over_rest_is_in_words_of_the_language_and_its_type_is_not(language, words):
    web = Web(make_user("ana"), token=True, headers={"Accept-Language": language})

    problem = web.get("/api/v1/posts/1").json()

    assert (problem["type"], problem["title"], problem["detail"]) == ("about:blank", "Not found", words)
