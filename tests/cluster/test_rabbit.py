"""RabbitMQ of Debian's as the broker: it says what it has, keeps it, and puts aside what kills its workers."""

import time

import kombu
import pytest
from celery import Celery, current_app
from celery._state import set_default_app

from core import broker
from events.wake import BREAK_SECONDS, Sender
from tests.support.stack import Process
from tests.support.wait import until

pytestmark = pytest.mark.slow


@pytest.fixture
def line(rabbit):
    with kombu.Connection(rabbit.url) as line:
        yield line


@pytest.fixture
def sender(rabbit):
    """A sender of ours whose app has RabbitMQ."""
    usual = current_app._get_current_object()
    app = Celery("photophore")
    app.conf.broker_url = rabbit.url
    app.conf.broker_transport_options = broker.transport_options(
        rabbit.url, timeout_seconds=5, connect_timeout_seconds=2
    )
    app.conf.task_queues = broker.queues(rabbit.url)
    set_default_app(app)
    yield Sender()
    Sender._drop_connection()
    set_default_app(usual)


def waiting(rabbit, queue):
    """How many tasks wait, None without such a queue; by a line of its own, as the broker may have been away."""
    with kombu.Connection(rabbit.url) as line:
        try:
            return line.default_channel.queue_declare(queue, passive=True).message_count
        except line.channel_errors:
            return None


def purge(rabbit, *queues):
    with kombu.Connection(rabbit.url) as line, line.channel() as channel:
        for queue in queues:
            channel.queue_purge(queue)


def test_what_is_sent_while_it_is_away_comes_once_it_is_back_and_outlives_another_stop(rabbit, sender):
    sender.send("tests.nothing", {"n": 0}, "media")
    until(lambda: waiting(rabbit, "media") == 1)

    rabbit.stop()
    began = time.monotonic()
    for n in range(1, 20):
        sender.send("tests.nothing", {"n": n}, "media")
    took_seconds = time.monotonic() - began
    rabbit.start()
    until(lambda: waiting(rabbit, "media") >= 20)
    rabbit.stop()
    rabbit.start()

    assert (waiting(rabbit, "media"), took_seconds < BREAK_SECONDS) == (20, True)
    purge(rabbit, "media")


def test_a_frozen_one_holds_up_no_wake(rabbit, sender):
    """Its sender waits for a confirmation, but never longer than for a second; then wakes go on."""
    sender.send("tests.nothing", {}, "media")
    until(lambda: waiting(rabbit, "media") == 1)
    rabbit.pause()
    try:
        sender.send("tests.nothing", {}, "media")
        sender.send("tests.nothing", {}, "media")
        time.sleep(0.1)
        began = time.monotonic()
        sender.wake(3)
        until(lambda: not sender._marked)
        took_seconds = time.monotonic() - began
    finally:
        rabbit.resume()

    assert took_seconds < 3
    until(lambda: waiting(rabbit, "media") >= 3)
    purge(rabbit, "media")


def test_a_task_that_kills_its_worker_is_put_aside_after_five_more_times(rabbit):
    worker = ("worker", "-Q", "bulk", "-P", "prefork", "-c", "1", "-n", "murder@test", "--without-mingle")
    process = Process(
        "murder",
        *("-m", "celery", "-A", "tests.cluster.murder", *worker, "-l", "INFO"),
        ready=lambda process: " ready." in process.output(),
        env={"CELERY_BROKER_URL": rabbit.url},
    )
    process.start().wait()
    try:
        with kombu.Connection(rabbit.url) as line:
            celery = Celery(broker=rabbit.url, set_as_current=False)
            celery.conf.task_queues = broker.queues(rabbit.url)
            celery.send_task("tests.murder", queue="bulk", connection=line)
        until(lambda: waiting(rabbit, "dead") == 1, seconds=90)  # Celery replaces a child after up to five seconds

        assert process.output().count("tests.murder[") == 1 + broker.MAX_DELIVERIES
        assert waiting(rabbit, "bulk") == 0
    finally:
        process.stop()
        purge(rabbit, "dead")


def test_a_task_that_expired_is_no_dead_letter(rabbit, line):
    channel = line.channel()
    broker.dead_letters().bind(channel).declare()
    bulk = next(queue for queue in broker.queues(rabbit.url) if queue.name == "bulk").bind(channel)
    bulk.declare()

    line.Producer().publish({}, exchange=bulk.exchange, routing_key="bulk", expiration=0.05)
    until(lambda: bulk.queue_declare(passive=True).message_count == 0)
    time.sleep(0.3)

    assert waiting(rabbit, "dead") == 0
