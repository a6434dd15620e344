"""One browser that goes through the pages of one town, as whoever a page is for. A script's error fails the test."""

import contextlib
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.support import browser as chromium
from tests.web.pages import PAGES
from tests.web.town import FEW, Town

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
THEMES = ("light", "dark")


@pytest.fixture(scope="module")
def size():
    """How much of the demo the town has; a module may want all of it."""
    return FEW


@pytest.fixture(scope="module")
def town(lasting_stack, size):
    """Made before the browser; ben stays connected."""
    town = Town(PAGES, **size)
    with town.connected(lasting_stack.url):
        yield town


@pytest.fixture(scope="module")
def browser(town):
    with chromium.launched() as browser:
        yield browser
        connection.close()  # the one that Django made for this context


@pytest.fixture(scope="module")
def _errors():
    return []


@pytest.fixture(scope="module")
def tab(browser, lasting_stack, _errors):
    """The one page of all tests of a module: making one costs more than a test."""
    context = browser.new_context(base_url=lasting_stack.url, viewport=PHONE, reduced_motion="reduce")
    chromium.watch(context, _errors)
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    yield tab
    context.close()


@pytest.fixture
def look(tab, town, lasting_stack, _errors):
    """Go to a page as who it is for, and do what it takes to see it; answer the tab."""

    def look(page):
        tab.context.clear_cookies()
        if page.who:
            key = town.sessions[page.who, page.proven]
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": lasting_stack.url}
            tab.context.add_cookies([cookie])
        answer = tab.goto(page.path.format(**town.places))
        assert answer.status == page.status
        page.act(tab)
        there = page.there(town.places)
        tab.wait_for_url(lambda url: urlsplit(url).path == there)  # or it would be the log-in that is looked at
        return tab

    _errors.clear()
    yield look
    assert _errors == []


@pytest.fixture
def states(tab):
    """Show what is on the tab on a phone and a desk, in both themes, one after the other; answer what each is."""

    def states():
        for place, viewport in (("phone", PHONE), ("desk", DESK)):
            tab.set_viewport_size(viewport)
            for theme in THEMES:
                tab.emulate_media(color_scheme=theme)
                yield f"{place}, {theme}"

    with contextlib.ExitStack() as back:
        back.callback(tab.emulate_media, color_scheme="light")
        back.callback(tab.set_viewport_size, PHONE)
        yield states
