"""The console: what it shows is what there is, on real processes; to staff alone, and never too much of it."""

import time
from datetime import timedelta

import msgspec
import pytest
from django.conf import settings

from accounts.models import Session, User
from events.models import OutboxRow
from ops import audit, history, queues, services, snapshot
from ops.leaving import State
from ops.models import AuditEntry
from ops.nodes import Node, Pool, Roll
from ops.readings import Course
from ops.templatetags import spans
from realtime.census import Census, Kind
from realtime.crowd import MOST_TOGETHER_BYTES
from realtime.links import Link
from realtime.meters import Histogram, Meters
from tests.support.build import make_user, prove_second_factor
from tests.support.client import LiveClient
from tests.support.stack import Web, free_port
from tests.support.stream import Stream
from tests.support.wait import until

GONE_SECONDS = 5


def node(number=1, *, seconds=10.0, sockets=3, people=(1, 2), meters=None, cpu=1.0, kinds=()):
    """A report."""
    return Node(
        id=f"n{number}", node=f"web-{number}", host="box", pid=number, state=State.SERVING, sockets=sockets,
        people=len(people), sketch=sorted(people), census=Census(list(kinds), 0, 0), topics=1, viewed=1,
        seconds=seconds, cpu_seconds=cpu, memory_bytes=1_000, descriptors=10, descriptors_most=100,
        pool=Pool(), broken="", meters=meters or Meters(),
    )  # fmt: skip


def course(*readings):
    made = Course()
    for reading in readings:
        made.take(reading)
    return made


def histogram(*seconds):
    made = Histogram()
    for one in seconds:
        made.observe(one)
    return made


# --- Numbers ----------------------------------------------------------------------------------------------------------
def test_a_rate_is_by_the_clock_of_the_process_that_reports():
    then, now = node(seconds=10.0, cpu=1.0), node(seconds=12.0, cpu=2.0, meters=Meters(frames_in=8))

    rates = course([then], [now]).rates("n1")

    assert (rates["frames_in"], rates["cpu"]) == (4.0, 0.5)


def test_a_report_that_was_read_twice_makes_no_rate_of_nothing():
    now = node(seconds=12.0, meters=Meters(frames_in=8))

    assert course([node(seconds=10.0)], [now], [now]).rates("n1")["frames_in"] == 4.0


def test_a_process_that_is_off_the_roll_is_forgotten():
    old = node(seconds=10.0, meters=Meters(frames_in=8))

    assert course([old], [], [node(seconds=12.0, meters=Meters(frames_in=9))]).rates("n1") == {}


def test_percentiles_are_of_all_processes_together():
    first = [node(1), node(2)]
    quick = node(1, seconds=11.0, meters=Meters(lag=histogram(*[0.002] * 9)))
    slow = node(2, seconds=11.0, meters=Meters(lag=histogram(0.4)))

    found = course(first, [quick, slow]).percentiles()

    assert (found["lag_p50"], found["lag_p99"], found.get("ready_p50")) == (0.0025, 0.5, None)


def test_sums_are_of_all_and_a_person_counts_once():
    nodes = [node(1, sockets=3, people=(1, 2)), node(2, sockets=4, people=(2, 3))]

    numbers = snapshot.made(nodes, course(nodes), {"outbox": 5}).numbers

    assert [numbers[name] for name in ("nodes", "sockets", "people", "outbox")] == [2, 7, 3, 5]


def test_a_snapshot_is_small_however_many_processes_there_are():
    counts = {str(code): 10**9 for code in range(3_000, 4_000)}
    kinds = [(Kind("a" * 24, str(n) * 8, "websocket"), 10**6) for n in range(24)]
    meters = Meters(closed=counts, refused=counts, accepted=counts, frames_in=10**12)
    nodes = [
        msgspec.structs.replace(
            node(number, sockets=10**6, people=range(256), kinds=kinds, meters=meters), id="i" * 90, node="n" * 90
        )
        for number in range(500)
    ]

    shown = snapshot.made(nodes, course(nodes), {})

    assert shown.numbers["sockets"] == 500 * 10**6
    assert len(msgspec.json.encode(shown.as_dict())) < MOST_TOGETHER_BYTES


