"""An operator in the browser: each act on connections and nodes, and what the one it is done to gets to see."""

import pytest
from playwright.sync_api import expect

from accounts.actions import follow_user
from accounts.models import Session
from ops.models import AuditEntry
from tests.support.build import make_user, prove_second_factor
from tests.support.stack import Web, free_port
from tests.support.wait import until

DESK = {"width": 1280, "height": 800}
WHY = "They wrote to us that nothing moves."


@pytest.fixture
def operator(visit):
    """The page of an operator, at their desk."""
    olga = make_user("olga", is_staff=True)
    page = visit(olga, viewport=DESK, reduced_motion="reduce")
    prove_second_factor(Session.objects.get(user=olga))
    return page


@pytest.fixture
def ben(visit):
    """The page of a member, which is live."""
    page = visit(make_user("ben"), reduced_motion="reduce")
    page.goto("/")
    return page


def find(operator, **fields):
    """Search until there is somebody."""

    def is_somebody():
        operator.goto("/ops/connections/")
        for label, text in fields.items():
            operator.get_by_label(label, exact=True).fill(text)
        with operator.expect_navigation():
            operator.get_by_role("button", name="Search").click()
        return operator.locator(".ledger__link").count()

    until(is_somebody)


def count(operator, *, stop=False, log_out=False):
    """Say how and why, and have it counted."""
    if stop:
        operator.get_by_label("stop until the person acts").check()
    if log_out:
        operator.get_by_label("Log them out").check()
    operator.get_by_label("Why").fill(WHY)
    operator.get_by_role("button", name="Count them first").click()
    expect(operator.get_by_text("1 connection would end")).to_be_visible()


def did():
    return [(entry.what, entry.subject) for entry in AuditEntry.objects.order_by("id") if entry.why == WHY]


def test_searching_inspecting_and_tailing_a_connection(operator, ben, keep):
    find(operator, Person="ben")
    keep("search", operator=operator)
    operator.locator(".ledger__link").click()
    expect(operator.get_by_text("It is their own feed.")).to_be_visible()
    keep("inspect", operator=operator)

    operator.get_by_label("Why").fill(WHY)
    operator.get_by_role("button", name="Tail").click()
    expect(operator.get_by_text("It ends by itself in")).to_be_visible()
    ben.reload()  # its connection ends, and is told so

    expect(operator.get_by_text("The connection has ended.")).to_be_visible()
    keep("tail", operator=operator)
    assert [what for what, _ in did()] == ["tail"]


def test_a_tail_is_live_and_stops_when_told(operator, ben, keep):
    find(operator, Person="ben")
    operator.locator(".ledger__link").click()
    operator.get_by_label("Why").fill(WHY)
    operator.get_by_role("button", name="Tail").click()
    expect(operator.get_by_text("It ends by itself in")).to_be_visible()

    follow_user(username="ben", actor_id=make_user("ana").id)
    expect(ben.locator("toast-stack .toast")).to_contain_text("ana")
    expect(operator.get_by_text("ev notification")).to_be_visible()
    keep("live", operator=operator)
    operator.get_by_role("button", name="Stop").click()

    expect(operator.get_by_text("It was stopped.")).to_be_visible()
    expect(operator.locator("live-tail")).not_to_contain_text("ana")
    keep("stopped", operator=operator)


def test_disconnecting_one_connection_brings_it_back_elsewhere(operator, ben, keep):
    find(operator, Person="ben")
    operator.locator(".ledger__link").click()
    operator.get_by_role("link", name="Disconnect it…").click()
    count(operator)
    keep("count", operator=operator)

    with ben.expect_websocket():
        operator.get_by_role("button", name="Disconnect them").click()

    expect(operator.get_by_text("1 connection ends.")).to_be_visible()
    keep("done", operator=operator, ben=ben)
    assert [what for what, _ in did()] == ["disconnect, dry run", "disconnect"]


def test_disconnecting_a_version_leaves_the_others(operator, open_socket, keep):
    old, new = (open_socket(make_user(name)) for name in ("ana", "ben"))
    for socket, version in ((old, "1.3.0"), (new, "1.4.0")):
        socket.send(t="hello", client={"app": "ios", "ver": version})
        socket.next("ready")
    find(operator, App="ios", Version="1.3.0")
    operator.get_by_role("link", name="Disconnect them…").click()
    count(operator)
    keep("count", operator=operator)

    operator.get_by_role("button", name="Disconnect them").click()

    assert (old.close_code(), new.nothing(0.2, "reconnect")) == (4001, [])
    assert did()[-1] == ("disconnect", "app ios, version 1.3.0")


@pytest.mark.parametrize("whom", ["person", "session", "range"])
def test_who_is_made_to_stop_is_offline_until_they_act(operator, ben, keep, whom):
    find(operator, Person="ben")
    if whom == "session":
        operator.locator(".ledger__link").click()
        operator.get_by_role("link", name="Disconnect its session…").click()
    elif whom == "person":
        operator.locator(".ledger__link").click()
        operator.get_by_role("link", name="Disconnect ben…").click()
    else:
        find(operator, Person="ben", Addresses="127.0.0.0/8")
        operator.get_by_role("link", name="Disconnect them…").click()
    count(operator, stop=True, log_out=whom == "session")
    keep("count", operator=operator)

    operator.get_by_role("button", name="Disconnect them").click()

    expect(ben.locator("live-banner")).to_be_visible()  # it asks to log in again, or to come back
    keep("done", operator=operator, ben=ben)
    assert Session.objects.filter(user__username="ben").count() == (0 if whom == "session" else 1)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_node_is_drained_with_progress_and_serves_again(visit, transactional_db, stack, keep, script):
    east = Web(f"east-{script:d}", free_port()).start().wait()
    olga = make_user("olga", is_staff=True)
    operator = visit(olga, viewport=DESK, reduced_motion="reduce", java_script_enabled=script)
    prove_second_factor(Session.objects.get(user=olga))
    try:
        card = operator.locator(".nodes__item", has_text=f"{east.name}.")
        until(lambda: operator.goto("/ops/nodes/") and card.count())
        for link, act, state in (("Drain…", "Drain it", "Drained"), ("Let it serve again…", "Let it serve", "Serving")):
            card.get_by_role("link", name=link).click()
            operator.get_by_label("Why").fill(WHY)
            operator.get_by_role("button", name="Count them first").click()
            expect(operator.get_by_text("It has 0 connections")).to_be_visible()
            keep(f"{act}, counted", operator=operator)
            operator.get_by_role("button", name=act, exact=True).click()
            until(lambda state=state: state in card.inner_text() or script or operator.reload() is None)
            expect(card.get_by_text(state)).to_be_visible()
            keep(state, operator=operator)
    finally:
        east.kill()


def test_the_record_tells_what_was_done(operator, ben, keep):
    find(operator, Person="ben")

    operator.get_by_role("link", name="Record").click()

    expect(operator.get_by_text("user ben").first).to_be_visible()
    keep("record", operator=operator)
