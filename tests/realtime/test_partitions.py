"""The log's partitions: made ahead, dropped when old, and nobody who is behind gets a part."""

import importlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from core import clock
from realtime import log, partitions
from realtime.log import Replay, Told
from realtime.models import Head, UserEvent
from realtime.protocol import Cursor

pytestmark = pytest.mark.django_db


def tell(user_id, *kinds, at=None):
    """Append events, as if at another time."""
    with transaction.atomic():
        numbered = log.append([Told(user_id, kind, {}) for kind in kinds])
    if at:
        seqs = [event.seq for event in numbered]
        UserEvent.objects.filter(user_id=user_id, seq__in=seqs).update(created_at=at)
    return [event.frame for event in numbered]


def rows_in(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT user_id, seq FROM {table} ORDER BY user_id, seq")
        return cursor.fetchall()


def replayed(user_id, seq):
    told = log.replay(user_id, Cursor(log.epoch(), seq))
    return told.outcome, told.frames


def holding(moment):
    return next(one for one in partitions.partitions() if one.start <= moment < one.end)


def test_there_are_partitions_from_today_and_for_four_weeks_ahead():
    made = partitions.partitions()

    assert made[0].start <= clock.now()
    assert made[-1].end >= clock.now() + timedelta(days=28)
    assert [one.start.weekday() for one in made] == [0] * len(made)


def test_what_happens_today_goes_to_the_partition_of_today():
    tell(1, "a")

    assert rows_in(holding(clock.now()).name) == [(1, 1)]


def test_keeping_up_twice_makes_nothing_more():
    partitions.keep_up()
    before = partitions.partitions()

    partitions.keep_up()

    assert partitions.partitions() == before


def test_partitions_are_made_from_where_the_last_one_ends(settings):
    settings.LOG_PARTITION_DAYS = 1
    last = partitions.partitions()[-1]

    partitions.make_ahead(last.end + timedelta(hours=30))

    made = [(one.start, one.end) for one in partitions.partitions() if one.start >= last.end]
    assert made == [(last.end + timedelta(days=n), last.end + timedelta(days=n + 1)) for n in range(2)]


def test_what_has_no_partition_is_kept_by_default_and_moves_into_the_one_that_is_made():
    later = partitions.partitions()[-1].end + timedelta(days=1)
    frames = tell(1, "a", "b", at=later)
    kept_by_default = rows_in(partitions.DEFAULT)

    partitions.make_ahead(later)

    assert kept_by_default == [(1, 1), (1, 2)]
    assert (rows_in(partitions.DEFAULT), rows_in(holding(later).name)) == ([], [(1, 1), (1, 2)])
    assert replayed(1, 0) == ("replaying", frames)


def test_a_replay_across_partitions_is_whole():
    frames = tell(1, "a", "b", at=clock.now() + timedelta(days=7)) + tell(1, "c") + tell(1, "d", at=clock.now())

    assert replayed(1, 1) == ("replaying", frames[1:])


def test_what_is_dropped_is_a_resync_for_who_is_behind_it_and_nothing_to_others():
    old, new = partitions.partitions()[:2]
    tell(1, "a", "b", at=old.start)
    tell(2, "a", at=new.start)
    frames = tell(1, "c", at=new.start)

    partitions.drop_before(old.end)

    assert partitions.partitions()[0].name == new.name
    assert [replayed(1, seq) for seq in (0, 1, 2)] == [("resync", []), ("resync", []), ("replaying", frames)]
    assert replayed(2, 0)[0] == "replaying"
    assert list(Head.objects.order_by("user_id").values_list("user_id", "seq", "trimmed")) == [(1, 3, 2), (2, 1, 0)]


def test_what_is_old_and_only_kept_by_default_goes_too():
    tell(1, "a", at=datetime(2026, 1, 1, tzinfo=UTC))
    tell(1, "b")

    partitions.drop_before(clock.now() - timedelta(days=30))

    assert rows_in(partitions.DEFAULT) == []
    assert (replayed(1, 0)[0], replayed(1, 1)[0]) == ("resync", "replaying")


def test_a_head_is_never_trimmed_back():
    old = partitions.partitions()[0]
    tell(1, "a", "b", at=old.start)
    Head.objects.filter(user_id=1).update(trimmed=9)

    partitions.drop_before(old.end)

    assert Head.objects.get(user_id=1).trimmed == 9


def test_the_control_log_is_kept_and_trimmed_like_any():
    old = partitions.partitions()[0]
    tell(log.CONTROL, "control", at=old.start)

    partitions.drop_before(old.end)

    assert log.replay(log.CONTROL, Cursor(log.epoch(), 0)) == Replay("resync", log.epoch(), 1, [])


def test_the_migration_moves_what_there_is_and_back():
    migration = importlib.import_module("realtime.migrations.0004_partitions")
    frames = tell(1, "a", at=clock.now() - timedelta(days=10)) + tell(1, "b")
    with connection.cursor() as cursor:
        cursor.execute(migration.MEND)
        assert rows_in("user_event") == [(1, 1), (1, 2)]

        cursor.execute(migration.CUT)

    assert rows_in(partitions.DEFAULT) == []
    assert partitions.partitions()[0].start <= clock.now() - timedelta(days=10)
    assert replayed(1, 0) == ("replaying", frames)
