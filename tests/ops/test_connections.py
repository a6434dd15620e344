"""Connections as operators find, inspect and end them: asked of real processes, by the pages."""

import re
import time

import pytest

from accounts.actions import suspend_user
from accounts.models import Session, Token
from ops import survey
from ops.asking import ANSWERS_SECONDS
from ops.models import AuditEntry
from ops.sight import Wanted, masked
from ops.words import GRANTS
from project.routing import DOMAIN
from realtime.hub import Hub
from realtime.socket import Outlet, Socket
from tests.support.build import make_post, make_user, make_users, prove_second_factor
from tests.support.wait import until
from tests.support.web import Web

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "/ops/connections/"
WHY = "They asked me to."


@pytest.fixture
def operator(stack):
    """The browser of an operator."""
    user = make_user("olga", is_staff=True)
    web = Web(user)
    prove_second_factor(Session.objects.get(user=user))
    return web


@pytest.fixture
def connect(open_socket):
    """Open a socket that says which app it is."""

    def connect(user=None, app="web", version="1.4.0", topics=(), **options):
        socket = open_socket(user, **options)
        socket.send(t="hello", client={"app": app, "ver": version}, topics=list(topics))
        socket.id = socket.next("welcome")["conn"]
        socket.next("ready")
        return socket

    return connect


def ask(**wanted):
    return survey.ask("find", Wanted(**wanted))


def found(**wanted):
    return sorted(one.id for one in ask(**wanted).connections)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def address(socket):
    (one,) = ask(connection=socket.id).connections
    return f"{HERE}{one.node}/{one.id}/"


def end(operator, how="reconnect", sure="1", **form):
    return operator.post(f"{HERE}disconnect/", {"why": WHY, "how": how, "sure": sure} | form)


def record():
    return list(AuditEntry.objects.order_by("id").values_list("actor_name", "what", "subject", "why"))


# --- Finding ----------------------------------------------------------------------------------------------------------
def test_a_connection_is_found_by_each_thing_it_is_known_by(stack, connect, signed_in):
    ana, ben = make_users("ana", "ben")
    cookie = signed_in(ana)
    mine = connect(cookie=cookie, origin=stack.url)
    others = connect(ben, app="cli", version="2.0")
    visitor = connect(app="bot")
    session, token = Session.objects.get(user=ana).id, Token.objects.get(user=ben).id

    got = {
        "person": found(person=ana.id), "session": found(session=session), "token": found(token=token),
        "app": found(app="cli"), "version": found(app="web", version="1.4.0"), "node": found(node="web", app="bot"),
        "network": found(network="127.0.0.0/8"), "elsewhere": found(network="203.0.113.0/24"),
        "transport": found(transport="sse"), "of nobody": found(node="web-9"),
    }  # fmt: skip

    everybody = sorted(one.id for one in (mine, others, visitor))
    assert got == {
        "person": [mine.id], "session": [mine.id], "token": [others.id], "app": [others.id], "version": [mine.id],
        "node": [visitor.id], "network": everybody, "elsewhere": [], "transport": [], "of nobody": [],
    }  # fmt: skip


def test_what_a_client_calls_itself_counts_only_if_it_is_a_word(connect):
    connect(app="<script>", version="x" * 33)

    (one,) = ask().connections
    assert (one.app, one.version) == ("", "")


@pytest.mark.parametrize(
    ("address", "told"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"), ("", "")],
)
def test_an_address_is_told_without_its_end(address, told):
    assert masked(address) == told


async def test_one_process_tells_of_a_hundred_and_counts_all():
    respondent = survey.Respondent(Hub(DOMAIN), "web-1.test")
    sockets = [Socket(Outlet(None, {}), None, on_gone=int) for _ in range(101)]

    answer = await respondent._act(survey.Question("find"), sockets)

    assert (answer.count, len(answer.connections)) == (101, 100)


def test_a_process_that_does_not_answer_is_named(stack, operator):
    stack.web.pause()
    began = time.monotonic()

    try:
        page = text(operator.get(HERE))
    finally:
        stack.web.resume()

    assert "what they have is missing here: web " in page
    assert time.monotonic() - began < ANSWERS_SECONDS  # as long as anybody could have waited for it


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"person": "nobody"}, "There is nobody of that name here."),
        ({"network": "the office"}, "An address or a range, as 203.0.113.0/24"),
        ({"session": "-1"}, "A number, as the list of connections has it."),
        ({"transport": "pigeon"}, "One of: websocket, sse, poll."),
        ({"app": "a b"}, "As the list of connections has it."),
    ],
)
def test_a_search_for_what_cannot_be_says_which_field(operator, query, said):
    answer = operator.get(HERE, query)

    page = text(answer)
    assert (answer.status_code, said in page, 'class="field field--invalid"' in page) == (422, True, True)


