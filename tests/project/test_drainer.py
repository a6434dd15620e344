"""The drainer: what is marked is drained at once, and what lost its mark soon; nothing ends it."""

import pytest
from django.db import connection, transaction

from events import marks, outbox, types
from events.models import OutboxRow
from project import drainer
from project.drainer import Drainer
from realtime import bus
from tests.support.services import running
from tests.support.wait import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_marks(monkeypatch):
    monkeypatch.setattr(marks, "KEY", "test:drainer-marks")


@pytest.fixture
def started():
    threads = []

    def start():
        thread = Drainer()
        threads.append(thread)
        thread.start()

    yield start
    for thread in threads:
        thread.stop()
        assert not thread.is_alive()


def record():
    with transaction.atomic():
        outbox.record(types.NotificationsRead(user_id=1, group_ids=[5]), for_user=1)


def empty():
    return not OutboxRow.objects.exists()


def test_what_is_marked_is_drained(started, monkeypatch):
    monkeypatch.setattr(drainer, "SWEEP_SECONDS", 3600)
    started()

    record()

    until(empty)


def test_what_lost_its_mark_is_swept(started, monkeypatch):
    monkeypatch.setattr(drainer, "SWEEP_SECONDS", 0.1)
    OutboxRow.objects.create(shard=3, event=types.encode(types.NotificationsRead(user_id=1, group_ids=[5])))

    started()

    until(empty)


def test_what_happens_while_redis_is_frozen_is_swept(started):
    started()
    running().valkey.pause()
    try:
        record()
        until(empty)
    finally:
        running().valkey.resume()


def test_what_a_dead_redis_did_not_take_goes_out_though_nothing_follows(started):
    started()
    running().valkey.kill()
    try:
        record()
        until(empty)
    finally:
        running().valkey.start()
    published = bus.tally.published

    until(lambda: bus.tally.published > published)


def test_a_connection_that_is_cut_is_made_anew(own_connections, started):
    started()
    record()
    until(empty)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )
    record()

    until(empty)
