"""Worker, Redis and PostgreSQL are stopped one at a time: every sign names the hop, and all is green again alone."""

import json
import re
import subprocess
import sys

import httpx
import pytest

from project import beats
from tests.support import browser as chromium
from tests.support import services
from tests.support.build import make_user
from tests.support.stack import ROOT, Stack, environment
from tests.support.wait import until

PAUSED = "Live updates paused, reconnecting"
WELL = {"healthz": 200, "readyz": (200, [], "ok"), "metrics": [], "banner": ""}
ANSWER_SECONDS = 20  # a request waits 5 s for a connection to a PostgreSQL that is away
BROWSERS = "DJANGO_ALLOW_ASYNC_UNSAFE"  # which the browser needs here, and no site has


@pytest.fixture(scope="module")
def _whole(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        stack = Stack(prefix="health-", env={"PHOTOPHORE_PULSE": "0.2"})
        yield stack
        stack.close()


@pytest.fixture
def whole(_whole, control_log, own_connections):
    """Every part of a site, with a web process that looks often."""
    _whole.start()
    _whole.beat.start().wait()
    until(lambda: beats.age_seconds() is not None)
    yield _whole
    services.running().valkey.start()
    services.running().postgres.start()
    _whole.stop()


@pytest.fixture
def page(whole, signed_in):
    """A page that somebody has open all the while."""
    name, _, value = signed_in(make_user("ana")).partition("=")
    with chromium.launched() as browser:
        context = browser.new_context(base_url=whole.url)
        context.add_cookies([{"name": name, "value": value, "url": whole.url}])
        page = context.new_page()
        page.goto("/notifications/")
        yield page


@pytest.fixture
def hops(whole):
    """What can be stopped and started, by the name that the signs have for it."""
    running = services.running()
    return {"worker": whole.worker, "redis": running.valkey, "database": running.postgres}


def signs(stack, page):
    """What everything says that looks all the time; of /metrics what is red."""
    with httpx.Client(base_url=stack.url, timeout=ANSWER_SECONDS) as web:
        ready = web.get("/readyz")
        alive, metrics = web.get("/healthz").status_code, web.get("/metrics").text
    body = ready.json()
    return {
        "healthz": alive,
        "readyz": (ready.status_code, body["broken"], body["live"]),
        "metrics": re.findall(r'^photophore_(?:part_up{part="(?=\w+"} 0)|broken{hop="(?=\w+"} 1))(\w+)', metrics, re.M),
        "banner": page.locator("live-banner").text_content(),
    }


def doctor():
    """What fails in the eyes of `manage.py doctor`, as it is called by hand."""
    argv = [sys.executable, "manage.py", "doctor", "--json"]
    env = {name: value for name, value in environment().items() if name != BROWSERS}
    ran = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    failed = {one["part"]: one["said"] for one in json.loads(ran.stdout) if one["state"] == "fail"}
    assert ran.returncode == bool(failed)
    return failed


RED = {
    "worker": ((200, [], "worker"), ["worker"], {"web": "Live updates stop at worker."}),
    "redis": (
        (503, ["redis"], "redis"), ["redis"],
        {"redis": "A part of it does not answer.", "web": "It is not to be seen without redis."},
    ),
    "database": (
        (503, ["database"], "database"), ["database", "database"],  # the part, and the hop
        {"outbox": "It is not to be seen without postgresql.", "web": "Live updates stop at database."},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("hop", RED)
def test_every_sign_names_the_hop_that_stopped_and_is_green_again(whole, page, hops, hop):
    readyz, metrics, told = RED[hop]
    until(lambda: signs(whole, page) == WELL)
    others = [process for process in (whole.web, whole.worker, whole.media, whole.beat) if process is not hops[hop]]
    before = [process.pid for process in others]

    hops[hop].stop()
    until(lambda: signs(whole, page) == {"healthz": 200, "readyz": readyz, "metrics": metrics, "banner": PAUSED})
    named = doctor()
    hops[hop].start()
    until(lambda: signs(whole, page) == WELL)
    until(lambda: not doctor())  # a worker tries its broker again after 2, 4, 6 s

    assert {part: named.get(part) for part in told} == told
    assert [process.pid for process in others] == before