def test_whether_a_suspended_person_is_connected_can_be_asked(operator):
    make_user("ben")
    suspend_user(username="ben", reason="spam")

    answer = operator.get(HERE, {"person": "@Ben"})

    assert (answer.status_code, record()) == (200, [("olga", "search", "user @Ben", "")])


def test_a_search_is_on_record(operator):
    make_user("ben")

    operator.get(HERE, {"person": "ben", "app": "web"})

    assert record() == [("olga", "search", "user ben, app web", "")]


def test_every_kind_of_topic_says_why_it_is_granted():
    assert GRANTS.keys() == DOMAIN.rules.keys()


# --- Looking at one ---------------------------------------------------------------------------------------------------
def test_one_connection_tells_what_it_watches_and_why(operator, connect):
    ana, ben = make_users("ana", "ben")
    post = make_post(ben)
    socket = connect(ana, topics=["feed", f"post:{post.id}"])
    socket.next("ok")

    page = text(operator.get(address(socket)))

    for topic, why in ((f"feed:{ana.id}", "It is their own feed."), (f"post:{post.id}", "They may see this post.")):
        assert f"<dt><code>{topic}</code></dt><dd>{why}</dd>" in page
    assert record() == [("olga", "inspect", f"connection {address(socket).split('/', 3)[3][:-1]}", "")]


def test_one_connection_tells_how_it_does(connect):
    ana = make_user("ana")
    socket = connect(ana)
    socket.send(t="ack", seq=0)
    socket.send(t="hb", seq=0)
    socket.next("hb")

    (answer,) = survey.ask("detail", Wanted(connection=socket.id)).answers
    one, detail = answer.connections[0], answer.detail

    assert (one.state, one.seq, one.head, one.acked, one.waiting, one.waiting_bytes) == ("live", 0, 0, 0, 0, 0)
    assert [0 <= seconds < 5 for seconds in (one.idle_in, one.idle_out, detail.wire_trip)] == [True] * 3
    assert (one.network, one.transport, one.app, one.version) == ("127.0.0.0/24", "websocket", "web", "1.4.0")


def test_the_ends_of_a_persons_connections_are_remembered(connect):
    ana, ben = make_users("ana", "ben")
    connect(ben).close()
    for version in ("1.3.0", "1.4.0"):
        connect(ana, version=version).close()
    until(lambda: ask(person=ana.id).count == 0)
    here = connect(ana)

    (answer,) = survey.ask("detail", Wanted(connection=here.id)).answers

    assert [(end.code, end.version) for end in answer.detail.ends] == [(1000, "1.4.0"), (1000, "1.3.0")]


def test_a_connection_that_has_ended_is_not_found(operator, connect):
    socket = connect(make_user("ana"))
    there = address(socket)
    socket.close()
    until(lambda: ask(connection=socket.id).count == 0)

    assert operator.get(there).status_code == 404


# --- Ending some ------------------------------------------------------------------------------------------------------
def test_counting_ends_nothing(operator, connect):
    socket = connect(make_user("ana"))

    answer = end(operator, person="ana", sure="")

    assert "1 connection would end" in text(answer)
    assert socket.nothing(0.3, "reconnect", "revoked") == []
    assert record() == [("olga", "disconnect, dry run", "user ana", WHY)]


def test_one_connection_is_asked_to_come_back(operator, connect):
    ana = make_user("ana")
    one, other = connect(ana), connect(ana)
    node, name = address(one).split("/")[3:5]

    answer = end(operator, node=node, connection=name)

    assert (answer.status_code, one.next("reconnect")["reason"], one.close_code()) == (302, "operator", 4001)
    assert found(person=ana.id) == [other.id]
    assert record() == [("olga", "disconnect", f"connection {node}/{name}", WHY)]


