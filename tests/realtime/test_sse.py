"""Server-Sent Events: the same log, the same frames, the same rules as on a websocket. On the real server."""

import os
import re
import signal
import socket
import time

import httpx
import pytest
from django.db import transaction

from accounts import actions
from accounts.models import Token
from content.actions import likes
from realtime import bus, log, protocol, tickets
from realtime.log import Told
from tests.support.build import make_post, make_user, make_users
from tests.support.stream import Stream

BIG = "x" * 20_000


@pytest.fixture
def ana(stack):
    return make_user("ana")


@pytest.fixture
def open_stream(stack):
    """Open a stream as a person, by bearer token; all are closed with the test."""
    opened = []

    def open_stream(user=None, **options):
        token = {"token": actions.make_token(user_id=user.id)} if user else {}
        opened.append(Stream(stack.url, **(token | options)))
        return opened[-1]

    yield open_stream
    for stream in opened:
        stream.close()


@pytest.fixture
def live(open_stream):
    """Open a stream and read until it is live; answer it and what `ready` was."""

    def live(user, **options):
        stream = open_stream(user, **options)
        return stream, stream.next("ready")

    return live


def tell(user, count=1, data=None):
    """Let things happen to a person, as the drain would."""
    with transaction.atomic():
        numbered = log.append([Told(user.id, "test", data or {}) for _ in range(count)])
    bus.publish([bus.of_event(one) for one in numbered])
    return numbered


def cookie_of(user, signed_in, **headers):
    return {"Cookie": signed_in(user)} | headers


# --- Frames and the cursor ------------------------------------------------------------------------------------------
def test_it_is_a_stream_that_nobody_keeps(open_stream, ana):
    headers = open_stream(ana).response.headers

    assert (headers["Content-Type"], headers["Cache-Control"]) == ("text/event-stream; charset=utf-8", "no-store")


def test_welcome_comes_first_and_has_a_name(open_stream, ana):
    first = open_stream(ana).read()

    assert (first.name, first.frame["t"], first.frame["user"]["username"]) == ("welcome", "welcome", "ana")


def test_ready_has_a_name_and_the_cursor(live, ana):
    _, ready = live(ana)

    assert (ready.name, ready.id) == ("ready", f"{log.epoch()}.0")


def test_an_event_has_the_cursor_and_the_text_of_the_websocket(live, open_socket, ana):
    stream, _ = live(ana)
    client = open_socket(ana)
    client.hello()
    texts = []
    receive = client.socket.recv
    client.socket.recv = lambda *args, **kwargs: texts.append(receive(*args, **kwargs)) or texts[-1]

    tell(ana)
    client.event("test")

    event = stream.next("ev")
    assert (event.name, event.id, event.text) == ("", f"{log.epoch()}.1", texts[-1])


def test_what_was_missed_is_replayed_behind_last_event_id(live, ana):
    tell(ana, 3)

    _, ready = live(ana, headers={"Last-Event-ID": f"{log.epoch()}.1"})

    assert ready.id == f"{log.epoch()}.3"


def test_a_replay_is_whole_in_order_and_marked(open_stream, ana):
    tell(ana, 3)
    stream = open_stream(ana, headers={"Last-Event-ID": f"{log.epoch()}.1"})

    assert [stream.next("ev").frame["seq"] for _ in range(2)] == [2, 3]


def test_after_resumes_too(open_stream, ana):
    tell(ana, 2)

    event = open_stream(ana, after=f"{log.epoch()}.1").next("ev")

    assert (event.id, event.frame["r"]) == (f"{log.epoch()}.2", 1)


def test_last_event_id_goes_before_after(open_stream, ana):
    tell(ana, 3)

    stream = open_stream(ana, after=f"{log.epoch()}.0", headers={"Last-Event-ID": f"{log.epoch()}.2"})

    assert stream.next("ev").frame["seq"] == 3


def test_another_epoch_is_told_to_begin_anew(open_stream, ana):
    tell(ana, 2)

    resync = open_stream(ana, after="other.1").next("resync")

    assert (resync.name, resync.id) == ("resync", f"{log.epoch()}.2")


@pytest.mark.parametrize("after", ["7", "k.", "k.-1", "k.1.2", "k 1", "k.99999999999999999999"])
def test_a_cursor_that_cannot_be_is_named(open_stream, ana, after):
    problem = open_stream(ana, after=after).problem()

    assert (problem["status"], problem["errors"][0]["field"]) == (422, "after")


# --- Topics ---------------------------------------------------------------------------------------------------------
def test_topics_are_granted_and_denied_as_on_the_websocket(open_stream, ana):
    post = make_post(ana)

    ok = open_stream(ana, topics=f"post:{post.id},post:1").next("ok").frame

    assert (list(ok["topics"]), ok["denied"]) == ([f"post:{post.id}"], {"post:1": 110})


def test_counters_of_a_topic_come(open_stream, ana):
    post = make_post(ana)
    stream = open_stream(ana, topics=f"post:{post.id}")
    stream.next("ok")

    likes.like_post(post_id=post.id, actor_id=make_user("ben").id)

    assert stream.next("cnt").frame["d"][str(post.id)][1:] == [1, 0]


def test_too_many_topics_are_refused(open_stream, ana):
    error = open_stream(ana, topics=",".join(f"post:{n}" for n in range(51))).next("err").frame

    assert error["code"] == protocol.Error.LIMIT


