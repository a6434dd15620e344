"""The broker of Celery, where it is another server than the live bus, goes away and comes back empty."""

import time

import pytest

from project.up.valkey import Valkey
from tests.support import services
from tests.support.services import Service


@pytest.fixture
def broker():
    """A Valkey of its own for Celery."""
    service = Service(Valkey(services.running().folder / "broker", durable=False), services.running().watchdog)
    service.prepare()
    service.start()
    yield service
    service.kill()


@pytest.fixture
def elsewhere(broker):
    return {"CELERY_BROKER_URL": broker.url}


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_broker_is_away_for_a_minute(world, broker):
    with world.fault("broker away", "a broker of its own, kill -9, back empty after 60 s"):
        broker.kill()
        time.sleep(60)
        broker.start()
