"""A tail: what passes on one connection, without a word of it; and a socket that is afterwards as it was before."""

from collections import Counter

import pytest

from accounts.actions import revoke_staff
from accounts.models import Session
from content.actions import comment
from ops import survey, tails
from ops.models import AuditEntry
from ops.sight import Wanted
from project.routing import DOMAIN
from realtime.hub import Hub
from realtime.protocol import Frame
from realtime.socket import Socket
from realtime.tap import Seen, Tap, seen
from tests.realtime.test_socket import Server
from tests.support.build import make_post, make_user, prove_second_factor
from tests.support.wait import until
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = {"post", "presence"}
WHY = "They say that nothing comes."


# --- The tap ----------------------------------------------------------------------------------------------------------
@pytest.fixture
async def server():
    return Server()


@pytest.fixture
async def socket(server):
    made = Socket(server.outlet(ready=True), None, on_gone=server.ended.append)
    made.held = None
    return made


async def test_a_tap_sees_what_passes_and_leaves_it_as_it_is(server, socket):
    passed = []
    tap = Tap(socket, "t", lambda way, text: passed.append((way, text)))

    socket.write("1")
    socket.show("k", Frame(b"2"))
    tap.hear("3")

    assert (passed, server.frames, server.ready_frames) == ([("out", "1"), ("out", "2"), ("in", "3")], ["1", "2"], [])


async def test_a_socket_is_back_on_the_fast_path_when_the_tap_is_closed(server, socket):
    tap = Tap(socket, "t", lambda way, text: None)
    socket.write("1")
    tap.close()

    socket.write("2")

    assert (server.frames, server.ready_frames, socket.tap) == (["1"], ["2"], None)


async def test_a_tap_that_closes_while_the_client_does_not_read_lets_nothing_overtake(server, socket):
    tap = Tap(socket, "t", lambda way, text: None)
    server.reads.clear()
    socket.write("1")
    socket.write("2")
    tap.close()
    server.reads.set()

    socket.write("3")
    await socket._writer

    assert (server.messages(), server.ready_frames, server.held) == (["1", "2", "3"], [], False)


async def test_a_tap_that_opens_while_the_client_does_not_read_holds_the_line_until_it_closes(server, socket):
    server.held = True
    server.reads.clear()
    socket.write("1")
    tap = Tap(socket, "t", lambda way, text: None)
    server.reads.set()
    await socket._writer
    held = server.held
    tap.close()

    assert (held, server.held) == (True, False)


@pytest.mark.parametrize(
    ("way", "text", "told"),
    [
        ("out", '{"t":"ev","seq":7,"k":"notification","d":{"text":"Hi"}}', ("ev notification", "", 7)),
        ("out", '{"t":"st","topic":"post:12","ver":1,"d":{}}', ("st", "post:12", 0)),
        ("out", '{"t":"eph","topic":"presence:ana","d":{"online":true},"ttl":1}', ("eph", "presence:…", 0)),
        ("out", '{"t":"hb","top":9}', ("hb", "", 9)),
        ("in", '{"t":"typing","topic":"post:12"}', ("typing", "post:12", 0)),
        ("in", '{"t":"my name is ana","topic":"ana:1"}', ("?", "", 0)),
        ("in", '{"t":"hb","seq":"ana"}', ("?", "", 0)),
        ("in", "ana", ("?", "", 0)),
    ],
)
def test_a_message_is_told_without_words_and_names(way, text, told):
    assert seen(way, text, KINDS) == Seen(*told, len(text.encode()))


# --- On the real stack ------------------------------------------------------------------------------------------------
@pytest.fixture
def olga(stack):
    return make_user("olga", is_staff=True)


@pytest.fixture
def operator(olga):
    """The browser of an operator."""
    web = Web(olga)
    prove_second_factor(Session.objects.get(user=olga))
    return web


@pytest.fixture
def watched(open_socket):
    """Ben's socket, which watches his post; the address of its page stands in `at`."""
    ben = make_user("ben")
    post = make_post(ben)
    socket = open_socket(ben)
    socket.post = post
    socket.hello(topics=[f"post:{post.id}"])
    socket.next("ok")
    (one,) = survey.ask("find", Wanted(person=ben.id)).connections
    socket.at = f"/ops/connections/{one.node}/{one.id}/"
    return socket


@pytest.fixture
async def hub():
    hub = Hub(DOMAIN)
    yield hub
    await hub.out.close()


@pytest.fixture
def onlooker(stack, olga, open_socket, signed_in):
    """Have olga begin a tail, and open a socket that asks for it."""

    def onlooker(operator, watched):
        cookie = signed_in(olga)
        prove_second_factor(Session.objects.filter(user=olga).latest("id"))
        viewer = open_socket(cookie=cookie, origin=stack.url)
        topic = f"ops:{begin(operator, watched).split('/')[3]}"
        viewer.hello(topics=[topic])
        return viewer, topic

    return onlooker


def begin(operator, watched):
    """Begin to tail, and answer the tail's page."""
    return operator.post(f"{watched.at}tail/", {"why": WHY})["Location"]