def test_what_does_not_answer_has_no_numbers_and_the_others_have(settings, transactional_db):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nothing listens there

    found = services.read()

    assert (found.get("redis"), found["outbox"], found["tasks"]) == (None, 0, sum(queues.depths().values()))


def test_a_process_of_the_version_before_that_reports_less_is_read():
    new = ("sketch", "census", "topics", "viewed", "seconds", "cpu_seconds", "descriptors", "descriptors_most", "pool")
    old = {name: value for name, value in msgspec.to_builtins(node()).items() if name not in new}
    read = msgspec.convert(old, Node)

    assert snapshot.made([read], course([read], [read]), {}).numbers["sockets"] == 3


# --- The history ------------------------------------------------------------------------------------------------------
@pytest.fixture
def empty_history():
    Link(settings.REDIS_URL).execute([("DEL", history.KEEPER), ("DEL", history.POINTS)])


def point(at, sockets):
    return snapshot.Snapshot(at=at, numbers={"sockets": sockets}, parts={}, clients=[], nodes=[])


@pytest.mark.usefixtures("empty_history")
def test_ten_seconds_have_one_point_whoever_writes_it():
    now = time.time() // 10 * 10
    for sockets, at in ((1, now - 10), (2, now), (9, now + 5)):
        history.add(point(at, sockets))

    columns = history.load()

    assert (columns["at"], columns["sockets"]) == ([now - 10, now], [1, 2])


@pytest.mark.usefixtures("empty_history")
def test_one_process_keeps_the_history_until_its_lease_ends():
    first = [history.is_kept_by("one"), history.is_kept_by("other"), history.is_kept_by("one")]
    Link(settings.REDIS_URL).execute([("DEL", history.KEEPER)])

    assert (first, history.is_kept_by("other")) == ([True, False, True], True)


@pytest.mark.usefixtures("empty_history")
def test_a_day_has_at_most_so_many_points_and_the_peaks_are_among_them(monkeypatch):
    monkeypatch.setattr(history, "MOST_POINTS", 2)
    now = time.time() // 10 * 10
    for place, sockets in enumerate((1, 7, 2, 3)):
        history.add(point(now - 30 + 10 * place, sockets))

    assert history.load()["sockets"] == [7, 3]


# --- On real processes ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def _webs(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        webs = [Web(f"north-{n}", free_port()) for n in (1, 2)]
        yield webs
    for web in webs:
        web.kill()


@pytest.fixture
def webs(_webs, transactional_db):
    for web in _webs:
        web.start()
    for web in _webs:
        web.wait()
    until(lambda: [one.node for one in Roll(settings.REDIS_URL).call() if one.node.startswith("north-")] == NAMES)
    return _webs


NAMES = ["north-1", "north-2"]


@pytest.fixture
def operator(webs, signed_in):
    """The socket of an operator, who watches the console of the first process."""
    rosa = make_user("rosa", is_staff=True)
    cookie = signed_in(rosa)
    prove_second_factor(Session.objects.get(user=rosa))
    client = LiveClient(webs[0].live_url, cookie=cookie, origin=webs[0].url)
    client.hello(topics=["ops"])
    yield client
    client.close()


def shown(operator, where):
    """The first snapshot for which this holds."""
    return operator.next("st", where=lambda frame: frame["topic"] == "ops" and where(frame["d"]))["d"]


def visit(web, app, version):
    client = LiveClient(web.live_url)
    client.send(t="hello", client={"app": app, "ver": version})
    client.next("ready")
    return client


def ours(seen):
    return {row["node"]: row["numbers"]["sockets"] for row in seen["nodes"] if row["node"] in NAMES}


def test_what_is_shown_is_what_is_open(webs, operator):
    clients = [visit(webs[0], "ios", "2.0"), visit(webs[1], "ios", "2.0"), visit(webs[1], "android", "1.1")]
    clients.append(Stream(webs[1].url))
    clients[-1].next("ready")

    seen = shown(operator, lambda d: sum(ours(d).values()) == 5)

    assert ours(seen) == {"north-1": 2, "north-2": 3}
    assert {("ios", "2.0", "websocket", 2), ("android", "1.1", "websocket", 1), ("", "", "sse", 1)} <= {
        tuple(row) for row in seen["clients"]
    }
    for client in clients:
        client.close()
    assert ours(shown(operator, lambda d: sum(ours(d).values()) == 1)) == {"north-1": 1, "north-2": 0}


