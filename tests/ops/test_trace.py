"""A test event, and a like, from the outbox to each device, on the real stack."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.viewers import Viewer
from content import actions
from core.problems import Invalid
from events.models import OutboxRow
from ops import trace, trail
from ops.models import AuditEntry
from tests.support.build import make_post, make_user, make_users
from tests.support.wait import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rosa():
    user = make_user("rosa", is_staff=True)
    return Viewer(user.id, "rosa", "Rosa", "", is_staff=True, via="session")


def of_test(rosa, test_id, person="ana"):
    return trace.of_test(rosa, person=person, test_id=test_id)


def steps(trail):
    return [(hop.name.partition(" on ")[0], hop.state) for hop in trail.hops]


def test_a_test_event_reaches_every_device_and_shows_each_hop(stack, open_socket, rosa):
    ana = make_user("ana")
    phone, laptop = open_socket(ana), open_socket(ana)
    connections = [socket.hello()["conn"] for socket in (phone, laptop)]

    test_id = trace.send_test(rosa, person="ana", why_sent="She says that nothing comes.")
    frames = [socket.event("test") for socket in (phone, laptop)]
    phone.send(t="ack", seq=frames[0]["seq"])

    until(lambda: of_test(rosa, test_id).trails[0].hops[3].state == "done")
    (trail,) = of_test(rosa, test_id).trails
    assert [frame["d"]["test"] for frame in frames] == [test_id] * 2
    assert steps(trail) == [
        ("Recorded", "done"),
        ("Drained and numbered", "done"),
        ("Published", "done"),
        (f"Device {connections[0]}", "done"),
        (f"Device {connections[1]}", "waiting"),
    ]
    assert [hop.took_ms is not None and hop.took_ms >= 0 for hop in trail.hops] == [False, True, True, True, False]


def test_devices_that_acknowledge_one_after_the_other_are_timed_from_the_same_hop():
    at = datetime(2026, 11, 27, tzinfo=UTC)
    later = [at + timedelta(milliseconds=ms) for ms in (0, 5, 9)]

    steps = [trail.Hop("Published", at=later[0]), *(trail.Hop("Device", at=one, beside=True) for one in later[1:])]

    assert [hop.took_ms for hop in trail.made("A test event", steps).hops] == [None, 5.0, 9.0]


def test_a_test_event_waits_where_there_is_no_worker(rosa):
    make_user("ana")

    test_id = trace.send_test(rosa, person="ana", why_sent="A look.")

    (trail,) = of_test(rosa, test_id).trails
    assert (trail.title, steps(trail)) == ("tested", [("Recorded", "done"), ("Outbox", "waiting")])


def test_an_act_and_a_look_are_on_record(rosa):
    make_user("ana")

    of_test(rosa, trace.send_test(rosa, person="ana", why_sent="She says that nothing comes."))

    entries = AuditEntry.objects.order_by("id").values_list("actor_name", "what", "subject", "why")
    assert list(entries) == [
        ("rosa", "send test", "user ana", "She says that nothing comes."),
        ("rosa", "trace", "test of user ana", ""),
    ]


@pytest.mark.parametrize(("person", "reason", "field"), [("nobody", "A look.", "person"), ("ana", " ", "why")])
def test_what_is_refused_sends_nothing(rosa, person, reason, field):
    make_user("ana")

    with pytest.raises(Invalid) as refusal:
        trace.send_test(rosa, person=person, why_sent=reason)

    assert (refusal.value.field, OutboxRow.objects.count(), AuditEntry.objects.count()) == (field, 0, 0)


@pytest.mark.parametrize("test_id", ["", "x" * 16 + "%", "é" * 16])
def test_what_is_no_test_is_refused(rosa, test_id):
    make_user("ana")

    with pytest.raises(Invalid) as refusal:
        of_test(rosa, test_id)

    assert refusal.value.field == "test"


def test_a_test_of_somebody_else_is_not_known(rosa):
    make_users("ana", "ben")

    test_id = trace.send_test(rosa, person="ana", why_sent="A look.")

    assert of_test(rosa, test_id, person="ben").said == "This test event is not known any more."


def test_a_like_is_traced_to_its_author_and_to_the_likers_own_devices(stack, open_socket, rosa):
    ana, ben = make_users("ana", "ben")
    post = make_post(ana)
    sockets = [open_socket(user) for user in (ana, ben)]
    for socket in sockets:
        socket.hello()
    actions.like_post(post_id=post.id, actor_id=ben.id)
    sockets[0].event("notification")
    sockets[1].event("post.liked")

    told, echo = trace.of_like(rosa, post=str(post.id), person="ben").trails

    assert [(told.title, len(told.hops)), (echo.title, len(echo.hops))] == [
        ("ben: like", 5),
        ("To the devices of ben", 4),
    ]


def test_a_like_that_is_none_is_said_to_be_none(rosa):
    ana, _ = make_users("ana", "ben")

    assert trace.of_like(rosa, post=str(make_post(ana).id), person="ben").said == "ben does not like this post."
