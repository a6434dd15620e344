"""Real browsers on the real stack. A script's error, or a breach of the content policy, fails the test."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.support import browser as chromium

# Playwright's synchronous API keeps a loop in this thread; Django takes that for an async context. It is none.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="package")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.options())
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, stack, signed_in):
    """Open a browser of its own for a person, or for nobody; answer its page."""
    contexts, errors = [], []

    def visit(user=None, **options):
        context = browser.new_context(**({"base_url": stack.url, "viewport": PHONE} | options))
        contexts.append(context)
        if user:
            name, _, value = signed_in(user).partition("=")
            context.add_cookies([{"name": name, "value": value, "url": stack.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if _is_error(message) else None)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []


def _is_error(message):
    """What an outage looks like, and a refusal that a page explains, are none; anything else is a fault of ours."""
    expected = ("ERR_CONNECTION", "WebSocket", "the server responded with a status of 4")
    return message.type == "error" and not any(words in message.text for words in expected)
