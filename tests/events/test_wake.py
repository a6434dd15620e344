"""Facts about the background sender, with a real broker."""

import json
import time

import pytest
import redis
from django.conf import settings

from core.tracking import on_behalf_of
from events import wake
from tests.support.services import running
from tests.support.wait import until

QUEUE = "test-wake"  # no worker takes from it


@pytest.fixture
def broker():
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    client.delete(QUEUE)
    yield client
    client.delete(QUEUE)
    client.close()


def sent(broker):
    """The tasks in the queue with their arguments, the oldest first."""
    messages = [json.loads(message) for message in reversed(broker.lrange(QUEUE, 0, -1))]
    return [(message["headers"]["task"], message["headers"]["kwargsrepr"]) for message in messages]


def test_send_brings_tasks_to_their_queue_in_order(broker):
    for number in range(3):
        wake.sender().send("content.render_media", {"media_id": number}, QUEUE)

    until(lambda: broker.llen(QUEUE) == 3)
    assert sent(broker) == [("content.render_media", f"{{'media_id': {number}}}") for number in range(3)]


def test_a_task_names_the_request_that_sends_it(broker):
    with on_behalf_of("abcd-1234"):
        wake.sender().send("content.render_media", {"media_id": 1}, QUEUE)
    wake.sender().send("content.render_media", {"media_id": 2}, QUEUE)

    until(lambda: broker.llen(QUEUE) == 2)
    messages = [json.loads(message) for message in reversed(broker.lrange(QUEUE, 0, -1))]
    assert [message["headers"].get("request_id") for message in messages] == ["abcd-1234", None]


def test_send_through_an_outage_keeps_its_limit_and_order_and_waits_for_nobody(broker):
    valkey = running().valkey
    valkey.pause()
    start = time.monotonic()
    try:
        for number in range(wake.MAX_WAITING + 5):
            wake.sender().send("content.render_media", {"media_id": number}, QUEUE)
        took_seconds = time.monotonic() - start
    finally:
        valkey.resume()

    until(lambda: broker.llen(QUEUE) >= wake.MAX_WAITING)
    numbers = [int(kwargs[len("{'media_id': ") : -1]) for _, kwargs in sent(broker)]
    # The first may have been on its way when the broker froze: sent again, and rendering twice does nothing more.
    assert list(dict.fromkeys(numbers)) == list(range(wake.MAX_WAITING))
    assert took_seconds < 1
