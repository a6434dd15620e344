"""An operator watches the console: the numbers move by themselves, charts are drawn, and a broken hop has a name."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Session
from tests.support.build import make_user, prove_second_factor

WIDE = {"width": 1280, "height": 900}
DRAWN = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value > 0);
}"""


@pytest.fixture
def console(visit):
    """The page of an operator in a session that proved a second factor."""
    rosa = make_user("rosa", is_staff=True)
    page = visit(rosa, viewport=WIDE)
    prove_second_factor(Session.objects.get(user=rosa))
    page.goto("/")
    page.get_by_text("More").click()
    page.get_by_role("link", name="Operations").click()
    expect(page.locator("ops-console")).to_have_attribute("data-state", "live")
    return page


def test_the_numbers_move_and_the_charts_are_drawn(console, open_socket, keep):
    connected = console.locator('dd[data-number="sockets"]')
    expect(connected).to_have_text("1")

    open_socket().hello()

    expect(connected).to_have_text("2")
    expect(console.locator('[data-part="clients"]')).to_contain_text("test")
    chart = console.get_by_role("group", name="Connections")
    expect(chart.locator('[data-part="key"]').first).to_have_text(re.compile(r"^Connected\s+2$"))
    assert chart.locator("canvas").evaluate(DRAWN)
    keep("live", operator=console)


def test_the_numbers_are_there_without_a_script(stack, visit):
    rosa = make_user("rosa", is_staff=True)
    page = visit(rosa, java_script_enabled=False)
    prove_second_factor(Session.objects.get(user=rosa))

    page.goto("/ops/")

    expect(page.locator('dd[data-number="nodes"]')).to_have_text("1")
    expect(page.get_by_role("group", name="Connections")).to_be_hidden()
    expect(page.get_by_text("As it was when this page was made.")).to_be_visible()


def test_operators_are_told_what_does_not_answer(console, stack):
    valkey = stack.services.running().valkey

    valkey.stop()
    try:
        expect(console.locator("live-banner")).to_have_text("Live updates paused: Redis does not answer. Operations")
    finally:
        valkey.start()

    expect(console.locator("live-banner")).to_be_hidden()