# --- Who is it ------------------------------------------------------------------------------------------------------
def test_a_visitor_is_nobody_and_has_no_cursor(live):
    _, ready = live(None)

    assert (ready.id, ready.frame["seq"]) == ("", 0)


def test_visitors_of_one_address_are_counted(live, open_stream, stack):
    for _ in range(protocol.MAX_SOCKETS_AN_ADDRESS):
        live(None)

    assert open_stream().problem()["status"] == 429


def test_a_wrong_token_is_refused(open_stream, stack):
    stream = open_stream(token="pho_wrong")

    assert (stream.problem()["status"], stream.response.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_ticket_lets_in_once(open_stream, stack, ana):
    actions.make_token(user_id=ana.id)
    ticket = tickets.issue(user_id=ana.id, session_id=None, token_id=Token.objects.get().id)

    first, second = open_stream(ticket=ticket), open_stream(ticket=ticket)

    assert (first.read().frame["user"]["username"], second.problem()["status"]) == ("ana", 401)


def test_a_ticket_is_in_no_log(open_stream, stack, ana):
    actions.make_token(user_id=ana.id)
    ticket = tickets.issue(user_id=ana.id, session_id=None, token_id=Token.objects.get().id)

    open_stream(ticket=ticket).next("ready")
    open_stream(ticket=ticket).problem()

    assert ticket not in stack.web.output()


@pytest.mark.parametrize(
    "vouched", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "{url}"}, {"Referer": "{url}/notifications/"}]
)
def test_a_cookie_counts_from_a_page_of_ours(open_stream, stack, ana, signed_in, vouched):
    headers = {name: value.format(url=stack.url) for name, value in vouched.items()}

    stream = open_stream(headers=cookie_of(ana, signed_in, **headers))

    assert stream.read().frame["user"]["username"] == "ana"


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Referer": "{url}/"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Referer": "https://evil.example/"},
    ],
)
def test_a_cookie_from_elsewhere_is_refused(open_stream, stack, ana, signed_in, foreign):
    headers = {name: value.format(url=stack.url) for name, value in foreign.items()}

    assert open_stream(headers=cookie_of(ana, signed_in, **headers)).problem()["status"] == 403


def test_nothing_but_get_is_answered(stack):
    answer = httpx.post(f"{stack.url}/rt/sse")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


# --- The end --------------------------------------------------------------------------------------------------------
def test_the_oldest_of_too_many_is_told_to_stop(live, ana):
    token = actions.make_token(user_id=ana.id)
    first, _ = live(None, token=token)

    for _ in range(protocol.MAX_SOCKETS_A_USER):
        live(None, token=token)

    last = first.rest()[-1]
    assert (last.name, last.frame, last.retry) == ("close", {"t": "close", "code": 4409}, "3600000")


def test_a_stopped_server_sends_its_streams_away(live, stack, ana):
    stream, _ = live(ana)

    os.kill(stack.web.pid, signal.SIGTERM)

    *_, reconnect, close = stream.rest()
    stack.web.stop()
    assert (reconnect.frame["reason"], close.frame["code"], close.retry) == ("drain", 4001, "3000")


def test_a_client_that_leaves_makes_room(open_socket, live, stack, ana):
    token = actions.make_token(user_id=ana.id)
    client = open_socket(token=token)
    client.hello()

    for _ in range(protocol.MAX_SOCKETS_A_USER * 2):
        live(None, token=token)[0].close()
        time.sleep(0.02)  # the server hears of a client's end when it does

    assert client.nothing(0.3, "err") == []


def test_a_client_that_does_not_read_delays_nobody_and_misses_nothing(live, stack, ana):
    """Eight megabytes for a client that sleeps for a second: its queue overflows, and it is brought up to date."""
    sleeper = sleep_on(stack, ana)
    reader, _ = live(ana)

    for _ in range(20):
        tell(ana, 20, {"big": BIG})

    assert [reader.next("ev").frame["seq"] for _ in range(400)] == list(range(1, 401))
    seqs, lags = seqs_of(sleeper, 400)
    assert seqs == list(range(1, 401))
    assert lags >= 1


def sleep_on(stack, user):
    """Open a stream that takes a few KiB only, and do not read it."""
    token = actions.make_token(user_id=user.id)
    sleeper = socket.socket()
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sleeper.settimeout(15)
    sleeper.connect(("127.0.0.1", stack.web.port))
    sleeper.sendall(f"GET /rt/sse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    assert sleeper.recv(12) == b"HTTP/1.1 200"
    return sleeper


def seqs_of(sleeper, last):
    """Read on to an event; answer the numbers of all, and how often the queue had overflowed."""
    received = bytearray()
    while b'"seq":%d,"id"' % last not in received[-2 * len(BIG) :]:
        data = sleeper.recv(1 << 16)
        assert data, bytes(received[-500:])
        received += data
    sleeper.close()
    return [int(seq) for seq in re.findall(rb'\{"t":"ev","seq":(\d+)', received)], received.count(b'{"t":"lag"')


def test_a_token_that_is_revoked_ends_its_stream(live, ana):
    token = actions.make_token(user_id=ana.id)
    stream, _ = live(None, token=token)

    actions.revoke_token(user_id=ana.id, token_id=Token.objects.get().id)

    assert stream.rest()[-1].frame["code"] == 4423


def test_one_person_hears_nothing_of_another(live, stack):
    ana, ben = make_users("ana", "ben")
    stream, _ = live(ana)

    tell(ben)
    tell(ana)

    assert stream.next("ev").frame["id"] == f"{ana.id}.1"
