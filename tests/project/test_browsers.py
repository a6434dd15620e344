"""What browsers ask for by themselves."""

import gzip
import json

import pytest

from project.browsers import BREACH
from tests.support.build import make_user
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

REPORT = {
    "csp-report": {"effective-directive": "img-src", "blocked-uri": "https://evil.example/", "document-uri": "/p/7/"}
}


def report(body):
    return Web(csrf=True).post("/csp", body, content_type="application/csp-report")


def test_the_worker_may_serve_the_whole_site_and_is_never_stale():
    answer = Web().get("/sw.js")

    names = ("Content-Type", "Service-Worker-Allowed", "Cache-Control")
    assert [answer[name] for name in names] == ["text/javascript; charset=utf-8", "/", "no-cache"]


def test_the_worker_is_told_every_file_that_a_page_is_drawn_with():
    told = json.loads(Web().get("/sw.js").text.partition("serve(self, ")[2].removesuffix(");\n"))
    page = Web().get("/").text

    linked = {part.partition('"')[0] for part in page.replace("src=", "href=").split('href="')[1:]}
    files = {address for address in linked if address.startswith("/static/") and not address.endswith(".webmanifest")}
    assert (len(files) > 50, sorted(files - set(told["shell"]))) == (True, [])


def test_the_page_for_being_offline_is_the_same_for_everybody():
    assert Web(make_user("ana")).get("/offline/").text == Web().get("/offline/").text


def test_a_page_says_whom_it_was_made_for_and_a_file_does_not():
    ana = make_user("ana")
    pages = [web.get("/accounts/password/reset/") for web in (Web(ana), Web())]

    assert [page["X-Viewer"] for page in pages] == [str(ana.id), "0"]
    assert "X-Viewer" not in Web(ana).get("/offline/")


def test_what_is_shared_without_a_worker_comes_to_the_form():
    answer = Web(make_user("ana"), csrf=True).post("/share/")

    assert (answer.status_code, answer["Location"]) == (303, "/new/")


def test_robots_are_told_what_is_not_for_them():
    answer = Web().get("/robots.txt")

    assert (answer["Content-Type"], "Disallow: /accounts/" in answer.text) == ("text/plain; charset=utf-8", True)


def test_a_breach_of_the_content_policy_is_one_line_of_the_log(caplog):
    answer = report(json.dumps(REPORT))

    assert (answer.status_code, caplog.messages) == (204, [f"{BREACH}: img-src https://evil.example/ /p/7/"])


def test_a_report_cannot_forge_a_line_of_the_log(caplog):
    report(json.dumps({"csp-report": {"effective-directive": "img-src\nERROR all is lost"}}))

    assert caplog.messages == [f"{BREACH}: img-src ERROR all is lost"]


@pytest.mark.parametrize("body", ["", "7", "[]", '{"csp-report": 7}', "[" * 5_000])
def test_a_report_that_cannot_be_read_is_told_as_such(body, caplog):
    assert (report(body).status_code, caplog.messages) == (204, [f"{BREACH}: a report that cannot be read"])


def test_a_report_that_is_too_long_is_passed_over(caplog):
    assert (report(json.dumps(REPORT | {"more": "x" * 8_192})).status_code, caplog.messages) == (204, [])


def test_a_page_is_compressed_and_an_answer_of_the_api_is_not():
    headers = {"Accept-Encoding": "gzip"}
    page, api = (Web().get(path, headers=headers) for path in ("/offline/", "/api/v1/instance"))

    assert [answer.get("Content-Encoding") for answer in (page, api)] == ["gzip", None]
    assert gzip.decompress(page.content) == Web().get("/offline/").content
