"""The durable log: contiguous numbers, whole replays or none."""

import json
import threading

import pytest
from django.db import connection, transaction

from realtime import log
from realtime.log import Replay, Told
from realtime.models import Head, UserEvent
from realtime.protocol import Cursor


def tell(user_id, *kinds):
    with transaction.atomic():
        return log.append([Told(user_id, kind, {}) for kind in kinds])


@pytest.mark.django_db
def test_append_numbers_each_persons_events_from_one():
    with transaction.atomic():
        numbered = log.append([Told(1, "a", {}), Told(2, "b", {}), Told(1, "c", {})])

    assert [(event.user_id, event.seq) for event in numbered] == [(1, 1), (2, 1), (1, 2)]


@pytest.mark.django_db
def test_append_goes_on_where_the_head_stands():
    tell(1, "a", "b")

    assert [event.seq for event in tell(1, "c")] == [3]
    assert Head.objects.get(pk=1).seq == 3


@pytest.mark.django_db
def test_the_frame_kept_is_the_frame_sent():
    (sent,) = tell(1, "a")

    assert UserEvent.objects.get(pk=(1, 1)).frame == sent.frame


@pytest.mark.django_db
def test_append_takes_one_query_whatever_the_number(django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1):
        log.append([Told(user_id, "a", {}) for user_id in range(1, 30)])


@pytest.mark.django_db(transaction=True)
def test_numbers_are_contiguous_in_commit_order_under_concurrency():
    def work():
        for _ in range(20):
            tell(7, "a", "b")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(UserEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 161))


@pytest.mark.django_db
def test_replay_without_a_cursor_is_fresh():
    tell(1, "a")

    assert log.replay(1, None) == Replay("fresh", log.epoch(), 1, [])


@pytest.mark.django_db
def test_replay_gives_exactly_what_was_missed():
    frames = [event.frame for event in tell(1, "a", "b", "c")]

    assert log.replay(1, Cursor(log.epoch(), 1)) == Replay("replaying", log.epoch(), 3, frames[1:])


@pytest.mark.django_db
def test_replay_of_another_epoch_is_a_resync():
    tell(1, "a")

    assert log.replay(1, Cursor("other", 0)) == Replay("resync", log.epoch(), 1, [])


@pytest.mark.django_db
def test_replay_from_beyond_the_head_is_a_resync():
    tell(1, "a")

    assert log.replay(1, Cursor(log.epoch(), 2)) == Replay("resync", log.epoch(), 1, [])


@pytest.mark.django_db
def test_replay_of_what_was_trimmed_is_a_resync():
    tell(1, "a", "b", "c")
    Head.objects.filter(pk=1).update(trimmed=2)

    assert log.replay(1, Cursor(log.epoch(), 1)).outcome == "resync"


@pytest.mark.django_db
def test_replay_with_a_hole_in_the_log_is_a_resync():
    tell(1, "a", "b", "c")
    UserEvent.objects.filter(pk=(1, 2)).delete()

    assert log.replay(1, Cursor(log.epoch(), 0)) == Replay("resync", log.epoch(), 3, [])


@pytest.mark.django_db
def test_replay_of_too_many_is_a_resync():
    tell(1, *["a"] * (log.MAX_REPLAY + 1))

    assert log.replay(1, Cursor(log.epoch(), 0)).outcome == "resync"


@pytest.mark.django_db
def test_replay_to_whom_nothing_has_happened_is_empty():
    assert log.replay(1, Cursor(log.epoch(), 0)) == Replay("replaying", log.epoch(), 0, [])


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_replays_take_one_query_whatever_the_number(count, django_assert_num_queries):
    epoch = log.epoch()
    frames = {(person, Cursor(epoch, 1)): [tell(person, "a", "b")[1].frame] for person in range(1, 1 + count)}

    with django_assert_num_queries(1):
        found = log.replay_many({ask: [] for ask in frames})

    assert found == {ask: Replay("replaying", epoch, 2, missed) for ask, missed in frames.items()}


@pytest.mark.django_db
def test_a_replay_goes_on_behind_what_is_there_already():
    third = tell(1, "a", "b", "c")[2].frame
    ask = (1, Cursor(log.epoch(), 1))

    assert log.replay_many({ask: ["kept"]})[ask] == Replay("replaying", log.epoch(), 3, ["kept", third])


@pytest.mark.django_db
def test_an_event_echoes_its_mutation_id():
    with transaction.atomic():
        (event,) = log.append([Told(1, "a", {"n": 1}, mut="m-1")])

    frame = json.loads(event.frame)
    assert {key: frame[key] for key in ("t", "seq", "id", "k", "d", "mut")} == {
        "t": "ev", "seq": 1, "id": "1.1", "k": "a", "d": {"n": 1}, "mut": "m-1",
    }  # fmt: skip
