"""The pulse: it names the hop that is broken, to operators and to whoever looks, until it is whole again."""

import httpx
import pytest

from accounts.actions import make_token
from core.crossing import call
from events.models import OutboxRow
from ops.pulse import Pulse
from tests.support.build import make_user
from tests.support.client import LiveClient
from tests.support.draining import drain_all
from tests.support.stack import Stack
from tests.support.wait import until

EVERY_SECONDS = "0.2"


@pytest.fixture
def beating(transactional_db):
    """A stack whose web process looks often."""
    stack = Stack(media=False, prefix="pulse-")
    stack.webs[0].env["PHOTOPHORE_PULSE"] = EVERY_SECONDS
    stack.start()
    yield stack
    stack.stop()


def live(stack):
    return httpx.get(f"{stack.url}/readyz").json()["live"]


def test_the_pulse_names_a_worker_that_is_gone_until_there_is_one(beating):
    until(lambda: live(beating) == "ok")
    socket = LiveClient(beating.live_url, token=make_token(user_id=make_user("ana").id))
    socket.hello()

    beating.workers[0].kill()
    socket.bus_says("paused")
    until(lambda: live(beating) == "worker")  # the pulse on which it died may have come as far as Redis
    beating.workers[0].start().wait()
    socket.bus_says("ok")
    socket.close()

    assert live(beating) == "ok"


@pytest.fixture
def pulse(transactional_db, monkeypatch):
    """That of a process which has no worker."""
    monkeypatch.setattr("ops.pulse.PATIENCE_SECONDS", 0.05)
    return Pulse(None, "web-1.test", 1)


async def test_one_pulse_waits_however_long_there_is_no_worker(pulse):
    pulse.broken = await pulse.beat()
    again = await pulse.beat()

    assert (pulse.broken, again, await call(OutboxRow.objects.count)) == ("worker", "worker", 1)


async def test_a_pulse_that_was_drained_and_not_heard_was_lost_by_redis(pulse):
    await pulse.beat()
    await call(drain_all)

    assert await pulse._lost() == "redis"
