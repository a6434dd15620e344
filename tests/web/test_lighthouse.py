"""Lighthouse on what people look at most, set as it is for phones; and whether the site can be installed.

`make lighthouse` runs it: minutes on a machine that has nothing else to do, or its figures mean nothing.
"""

import json

import pytest
from django.conf import settings

from tests.sdk.node import install, run
from tests.support import artefacts
from tests.support import browser as chromium
from tests.support.stack import free_port
from tests.web.axe import HERE
from tests.web.pages import named

# The tests themselves ask no database; the mark has the test database made.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WANTED = {"performance": 90, "accessibility": 95, "best-practices": 95}
FAIR = 0.9  # an audit below is one of those that keep a score down


@pytest.fixture(scope="module")
def size():
    """All of the demo."""
    return {}


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def window(browser, town, lasting_stack, port, tmp_path):
    """A browser with a profile, as a person's own is, in which ana is signed in; Lighthouse comes in by its port.

    A new one for each page: with its cookie Lighthouse leaves its cache as it is.
    """
    options = chromium.options()
    options["args"] = [*options["args"], f"--remote-debugging-port={port}"]
    context = browser.browser_type.launch_persistent_context(tmp_path, base_url=lasting_stack.url, **options)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": town.sessions["ana", False], "url": lasting_stack.url}
    context.add_cookies([cookie])
    yield context
    context.close()


@pytest.fixture(scope="module")
def lighthouse():
    """The command of the locked version."""
    return install(HERE / "lighthouse") / "lighthouse" / "cli" / "index.js"


@pytest.fixture
def say(request):
    """Write a line to the terminal."""
    plugins = request.config.pluginmanager

    def say(line):
        with plugins.getplugin("capturemanager").global_and_fixture_disabled():
            plugins.getplugin("terminalreporter").write_line(line)

    return say


@pytest.mark.parametrize("name", ["feed", "post", "profile"])
def test_lighthouse_is_content(window, town, lasting_stack, port, lighthouse, say, name):
    url = lasting_stack.url + named(name).path.format(**town.places)
    report = artefacts.path(f"lighthouse/{name}")
    options = (f"--port={port}", "--disable-storage-reset", f"--only-categories={','.join(WANTED)}", "--quiet")

    run(lighthouse, url, *options, "--output=json", "--output=html", f"--output-path={report}")

    found = json.loads(report.with_name(f"{name}.report.json").read_text())
    scores = {category: round(100 * found["categories"][category]["score"]) for category in WANTED}
    weak = _weak(found)
    say(f"\n{name}: {scores}" + "".join(f"\n  {line}" for line in weak))
    assert {category: score for category, score in scores.items() if score < WANTED[category]} == {}, weak


def test_the_site_can_be_installed(window):
    tab = window.new_page()
    tab.goto("/")

    errors = window.new_cdp_session(tab).send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert errors == []


def _weak(found):
    """What keeps the scores down: every audit that counts and is not fair, with what it says of itself."""
    counted = {one["id"] for part in found["categories"].values() for one in part["auditRefs"] if one["weight"]}
    audits = [found["audits"][name] for name in sorted(counted)]
    return [
        f"{audit['id']}: {audit['score']}, {audit.get('displayValue') or audit['title']}"
        for audit in audits
        if audit["score"] is not None and audit["score"] < FAIR
    ]
