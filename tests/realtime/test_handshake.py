"""Who may open a socket, and how bad clients are answered: on the real server."""

import json
import time
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from realtime import bus, protocol
from realtime.subscriber import LINGER_SECONDS
from tests.support.build import make_post, make_user


@pytest.fixture
def ana(stack):
    return make_user("ana")


def refused_with(url, **options):
    with pytest.raises(InvalidStatus) as refused, connect(url, **options):
        pass
    return refused.value.response.status_code


def test_welcome_names_the_person_and_the_head(open_socket, ana):
    welcome = open_socket(ana).hello()

    assert (welcome["user"]["username"], welcome["head"], welcome["resume"]) == ("ana", 0, "fresh")


def test_welcome_is_the_very_first_frame_even_while_the_bus_comes_up(open_socket, stack, ana):
    stack.web.stop()
    stack.web.start().wait()
    client = open_socket(ana)

    client.send(t="hello")

    assert json.loads(client.socket.recv(timeout=30))["t"] == "welcome"


def test_a_visitor_is_nobody(open_socket, stack):
    assert open_socket().hello()["user"] is None


def test_a_foreign_origin_is_refused_before_the_handshake(stack):
    assert refused_with(stack.live_url, origin="https://evil.example") == 403


def test_another_port_of_our_host_is_a_foreign_origin(stack):
    assert refused_with(stack.live_url, origin="http://127.0.0.1:1") == 403


def test_a_cookie_without_an_origin_is_refused(stack):
    assert refused_with(stack.live_url, additional_headers={"Cookie": "sid=abc"}) == 403


def test_a_wrong_token_is_told_and_closed(open_socket, stack):
    client = open_socket(token="pho_wrong")

    client.send(t="hello")

    assert client.next("err")["code"] == protocol.Error.UNAUTHENTICATED
    assert client.close_code() == protocol.Close.UNAUTHENTICATED


def test_a_command_before_hello_ends_the_socket(open_socket, ana):
    client = open_socket(ana)

    client.send(t="hb", seq=0)

    assert client.close_code() == protocol.Close.PROTOCOL


def test_an_unreadable_frame_is_told_and_closed(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    client.socket.send("not json")

    assert client.next("err")["code"] == protocol.Error.BAD_REQUEST
    assert client.close_code() == protocol.Close.MALFORMED


def test_an_unknown_type_is_told_and_passed_over(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    client.send(t="dance")
    client.send(t="hb", seq=0)

    assert client.next("err")["code"] == protocol.Error.UNKNOWN_TYPE
    assert client.next("hb") == {"t": "hb", "top": 0}


def test_a_frame_over_the_limit_is_told_and_closed(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    client.send(t="hb", pad="x" * protocol.MAX_FRAME_BYTES)

    assert client.next("err")["msg"] == "A frame has at most 4096 bytes."
    assert client.close_code() == protocol.Close.TOO_BIG


def test_too_many_messages_end_the_socket(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    with suppress(ConnectionClosed):  # it may be closed before we have sent them all
        for _ in range(protocol.BURST_MESSAGES + 5):
            client.send(t="ack", seq=0)

    assert client.close_code() == protocol.Close.RATE_LIMITED


def test_the_eleventh_socket_of_a_person_ends_their_oldest(open_socket, ana):
    oldest = open_socket(ana)
    oldest.hello()

    for _ in range(protocol.MAX_SOCKETS_A_USER):
        open_socket(ana).hello()

    assert oldest.close_code() == protocol.Close.TOO_MANY


def test_a_post_that_may_not_be_seen_is_denied_like_one_that_is_not_there(open_socket, ana):
    ben = make_user("ben")
    hidden = make_post(ana, published=False)
    client = open_socket(ben)
    client.hello()

    client.send(t="sub", id=1, topics=[f"post:{hidden.id}", "post:1", "ops", "user:2"])

    denied = dict.fromkeys((f"post:{hidden.id}", "post:1", "ops", "user:2"), protocol.Error.UNKNOWN_TOPIC)
    assert client.next("ok") == {"t": "ok", "id": 1, "topics": {}, "denied": denied}


def test_another_spelling_of_a_posts_id_is_denied_and_takes_nothing_from_its_watchers(open_socket, ana):
    post = make_post(ana)
    name, spelt = f"post:{post.id}", f"post:0{post.id}"
    watcher, other = open_socket(), open_socket()
    watcher.hello(topics=[name])
    watcher.next("ok")
    other.hello()

    other.send(t="sub", id=1, topics=[spelt])
    other.send(t="view", add=[f"0{post.id}"])
    answer = other.next("ok")
    other.send(t="hb")
    other.next("hb")
    other.close()

    assert (answer["topics"], answer["denied"]) == ({}, {spelt: protocol.Error.UNKNOWN_TOPIC})
    time.sleep(LINGER_SECONDS + 0.5)  # as long as a channel that nobody wants is kept
    bus.publish([bus.of_counters(post.id, 1, 1, 0)])
    assert watcher.next("cnt")["d"] == {str(post.id): [1, 1, 0]}


def test_subscribing_answers_with_the_state(open_socket, ana):
    post = make_post(ana, like_count=2, comment_count=1, ver=9)
    client = open_socket()
    client.hello()

    client.send(t="sub", id="a", topics=[f"post:{post.id}"])

    assert client.next("ok")["topics"] == {f"post:{post.id}": {"ver": 9, "snap": {"likes": 2, "comments": 1}}}


def test_more_topics_than_a_message_may_name_are_refused(open_socket, ana):
    client = open_socket(ana)
    client.hello()

    client.send(t="sub", id=3, topics=[f"post:{number}" for number in range(51)])

    assert client.next("err", "ok")["code"] == protocol.Error.LIMIT


def test_a_page_of_ours_opens_a_socket_with_its_cookie(open_socket, stack, signed_in, ana):
    cookie = signed_in(ana)

    client = open_socket(cookie=cookie, origin=stack.url)

    assert client.hello()["user"]["username"] == "ana"


def test_a_visitor_has_no_log_to_resume(open_socket, stack):
    client = open_socket()
    welcome = client.hello()

    client.send(t="resume", epoch=welcome["epoch"], seq=0)

    assert client.next("err", "ready")["code"] == protocol.Error.UNAUTHENTICATED