def rows(at):
    about, rows = tails.read(at.split("/")[3])
    return about, [(row.way, row.kind, row.topic) for row in rows]


def test_a_tail_shows_what_passes_without_its_words(operator, watched):
    at = begin(operator, watched)
    ana = make_user("ana")

    comment(post_id=watched.post.id, actor_id=ana.id, text="Where is this?")
    watched.event("notification")
    watched.send(t="typing", topic=f"post:{watched.post.id}")

    until(lambda: ("in", "typing", f"post:{watched.post.id}") in rows(at)[1])
    assert {("out", "ev notification", ""), ("out", "st", f"post:{watched.post.id}")} <= set(rows(at)[1])
    page = operator.get(at).content.decode()
    assert ("ev notification" in page, "Where is this" in page, "ana" in page) == (True, False, False)


def test_a_tail_is_told_live_to_operators(operator, watched, onlooker):
    viewer, topic = onlooker(operator, watched)
    granted = list(viewer.next("ok")["topics"])

    watched.send(t="hb", seq=0)

    frame = viewer.next("eph", where=lambda frame: frame["topic"] == topic and frame["d"]["rows"])
    assert (granted, [row[2:4] for row in frame["d"]["rows"][:2]]) == ([topic], [["in", "hb"], ["out", "hb"]])


def test_who_begins_to_look_starts_from_what_the_tail_has(operator, watched, onlooker):
    at = begin(operator, watched)
    watched.send(t="hb", seq=0)
    until(lambda: ("in", "hb", "") in rows(at)[1])

    viewer, topic = onlooker(operator, watched)

    snap = viewer.next("ok")["topics"][topic]["snap"]
    assert ([row[2:4] for row in snap["rows"][:2]], snap["ended"]) == ([["in", "hb"], ["out", "hb"]], "")


def test_who_is_staff_no_longer_watches_no_tail(operator, watched, onlooker):
    viewer, topic = onlooker(operator, watched)
    viewer.next("ok")

    revoke_staff(username="olga")

    assert viewer.next("revoked")["topics"] == [topic]


def test_members_watch_no_tail(operator, watched):
    topic = f"ops:{begin(operator, watched).split('/')[3]}"

    watched.send(t="sub", id=1, topics=[topic])

    assert watched.next("ok", where=lambda frame: frame["id"] == 1)["denied"] == {topic: 110}


def test_a_tail_that_is_stopped_says_so(operator, watched):
    at = begin(operator, watched)

    operator.post(f"{at}stop/")

    assert (rows(at)[0].ended, "It was stopped." in operator.get(at).content.decode()) == ("stopped", True)


def test_a_tail_ends_with_its_connection(operator, watched):
    at = begin(operator, watched)

    watched.close()

    until(lambda: rows(at)[0].ended == "closed")


async def test_a_tail_ends_by_itself(monkeypatch, hub, socket):
    monkeypatch.setattr(tails, "SECONDS", 0.0)
    tail = tails.Tail(hub, "web-1.test", socket)

    await tail.run()

    assert (tail._ended(), socket.tap) == ("time", None)


async def test_a_tail_tells_a_hundred_messages_a_second_and_counts_the_others(hub, socket):
    tail = tails.Tail(hub, "web-1.test", socket)

    for _ in range(350):  # within a second, or in the middle of two
        socket.write('{"t":"hb","top":0}')

    in_a_second = Counter(int(row.at) for row in tail._rows)
    assert (max(in_a_second.values()), len(tail._rows) + tail._skipped) == (100, 350)


async def test_an_operators_own_connection_does_not_tell_of_itself(hub, socket):
    tail = tails.Tail(hub, "web-1.test", socket)

    socket.write('{"t":"eph","topic":"ops:0123456789abcdef0123","d":{},"ttl":1}')

    assert tail._rows == []


def test_a_second_operator_sees_the_tail_that_runs(operator, watched):
    assert begin(operator, watched) == begin(operator, watched)


def test_a_tail_and_its_reader_are_on_record(operator, watched):
    at = begin(operator, watched)
    operator.get(at)
    operator.post(f"{at}stop/")

    name = f"connection {watched.at.split('/', 3)[3][:-1]}"
    assert list(AuditEntry.objects.order_by("id").values_list("what", "subject", "why")) == [
        ("tail", name, WHY), ("read tail", name, ""), ("stop tail", name, ""),
    ]  # fmt: skip


def test_watching_a_tail_over_the_socket_is_on_record(operator, watched, onlooker):
    viewer, _topic = onlooker(operator, watched)
    viewer.next("ok")

    name = f"connection {watched.at.split('/', 3)[3][:-1]}"
    assert list(AuditEntry.objects.order_by("id").values_list("actor_name", "what", "subject")) == [
        ("olga", "tail", name), ("olga", "watch", name),
    ]  # fmt: skip


def test_a_tail_without_a_reason_is_refused(operator, watched):
    answer = operator.post(f"{watched.at}tail/", {"why": ""})

    (one,) = survey.ask("find", Wanted(connection=watched.at.split("/")[4])).connections
    assert (answer.status_code, one.tail) == (422, "")
