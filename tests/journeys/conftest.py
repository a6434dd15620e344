"""Real browsers on the real stack. A script's error, or a breach of the content policy, fails the test.

The policy's breaches are read where browsers report them, so that those of a service worker count, too.
"""

import pytest

from project.browsers import BREACH
from tests.support import artefacts
from tests.support import browser as chromium

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="package")
def browser():
    with chromium.launched() as browser:
        yield browser


@pytest.fixture
def visit(browser, stack, signed_in):
    """Open a browser of its own for a person, or for nobody; answer its page."""
    contexts, errors = [], []
    before = stack.web.output().count(BREACH)

    def visit(user=None, **options):
        context = browser.new_context(**({"base_url": stack.url, "viewport": PHONE} | options))
        contexts.append(context)
        chromium.watch(context, errors)
        if user:
            name, _, value = signed_in(user).partition("=")
            context.add_cookies([{"name": name, "value": value, "url": stack.url}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []
    assert stack.web.output().count(BREACH) <= before  # fewer if it was started anew: each start has its own output


@pytest.fixture
def keep(request):
    """Keep a picture of each of some pages as they stand: what the journey has come to, to be looked at."""

    def keep(name, **pages):
        for whose, page in pages.items():
            path = artefacts.path(f"journeys/{request.node.name}/{name}-{whose}.png")
            page.screenshot(path=path, animations="disabled")

    return keep
