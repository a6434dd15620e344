"""What the bus loses or repeats is healed: on the real server, with frames published by hand."""

import pytest
from django.db import transaction

from realtime import bus, log
from realtime.log import Told
from tests.support.build import make_post, make_user


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def socket(open_socket, ana):
    client = open_socket(ana)
    client.hello()
    return client


def append(user, *kinds):
    with transaction.atomic():
        return log.append([Told(user.id, kind, {}) for kind in kinds])


def publish(*numbered):
    bus.publish([bus.of_event(event) for event in numbered])


def test_a_frame_that_the_bus_lost_is_read_from_the_log_before_the_next(socket, ana):
    numbered = append(ana, "a", "b", "c")

    publish(numbered[2])

    assert [frame["k"] for frame in socket.events(3)] == ["a", "b", "c"]


def test_a_frame_that_the_bus_repeats_is_sent_once(socket, ana):
    (first,) = append(ana, "a")
    publish(first, first)
    (second,) = append(ana, "b")
    publish(second)

    assert [frame["k"] for frame in socket.events(2)] == ["a", "b"]


def test_frames_that_the_bus_turned_round_are_sent_in_order(socket, ana):
    first, second = append(ana, "a", "b")

    publish(second, first)

    assert [(frame["seq"], frame["k"]) for frame in socket.events(2)] == [(1, "a"), (2, "b")]
    assert socket.nothing(0.3, "ev") == []


def test_resume_replays_what_follows_the_position(socket, ana):
    publish(*append(ana, "a", "b"))
    socket.events(2)

    socket.send(t="resume", epoch=socket.cursor["epoch"], seq=1)

    frame = socket.event("b")
    assert (frame["seq"], frame["r"]) == (2, 1)
    assert socket.next("ready")["seq"] == 2


def test_a_cursor_of_another_epoch_gets_a_resync_and_no_replay(open_socket, ana):
    append(ana, "a", "b")
    client = open_socket(ana)

    welcome = client.hello(cursor={"epoch": "other", "seq": 1})

    assert (welcome["resume"], client.next("resync")["at"]) == ("resync", {"epoch": welcome["epoch"], "seq": 2})
    assert client.nothing(0.3, "ev") == []


def test_counters_of_one_tick_come_in_one_frame_with_the_latest_values(open_socket, stack):
    author = make_user("ben")
    posts = [make_post(author) for _ in range(2)]
    client = open_socket()
    client.hello()
    client.send(t="view", add=[str(post.id) for post in posts])
    client.next("cnt")

    bus.publish(
        [bus.of_counters(posts[0].id, ver, ver, 0) for ver in range(1, 50)] + [bus.of_counters(posts[1].id, 1, 5, 2)]
    )

    assert client.next("cnt")["d"] == {str(posts[0].id): [49, 49, 0], str(posts[1].id): [1, 5, 2]}
    assert client.nothing(0.6, "cnt") == []


def test_a_post_that_left_the_screen_sends_no_more_counters(open_socket, stack):
    post = make_post(make_user("ben"))
    client = open_socket()
    client.hello()
    client.send(t="view", add=[str(post.id)])
    client.next("cnt")

    client.send(t="view", **{"del": [str(post.id)]})
    client.send(t="hb")
    client.next("hb")
    bus.publish([bus.of_counters(post.id, 1, 1, 0)])

    assert client.nothing(0.6, "cnt") == []
