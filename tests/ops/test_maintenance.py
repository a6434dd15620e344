"""Maintenance: who looks passes, who writes is told until when, on every process and every open page."""

import io
import json
from datetime import timedelta

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.utils.formats import date_format

from content.models import Like
from core import clock
from ops import maintenance
from ops.models import Maintenance
from tests.support.build import make_post, make_user
from tests.support.services import running
from tests.support.wait import until
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _watch(monkeypatch):
    """A process that has not looked yet."""
    monkeypatch.setattr(maintenance, "watch", maintenance.Watch())


def run(*arguments):
    out = io.StringIO()
    call_command("maintenance", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def like(post, fan):
    return Web(fan, token=True).send("PUT", f"/api/v1/posts/{post.id}/like")


def test_a_write_is_told_to_come_again_and_changes_nothing(monkeypatch):
    ana = make_user("ana")
    post = make_post(ana)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    maintenance.begin(message="New disks.", minutes=10)

    answer = like(post, ana)

    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (
        503,
        "application/problem+json",
        "600",
    )
    until = date_format(Maintenance.objects.get().until, "TIME_FORMAT")
    assert answer.json()["detail"] == (
        f"You can look around, but nothing can be changed until about {until} UTC. New disks."
    )
    assert Like.objects.count() == 0


def test_a_form_is_answered_with_a_page():
    ana = make_user("ana")
    maintenance.begin()

    answer = Web(ana).post("/settings/", {"name": "Ana"})

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "nothing can be changed for now" in answer.content.decode()


def test_after_a_promised_end_it_still_waits_for_the_operator():
    ana = make_user("ana")
    post = make_post(ana)
    Maintenance.objects.create(until=clock.now() - timedelta(minutes=1))

    assert (like(post, ana).status_code, like(post, ana)["Retry-After"]) == (503, "60")


def test_pages_can_be_looked_at_and_say_so():
    ana = make_user("ana")
    maintenance.watch.found = maintenance.begin()

    answer = Web(ana).get("/settings/")

    assert answer.status_code == 200
    assert "data-maintenance" in answer.content.decode()


def test_people_may_log_in():
    make_user("ana", password="a long password")
    maintenance.begin()

    assert Web().post("/accounts/login/", {"login": "ana", "password": "a long password"}).status_code == 302


def test_nobody_may_sign_up():
    maintenance.begin()

    assert Web().post("/accounts/signup/", {}).status_code == 503


def test_off_lets_everybody_write_again():
    ana = make_user("ana")
    post = make_post(ana)
    run("on")

    off = run("off")

    assert (off["on"], like(post, ana).status_code) == (False, 200)


def test_on_again_says_the_new_words_and_goes_on():
    first = run("on", "--message", "Disks.")

    second = run("on", "--message", "Still disks.", "--minutes", "5")

    assert (second["begun_at"], second["message"], second["until"] is None) == (
        first["begun_at"],
        "Still disks.",
        False,
    )


def test_a_dry_run_changes_nothing():
    assert run("on", "--dry-run")["on"] is False


def test_words_that_are_too_long_are_refused():
    with pytest.raises(CommandError, match="at most 300 characters"):
        run("on", "--message", "a" * 301)


async def test_what_was_seen_last_holds_while_the_database_is_away(monkeypatch):
    watch = maintenance.Watch()
    watch.found = notice = maintenance.Notice(clock.now(), None, "")

    def away():
        raise OSError

    monkeypatch.setattr(maintenance, "current", away)

    assert await watch.now() is notice


def test_every_process_and_every_open_page_knows_without_redis(stack, open_socket, api):
    ana = make_user("ana")
    post = make_post(ana)
    socket = open_socket(ana)
    socket.hello()
    running().valkey.stop()
    try:
        socket.bus_says("paused")

        run("on", "--message", "New disks.")

        said = socket.maintenance_says()
        until(lambda: httpx.get(f"{stack.url}/readyz").json()["maintenance"])
        answer = api(ana).put(f"/posts/{post.id}/like")
    finally:
        run("off")
        running().valkey.start()
    assert (said, answer.status_code) == ({"until": None, "message": "New disks."}, 503)