def test_who_came_and_went_is_counted(webs, operator):
    before = shown(operator, lambda d: ours(d) == {"north-1": 1, "north-2": 0})  # others may not be counted yet

    visit(webs[1], "ios", "2.0").close()

    after = shown(operator, lambda d: counted(d, "closed", "1000") > counted(before, "closed", "1000"))
    assert counted(after, "accepted", "websocket") - counted(after, "closed", "1000") == 1  # the operator's own


def counted(seen, name, of):
    return dict(seen["parts"][name]).get(of, 0)


def test_a_killed_process_is_gone_within_five_seconds(webs, operator):
    shown(operator, lambda d: len(ours(d)) == 2)

    webs[1].kill()
    killed_at = time.monotonic()

    assert ours(shown(operator, lambda d: len(ours(d)) == 1)) == {"north-1": 1}
    assert time.monotonic() - killed_at < GONE_SECONDS + 1  # and the second until the next look


def test_what_waits_is_shown(webs, operator):
    OutboxRow.objects.create(shard=0, event="{}", attempts=5)

    assert shown(operator, lambda d: d["numbers"].get("outbox_dead"))["numbers"]["outbox_dead"] == 1


def test_nothing_is_read_for_nobody(webs, operator):
    operator.send(t="unsub", id=1, topics=["ops"])
    operator.next("ok")

    assert operator.nothing(2.5, "st") == []


# --- The page ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_page_has_every_number_without_a_script(webs, moderator):
    page = moderator.get("/ops/").content.decode()

    assert 'data-number="sockets" data-kind="count" data-of="">' in page
    assert all(f'<span data-word="node">{name}</span>' in page for name in NAMES)


@pytest.mark.django_db(transaction=True)
def test_opening_the_console_is_on_record_once(moderator):
    moderator.get("/ops/")
    moderator.get("/ops/history")

    assert [(one.actor_name, one.what, one.subject) for one in AuditEntry.objects.all()] == [
        ("rosa", "watch", "console")
    ]


@pytest.mark.django_db(transaction=True)
def test_the_page_is_there_while_redis_is_away(moderator, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answers = [moderator.get(path) for path in ("/ops/", "/ops/history")]

    assert [answer.status_code for answer in answers] == [200, 503]


def test_pages_write_spans_and_sizes_as_the_console_does():
    assert [spans.span(one) for one in (None, 0.0042, 12, 600, 9_000)] == ["?", "4.2 ms", "12.0 s", "10 min", "2 h"]
    assert [spans.octets(one) for one in (0, 1_434)] == ["0 B", "1.4 KB"]


# --- The record -------------------------------------------------------------------------------------------------------
def test_watching_over_the_socket_is_on_record_once_an_hour(webs, operator, monkeypatch):
    operator.send(t="unsub", id=1, topics=["ops"])
    operator.next("ok")
    operator.send(t="sub", id=2, topics=["ops"])
    operator.next("ok")
    within = looks()
    monkeypatch.setattr(audit, "AGAIN", timedelta(0))
    audit.watched({(User.objects.get(username="rosa").id, "console")})

    assert (within, looks()) == ([("rosa", "watch", "console")], [("rosa", "watch", "console")] * 2)


@pytest.mark.django_db(transaction=True)
def test_who_may_not_watch_leaves_no_look_on_record(webs, signed_in):
    client = LiveClient(webs[0].live_url, cookie=signed_in(make_user("rosa", is_staff=True)), origin=webs[0].url)
    client.hello(topics=["ops"])  # without a second factor
    client.next("ok")
    client.close()

    assert looks() == []


@pytest.mark.django_db(transaction=True)
def test_the_page_and_its_socket_are_one_look(moderator):
    moderator.get("/ops/")
    audit.watched({(User.objects.get(username="rosa").id, "console")})

    assert looks() == [("rosa", "watch", "console")]


def looks():
    return list(AuditEntry.objects.order_by("id").values_list("actor_name", "what", "subject"))
