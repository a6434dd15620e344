"""The judge finds each thing that can go wrong when it is planted, and finds nothing where all is well."""

import dataclasses

import pytest

from tests.faults.checker import NUMBERS, judge
from tests.faults.history import Loss, Op, Rows, Screen
from tests.support.viewer import Entry

ANA, BEN, POST, COMMENT = 1, 2, 7, 70


def event(seq, kind="post.liked", **more):
    return {"t": "ev", "seq": seq, "k": kind, "d": {"n": seq}} | more


def done(kind, target, **fields):
    op = Op(kind, BEN, target, **fields)
    op.end("ok", fields.get("result"))
    return op


@pytest.fixture
def ops():
    return [done("like", POST, id="m1"), done("follow", ANA, id="m2"), done("comment", POST, result=COMMENT)]


@pytest.fixture
def rows():
    deeds = {(ANA, "like", POST, BEN), (ANA, "comment", COMMENT, BEN), (ANA, "follow", 0, BEN)}
    return Rows(
        likes={(POST, BEN)},
        follows={(BEN, ANA)},
        comments={COMMENT},
        events={BEN: [event(1, mut="m1"), event(2, mut="m2"), event(3)]},
        counts={POST: (1, 1)},
        kept={POST: (1, 1)},
        entries=deeds,
        due=set(deeds),
    )


@pytest.fixture
def screen(rows):
    journal = [Entry(float(frame["seq"]), "shown", frame | {"r": 1}) for frame in rows.events[BEN]]
    return Screen("ben's phone", BEN, journal, counts={POST: (1, 1)})


def found(ops, rows, *screens, losses=()):
    return {name: n for name, n in judge(ops, rows, screens, losses).numbers.items() if n}


def test_where_all_is_well_every_number_is_zero(ops, rows, screen):
    assert judge(ops, rows, [screen]).numbers == dict.fromkeys(NUMBERS, 0)


def test_an_acknowledged_like_that_is_not_in_the_database_is_lost(ops, rows, screen):
    rows.likes.clear()

    assert found(ops, rows, screen) == {"lost": 1}


def test_an_acknowledged_follow_that_is_not_in_the_database_is_lost(ops, rows, screen):
    rows.follows.clear()

    assert found(ops, rows, screen) == {"lost": 1}


def test_an_acknowledged_comment_that_is_not_in_the_database_is_lost(ops, rows, screen):
    rows.comments.clear()

    assert found(ops, rows, screen) == {"lost": 1}


def test_an_undo_that_was_acknowledged_and_did_nothing_is_lost(ops, rows, screen):
    rows.events[BEN].append(event(4, mut="m4"))
    screen.journal.append(Entry(4.0, "shown", event(4, mut="m4")))
    ops += [done("unlike", POST, id="m4"), done("uncomment", COMMENT)]

    assert found(ops, rows, screen) == {"lost": 2}


def test_a_deed_that_nobody_was_told_of_is_lost(ops, rows, screen):
    del rows.events[BEN][0]["mut"]
    del screen.journal[0].detail["mut"]

    assert found(ops, rows, screen) == {"lost": 1}


def test_a_fact_without_its_notification_is_lost(ops, rows, screen):
    rows.entries.pop()

    assert found(ops, rows, screen) == {"lost": 1}


def test_what_is_left_in_the_outbox_is_lost(ops, rows, screen):
    assert found(ops, dataclasses.replace(rows, outbox=3), screen) == {"lost": 3}


def test_an_operation_without_an_answer_may_be_in_or_out(ops, rows, screen):
    ops[0].outcome = "unknown"
    rows.likes.clear()

    assert found(ops, rows, screen) == {}


def test_an_event_that_was_never_shown_is_missed(ops, rows, screen):
    del screen.journal[1]

    assert found(ops, rows, screen) == {"missed": 1}


def test_events_behind_the_last_one_shown_are_missed(ops, rows, screen):
    del screen.journal[1:]

    assert found(ops, rows, screen) == {"missed": 2}


def test_what_a_snapshot_shows_is_not_missed(ops, rows, screen):
    screen.journal[0:2] = [Entry(1.0, "snapshot", {"epoch": "e", "seq": 2})]

    assert found(ops, rows, screen) == {}


def test_a_client_that_was_sent_away_misses_nothing(ops, rows, screen):
    del screen.journal[1:]

    assert found(ops, rows, dataclasses.replace(screen, judged=False)) == {}


def test_an_event_shown_again_is_shown_twice(ops, rows, screen):
    screen.journal.append(screen.journal[0])

    assert found(ops, rows, screen) == {"twice": 1}


def test_an_operation_carried_out_again_happened_twice(ops, rows, screen):
    rows.events[BEN][2]["mut"] = screen.journal[2].detail["mut"] = "m1"

    assert found(ops, rows, screen) == {"twice": 1}


def test_events_turned_round_are_in_disorder(ops, rows, screen):
    screen.journal[0], screen.journal[1] = screen.journal[1], screen.journal[0]

    assert found(ops, rows, screen) == {"disorder": 1}


def test_an_event_that_is_not_in_the_log_is_a_ghost(ops, rows, screen):
    screen.journal.append(Entry(4.0, "shown", event(4)))

    assert found(ops, rows, screen) == {"ghost": 1}


def test_an_event_that_says_something_else_than_the_log_is_a_ghost(ops, rows, screen):
    screen.journal[0].detail["d"] = {"n": 99}

    assert found(ops, rows, screen) == {"ghost": 1}


def test_a_notification_of_what_is_not_so_is_a_ghost(ops, rows, screen):
    rows.entries.add((ANA, "like", 8, BEN))

    assert found(ops, rows, screen) == {"ghost": 1}


def test_a_counter_that_differs_from_the_rows_is_stale(ops, rows, screen):
    screen.counts[POST] = (2, 1)
    rows.kept[POST] = (0, 1)

    assert found(ops, rows, screen) == {"stale": 2}


def test_an_event_shown_after_the_right_was_lost_is_leaked(ops, rows, screen):
    assert found(ops, rows, screen, losses=[Loss("ben's phone", at=0.5)]) == {"leaked": 1}


def test_a_topic_shown_after_the_right_was_lost_is_leaked(ops, rows, screen):
    screen.journal += [Entry(5.0, "topic", ("post:7", [1, 1])), Entry(5.0, "topic", ("post:8", [1, 1]))]

    assert found(ops, rows, screen, losses=[Loss("ben's phone", at=2.9, topics=("post:7",))]) == {"leaked": 1}


def test_two_seconds_are_allowed_to_take_a_right_away(ops, rows, screen):
    assert found(ops, rows, screen, losses=[Loss("ben's phone", at=1.0)]) == {}
