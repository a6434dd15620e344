"""`manage.py doctor`, on the real stack: everything well, and what it says of each part that is not."""

import io
import json
import time

import pytest
from django.core.management import call_command

from events.models import OutboxRow
from project import beats
from tests.support.elsewhere import redis_at
from tests.support.wait import until

WARNED = {"settings", "socket", "mail", "redis"}  # what a test's site has of its own: no address, no mail


def examined():
    """What it found, by part, and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("doctor", "--json", stdout=out)
    except SystemExit as end:
        code = end.code
    found = sorted(json.loads(out.getvalue()), key=lambda one: one["state"], reverse=True)  # what fails counts
    return {one["part"]: one for one in found}, code


@pytest.fixture
def whole(stack, monkeypatch):
    """The stack with beat."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # which the browsers' tests need, and no site has
    begun = time.time()
    stack.beat.start()
    until(lambda: (age := beats.age_seconds()) is not None and age < time.time() - begun)  # not what another has left
    yield stack
    stack.beat.stop()


def test_all_is_well(whole):
    found, code = examined()

    assert found["queues"]["said"] == "live 0, feeds 0, media 0, bulk 0"
    assert {part: one["said"] for part, one in found.items() if one["state"] == "fail"} == {}
    assert ({one["part"] for one in found.values() if one["state"] != "ok"} - WARNED, code) == (set(), 0)
    assert found.keys() - WARNED == {
        "python", "packages", "storage", "images", "videos", "postgresql", "migrations", "outbox", "queues", "workers",
        "beat", "web",
    }  # fmt: skip


def test_a_queue_without_a_worker_is_named_with_the_command_that_starts_one(whole):
    whole.media.stop()

    found, code = examined()
    whole.media.start().wait()

    assert ({part: one for part, one in found.items() if one["state"] == "fail"}, code) == (
        {
            "workers": {
                "part": "workers",
                "state": "fail",
                "said": "Nobody works on media, bulk.",
                "cure": "Start one: celery -A project worker -Q media,bulk -P prefork -c 1",
            }
        },
        1,
    )


@pytest.mark.django_db
def test_dead_letters_are_a_warning():
    OutboxRow.objects.create(shard=1, event="{}", attempts=5)

    assert examined()[0]["outbox"]["said"] == "1 events failed five times."


@pytest.mark.django_db
def test_a_redis_that_is_away_is_named_and_the_others_are_looked_at(settings):
    with redis_at("redis://127.0.0.1:1/0", settings):  # nothing listens there
        found, code = examined()

    assert [found[part]["state"] for part in ("redis", "web", "migrations")] == ["fail", "fail", "ok"]
    assert code == 1
