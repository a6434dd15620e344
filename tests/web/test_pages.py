"""Every page, looked at: what axe finds, whether it is wider than a phone, whether it moves under the reader."""

import re
from operator import attrgetter

import httpx
import pytest
from django.urls import get_resolver, resolve

from tests.web import axe
from tests.web.pages import NO_PAGES, PAGES, named

# The tests themselves ask no database; the mark has the test database made, also where no other test needs one.
pytestmark = pytest.mark.django_db

METHOD_NOT_ALLOWED = 405
NOT_OURS = ("api/", "_allauth/", "admin/")  # programs' answers; Django's own pages, for staff
PART = re.compile(r"<(\w+):\w+>")
MOST_SHIFT = 0.02
SHIFT = """() => new Promise((answer) => {
  const sum = (entries) => entries.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0);
  let shift = 0;
  const observer = new PerformanceObserver((list) => { shift += sum(list.getEntries()); });
  observer.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => answer(shift + sum(observer.takeRecords())), 200);
})"""
AT_THE_END = """!document.querySelector("a.load-more")
  && scrollY + innerHeight >= document.documentElement.scrollHeight - 1"""

DURATIONS = """[...new Set([...document.querySelectorAll("body, body *")].map((element) => getComputedStyle(element))
  .flatMap(({ animationDuration, transitionDuration }) => [animationDuration, transitionDuration]))].sort()"""


@pytest.fixture(scope="module")
def script():
    return axe.source()


@pytest.mark.parametrize("page", PAGES, ids=attrgetter("name"))
def test_axe_finds_nothing_serious(look, states, script, page):
    tab = look(page)

    found = {}
    for state in states():
        found[state] = axe.check(tab, script, axe.CONTRAST if state.endswith("dark") else None)

    assert {state: violations for state, violations in found.items() if violations} == {}


@pytest.mark.parametrize("name", ["feed", "explore", "post", "post-album", "profile", "notifications"])
def test_nothing_moves_under_the_reader(look, name):
    tab = look(named(name))

    while not tab.evaluate(AT_THE_END):
        tab.mouse.wheel(0, 500)
        tab.wait_for_timeout(50)

    assert tab.evaluate(SHIFT) < MOST_SHIFT


def test_nothing_moves_for_whom_motion_makes_ill(look):
    tab = look(named("feed"))

    assert tab.evaluate(DURATIONS) == ["0.001s", "0s"]  # an animation ends at once, as scripts wait for its end


def test_every_route_is_a_page_of_the_list_or_none(lasting_stack, town):
    listed = {resolve(page.there(town.places)).url_name for page in PAGES if page.status == 200}
    with httpx.Client(base_url=lasting_stack.url) as web:
        acts = {name for name, path in _routes() if web.get(path).status_code == METHOD_NOT_ALLOWED}

    assert {name for name, _ in _routes()} - acts - listed - NO_PAGES == set()


def _routes():
    """The names of our routes, each with an address of it."""
    return [
        (pattern.name or str(pattern.pattern), f"/{_address(prefix + str(pattern.pattern))}")
        for prefix, pattern in _patterns(get_resolver())
        if not prefix.startswith(NOT_OURS)
    ]


def _patterns(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern, prefix + str(pattern.pattern))
        else:
            yield prefix, pattern


def _address(route):
    """An address of a route: something in the place of each of its parts."""
    return PART.sub(lambda part: "1" if part[1] == "int" else "x", route)


def test_the_menu_of_a_post_further_down_comes_from_the_edge_of_the_screen(look):
    tab = look(named("feed"))
    post = tab.locator(".feed .post-card").nth(4)

    post.locator(".menu__button").click()

    box = post.locator(".menu__sheet").bounding_box()
    assert round(box["y"] + box["height"]) == tab.viewport_size["height"]
