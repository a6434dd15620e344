"""Who is asking: before any view."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncRequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.actions import follow_user
from accounts.models import Session, User
from core import crossing
from core.problems import TooMany
from project import VERSION
from project.middleware import _read_form
from tests.support.build import make_user, make_users
from tests.support.draining import drain_all
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_of_nobody_has_no_position():
    page = Web().get("/accounts/login/").content.decode()

    told = f'{{"url":"/rt","user":"","username":"","ver":"{VERSION}"}}'
    assert f"""<meta name="live" content='{told}'>""" in page


def test_a_page_of_a_viewer_has_their_position():
    ana = make_user("ana")

    page = Web(ana).get("/settings/")

    assert (page.context["shell"].unread, page.context["shell"].seq) == (0, 0)
    assert f'"user":"{ana.id}","username":"ana"' in page.content.decode()


def test_a_page_of_a_viewer_is_kept_out_of_shared_caches():
    answer = Web(make_user("ana")).get("/settings/")

    assert (answer["Cache-Control"], "Cookie" in answer["Vary"]) == ("private, no-cache", True)


def live_meta(page):
    return json.loads(re.search(r"<meta name=\"live\" content='([^']*)'>", page.content.decode())[1])


def test_the_front_page_of_a_viewer_has_their_position_before_what_it_shows():
    ana, ben = make_users("ana", "ben")
    web = Web(ana)
    follow_user(username="ana", actor_id=ben.id)
    drain_all()

    told = live_meta(web.get("/"))

    assert (told["seq"], told["user"], "(1) Photophore" in web.get("/").content.decode()) == (1, str(ana.id), True)


def test_the_front_page_of_whom_we_know_takes_one_crossing(monkeypatch):
    web, submit, crossed = Web(make_user("ana")), crossing._Executor.submit, []
    web.get("/")
    monkeypatch.setattr(crossing._Executor, "submit", lambda *asked: crossed.append(asked) or submit(*asked))

    assert (web.get("/").status_code, len(crossed)) == (200, 1)


def test_a_front_page_that_cannot_be_read_has_no_position(monkeypatch):
    ana = make_user("ana")
    web = Web(ana)
    web.get("/")  # they are known then
    monkeypatch.setattr(crossing._executor(), "capacity", 0)

    page = web.get("/")

    assert (page.status_code, live_meta(page)) == (
        503,
        {"url": "/rt", "user": str(ana.id), "username": "ana", "ver": VERSION},
    )


def test_an_anonymous_request_makes_no_crossing(monkeypatch):
    called = []

    async def call(*args, **kwargs):
        called.append(args)

    monkeypatch.setattr(crossing, "call", call)
    Web().get("/api/v1/instance")

    assert called == []


def test_an_ended_session_is_nobody():
    web = Web(make_user("ana"))
    Session.objects.all().delete()

    answer = web.get("/settings/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/settings/")


def test_a_post_of_nobody_comes_back_to_the_page_of_its_form():
    answer = Web().post("/@ana/follow/", {"next": "/@ana/"})

    assert answer["Location"] == "/accounts/login/?next=/%40ana/"


def test_a_post_of_nobody_is_not_sent_to_another_site():
    answer = Web().post("/@ana/follow/", {"next": "https://evil.example/"})

    assert answer["Location"] == "/accounts/login/?next=/"


def test_a_busy_server_says_when_to_come_back(monkeypatch):
    web = Web(make_user("ana"))
    monkeypatch.setattr(crossing._executor(), "capacity", 0)

    answer = web.get("/api/v1/me")

    assert (answer.status_code, answer["Retry-After"], answer.json()["title"]) == (503, "1", "Busy")


def test_what_a_page_refuses_is_a_page():
    answer = Web(make_user("ana")).get("/@nobody/followers/")

    assert (answer.status_code, answer.templates[0].name) == (404, "404.html")


def test_a_wrong_token_is_refused_on_pages_too():
    answer = Web(headers={"Authorization": "Bearer pho_wrong"}).get("/settings/")

    assert answer.status_code == 401


def test_a_stale_form_is_refused_with_a_page():
    answer = Web(make_user("ana"), csrf=True).post("/settings/", {"name": "Mallory"})

    assert (answer.status_code, answer.templates[0].name) == (403, "stale.html")
    assert User.objects.get().name == ""


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_upload_is_parsed_before_the_view(method):
    body = encode_multipart(BOUNDARY, {"alt": "A lantern", "file": SimpleUploadedFile("a.jpg", b"bytes")})
    request = AsyncRequestFactory().generic(method, "/api/v1/me/avatar", body, MULTIPART_CONTENT)

    _read_form(request)

    assert (request.method, request.POST["alt"], request.FILES["file"].read()) == (method, "A lantern", b"bytes")


def raising(error):
    def raising(*_, **__):
        raise error

    return raising


def test_a_page_that_broke_tells_the_id_to_quote(monkeypatch):
    monkeypatch.setattr("content.queries.latest_public", raising(RuntimeError("broken")))
    web = Web()
    web.client.raise_request_exception = False

    answer = web.get("/", headers={"X-Request-ID": "abcd-1234"})

    assert (answer.status_code, "Request abcd-1234" in answer.content.decode()) == (500, True)


def test_a_page_that_is_not_there_tells_the_id_to_quote():
    answer = Web().get("/nowhere/", headers={"X-Request-ID": "abcd-1234"})

    assert (answer.status_code, "Request abcd-1234" in answer.content.decode()) == (404, True)


def test_who_asks_too_much_is_told_when_to_come_back(monkeypatch):
    monkeypatch.setattr("content.queries.latest_public", raising(TooMany("At most 3.", retry_after_seconds=1)))

    answer = Web().get("/")

    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert "Try again in 1 second." in answer.content.decode()
