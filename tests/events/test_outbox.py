"""The outbox: rows are consumed by presence, a poisoned one is set aside, one drain holds a shard."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from core import clock
from core.statement import Statement
from core.tracking import on_behalf_of
from events import outbox, types
from events.models import MAX_ATTEMPTS, OutboxRow

READ = types.NotificationsRead(user_id=1, group_ids=[5])
SHARD = outbox.shard_of(1)


def record(event=READ, for_user=1):
    with transaction.atomic():
        outbox.record(event, for_user=for_user)


@pytest.mark.django_db
def test_an_event_comes_back_as_it_was_recorded():
    record()

    with transaction.atomic():
        (waiting,) = outbox.take(SHARD, 10)

    assert waiting.event == READ


@pytest.mark.django_db
def test_an_event_names_the_request_that_did_it():
    with on_behalf_of("abcd-1234"):
        record()

    with transaction.atomic():
        assert [waiting.request_id for waiting in outbox.take(SHARD, 10)] == ["abcd-1234"]


@pytest.mark.django_db
def test_several_events_keep_their_order():
    events = [types.NotificationsRead(user_id=1, group_ids=[number]) for number in range(3)]
    with transaction.atomic():
        outbox.record_all(events, for_user=1)

    with transaction.atomic():
        assert [waiting.event for waiting in outbox.take(SHARD, 10)] == events


@pytest.mark.django_db
def test_a_statement_records_where_record_does():
    people = [1, 2**23 + 3, 2**62 + 5 * 2**23 + 7, 199725786419166208, 239982493938220218]
    read = outbox.blank()
    event = outbox.filled("%(event)s", {read: "for_user"})
    recording = Statement(
        f"WITH happened AS (SELECT for_user, {event} AS event FROM unnest(%(people)s::bigint[]) AS one (for_user)) "
        + outbox.RECORDED
    )

    with on_behalf_of("abcd-1234"):
        recording(
            people=people, event=types.encode(types.NotificationsSeen(user_id=read, group_ids=[])), **outbox.origin()
        )
        for person in people:
            record(types.NotificationsSeen(user_id=person, group_ids=[]), for_user=person)

    rows = list(OutboxRow.objects.order_by("id").values_list("shard", "event", "request_id", "attempts"))
    assert rows[:5] == rows[5:]


@pytest.mark.django_db
def test_a_rollback_takes_the_event_back():
    with transaction.atomic():
        outbox.record(READ, for_user=1)
        transaction.set_rollback(True)

    assert OutboxRow.objects.count() == 0


@pytest.mark.django_db
def test_a_person_has_one_shard():
    record()
    record()

    assert OutboxRow.objects.values_list("shard").distinct().count() == 1


@pytest.mark.django_db
def test_take_is_oldest_first_and_bounded():
    for number in range(3):
        record(types.NotificationsRead(user_id=1, group_ids=[number]))

    with transaction.atomic():
        taken = outbox.take(SHARD, 2)

    assert [waiting.event.group_ids for waiting in taken] == [[0], [1]]


@pytest.mark.django_db
def test_an_event_of_a_newer_version_is_left_and_counted():
    OutboxRow.objects.create(shard=0, event='{"type":"post.shimmered"}')

    with transaction.atomic():
        assert outbox.take(0, 10) == []

    assert OutboxRow.objects.get().attempts == 1


@pytest.mark.django_db
def test_a_row_that_failed_too_often_is_a_dead_letter():
    record()
    row = OutboxRow.objects.get()
    for _ in range(MAX_ATTEMPTS):
        outbox.fail([row.id], RuntimeError("no"))

    with transaction.atomic():
        assert outbox.take(SHARD, 10) == []
    assert (outbox.waiting_shards(), OutboxRow.objects.get().error) == ([], "no")


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_is_not_skipped():
    """The classic loss: a row with a lower id commits after a higher one was consumed."""
    written, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            outbox.record(types.NotificationsRead(user_id=1, group_ids=[1]), for_user=1)
            written.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    record(types.NotificationsRead(user_id=1, group_ids=[2]))
    seen = []

    def consume():
        with transaction.atomic():
            outbox.lock_shard(SHARD)
            taken = outbox.take(SHARD, 10)
            outbox.settle([waiting.row_id for waiting in taken])
        seen.extend(waiting.event.group_ids for waiting in taken)

    consume()
    go_on.set()
    thread.join()
    consume()

    assert seen == [[2], [1]]


@pytest.mark.django_db
def test_depth_tells_what_waits_since_when_and_what_is_dead():
    empty = outbox.depth()
    for age_seconds, attempts in ((90, MAX_ATTEMPTS), (60, 1), (0, 0)):
        row = OutboxRow.objects.create(shard=0, event="{}", attempts=attempts)
        OutboxRow.objects.filter(pk=row.pk).update(created_at=clock.now() - timedelta(seconds=age_seconds))

    depth = outbox.depth()

    assert empty == outbox.Depth(0, 0.0, 0)
    assert (depth.waiting, int(depth.oldest_seconds), depth.dead) == (2, 60, 1)


@pytest.mark.django_db
def test_depth_counts_no_further_than_its_limit(monkeypatch):
    monkeypatch.setattr(outbox, "MOST", 2)
    for _ in range(3):
        OutboxRow.objects.create(shard=0, event="{}")

    assert outbox.depth().waiting == 2


@pytest.mark.django_db
def test_a_shard_waits_for_as_long_as_its_oldest_row():
    for shard, age_seconds in ((3, 5), (3, 0), (4, 0)):
        row = OutboxRow.objects.create(shard=shard, event="{}")
        OutboxRow.objects.filter(pk=row.pk).update(created_at=clock.now() - timedelta(seconds=age_seconds))

    assert (outbox.waiting_shards(), outbox.waiting_shards(for_seconds=1)) == ([3, 4], [3])
