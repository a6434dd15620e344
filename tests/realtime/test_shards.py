"""The steps of sending to several, without a Redis: what goes where, and what goes again."""

import redis

from realtime import shards
from realtime.shards import PARTITIONS, SLOTS, Shards, Unheld, partition

CLUSTER, SENTINEL = "redis+cluster://a:1,b:2", "redis+sentinel://s:1/photos"
A, B, C = "redis://a:1/0", "redis://b:2/0", "redis://c:3/0"
COMMANDS = [("SPUBLISH", "rt:{p5}:u:5", "x"), ("SPUBLISH", "rt:{p6}:u:6", "y")]


def map_of(moved=()):
    """CLUSTER SLOTS: all on a, but for the partitions that b holds."""
    at_b = {SLOTS[number] for number in moved}
    return [[slot, slot, [b"b", 2, b"id"] if slot in at_b else [b"a", 1, b"id"]] for slot in SLOTS]


def walk(route, *answers):
    """Answer each step in turn; return the steps, and the replies at the end if it came to that."""
    steps = [next(route)]
    for answer in answers:
        try:
            steps.append(route.send(dict.fromkeys(steps[-1], answer) if isinstance(answer, list) else answer))
        except StopIteration as end:
            return steps, end.value
    return steps, None


def learned(url, answer):
    known = Shards(url)
    walk(known.learn(), [answer])
    return known


def test_the_partition_is_in_the_tag():
    assert [partition("rt:{p12}:t:post:{p3}"), partition(b"ring:{p0}:u:0")] == [12, 0]


def test_one_redis_gets_everything_in_one_step():
    steps, replies = walk(Shards("redis://one:1/0").route(COMMANDS), [1, 2])

    assert (steps, replies) == ([{"redis://one:1/0": COMMANDS}], [1, 2])


def test_each_node_gets_what_it_holds_and_replies_keep_their_order():
    steps, replies = walk(learned(CLUSTER, map_of(moved=[5])).route(COMMANDS), {A: ["y"], B: ["x"]})

    assert (steps, replies) == ([{B: COMMANDS[:1], A: COMMANDS[1:]}], ["x", "y"])


def test_what_has_moved_goes_again_by_a_new_map():
    moved = redis.exceptions.MovedError(f"{SLOTS[5]} b:2")

    steps, replies = walk(learned(CLUSTER, map_of()).route(COMMANDS), [moved, "y"], [map_of(moved=[5])], ["x"])

    assert (list(steps[1].values()), steps[2], replies) == ([[("CLUSTER", "SLOTS")]], {B: COMMANDS[:1]}, ["x", "y"])


def test_a_refused_command_goes_only_once():
    refused = redis.ResponseError("OOM")

    steps, replies = walk(learned(CLUSTER, map_of()).route(COMMANDS), [refused, "y"])

    assert (len(steps), replies) == (1, [refused, "y"])


def test_after_a_time_out_the_caller_has_waited_enough(monkeypatch):
    monkeypatch.setattr(shards, "LEARN_AGAIN_SECONDS", 0.0)
    known = learned(CLUSTER, map_of())
    late = redis.TimeoutError()

    steps, replies = walk(known.route(COMMANDS), [late, late])

    assert (len(steps), replies) == (1, [late, late])
    assert list(walk(known.route(COMMANDS))[0][0].values()) == [[("CLUSTER", "SLOTS")]]  # the next call learns


def test_a_dead_node_has_the_map_learned_but_not_with_every_call():
    known = learned(CLUSTER, map_of())
    away = redis.ConnectionError()

    steps, _ = walk(known.route(COMMANDS), [away, away])

    assert len(steps) == 1


def test_a_node_that_does_not_know_its_name_is_where_it_was_asked():
    known = Shards("redis+cluster://:p@a:1")
    walk(known.learn(), [[[0, 16383, [None, 1, b"id"]]]])

    assert known.owners == dict.fromkeys(range(PARTITIONS), "redis://:p@a:1/0")


def test_partitions_that_nobody_holds_are_not_sent():
    known = learned(CLUSTER, [entry for entry in map_of() if entry[0] != SLOTS[5]])

    steps, replies = walk(known.route(COMMANDS), ["y"])

    assert (steps, type(replies[0]), replies[1]) == ([{A: COMMANDS[1:]}], Unheld, "y")


def test_the_next_node_is_asked_for_the_map_when_one_is_away():
    steps, _ = walk(Shards(CLUSTER).learn(), [redis.ConnectionError()], [map_of()])

    assert {node for step in steps for node in step} == {A, B}


def test_sentinels_name_the_primary_of_all():
    assert learned(SENTINEL, [b"c", b"3"]).owners == dict.fromkeys(range(PARTITIONS), C)


def test_sentinels_are_asked_again_after_a_while_and_after_a_replica_refused(monkeypatch):
    known = learned(SENTINEL, [b"c", b"3"])
    question = [("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "photos")]

    fresh = walk(known.route(COMMANDS))[0][0]
    refused = walk(known.route(COMMANDS), [redis.ReadOnlyError(), 1])[0][1]
    known = learned(SENTINEL, [b"c", b"3"])
    monkeypatch.setattr(shards, "PRIMARY_SECONDS", 0.0)
    old = walk(known.route(COMMANDS))[0][0]

    assert (fresh, refused, old) == ({C: COMMANDS}, {"redis://s:1": question}, {"redis://s:1": question})