def test_a_version_is_asked_to_come_back_and_the_others_stay(operator, connect):
    ana, ben = make_users("ana", "ben")
    old, new = connect(ana, version="1.3.0"), connect(ben)

    end(operator, app="web", version="1.3.0")

    assert (old.close_code(), found(app="web")) == (4001, [new.id])


def test_a_range_is_made_to_stop(operator, connect):
    socket = connect(make_user("ana"))

    end(operator, how="end", network="127.0.0.1/32")

    assert (socket.next("revoked")["reason"], socket.close_code()) == ("operator", 4423)


def test_a_person_is_made_to_stop_and_stays_signed_in(stack, operator, connect, signed_in):
    ana, ben = make_users("ana", "ben")
    cookie = signed_in(ana)
    socket, other = connect(cookie=cookie, origin=stack.url), connect(ben)

    end(operator, how="end", person="ana")

    assert (socket.close_code(), found(app="web"), Session.objects.filter(user=ana).count()) == (4423, [other.id], 1)


def test_a_person_is_logged_out_with_their_tokens(stack, operator, connect, signed_in):
    ana = make_user("ana")
    cookie = signed_in(ana)
    sockets = [connect(cookie=cookie, origin=stack.url), connect(ana)]

    end(operator, how="end", person="ana", proofs="1")

    assert [socket.close_code() for socket in sockets] == [4423, 4423]
    assert (Session.objects.filter(user=ana).count(), Token.objects.filter(user=ana).count()) == (0, 0)
    assert record() == [("olga", "log out", "user ana", WHY)]


def test_a_session_ends_alone(stack, operator, connect, signed_in):
    ana = make_user("ana")
    one, other = (connect(cookie=signed_in(ana), origin=stack.url) for _ in range(2))
    first = Session.objects.filter(user=ana).earliest("id").id

    end(operator, how="end", session=str(first), proofs="1")

    assert (one.close_code(), found(person=ana.id)) == (4423, [other.id])
    assert not Session.objects.filter(id=first).exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"person": "ana", "why": "no"}, "Say why, in at least 3 characters."),
        ({"person": "ana", "why": "x" * 301}, "301 characters is over the limit of 300."),
        ({}, "this would be everybody"),
        ({"node": "web"}, "this would be everybody"),
        ({"person": "ana", "how": "nicely"}, "Choose what their clients are to do."),
        ({"app": "web", "how": "end", "proofs": "1"}, "Only one person, session or connection can be logged out"),
        ({"person": "ana", "proofs": "1"}, "Only one person, session or connection can be logged out"),
        ({"person": "nobody"}, "There is nobody of that name here."),
    ],
)
def test_what_may_not_be_ended_is_refused_and_changes_nothing(operator, connect, form, said):
    socket = connect(make_user("ana"))

    answer = end(operator, **form)

    assert (answer.status_code, said in text(answer), record()) == (422, True, [])
    assert socket.nothing(0.2, "reconnect", "revoked") == []


def test_without_redis_it_says_so(operator, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nothing listens there

    assert operator.get(HERE).status_code == 503


# --- Who may ----------------------------------------------------------------------------------------------------------
def everywhere(web):
    """What each page and form answers, by its status and where it leads."""
    asks = [web.get(HERE), web.get(f"{HERE}disconnect/"), web.get(f"{HERE}a/b/"), web.get("/ops/tails/a/")]
    asks += [web.post(f"{HERE}a/b/tail/"), web.post("/ops/tails/a/stop/"), end(web, person="ana", how="end")]
    return {(answer.status_code, answer.get("Location", "").partition("?")[0]) for answer in asks}


def test_a_visitor_is_sent_to_the_log_in(connect):
    socket = connect(make_user("ana"))

    assert (everywhere(Web()), found(app="web")) == ({(302, "/accounts/login/")}, [socket.id])


def test_for_a_member_there_are_no_pages(connect):
    socket = connect(make_user("ana"))

    assert (everywhere(Web(make_user("carl"))), found(app="web")) == ({(404, "")}, [socket.id])


def test_staff_without_a_second_factor_are_told_what_they_lack(connect):
    socket = connect(make_user("ana"))

    assert (everywhere(Web(make_user("carl", is_staff=True))), found(app="web")) == ({(403, "")}, [socket.id])
