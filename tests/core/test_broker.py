"""Facts about what Celery is told of its broker."""

import pytest

from core import broker
from project.doctor.services import QUEUES


@pytest.mark.parametrize("url", ["amqp://u:p@h:5672//", "amqps://h/vhost"])
def test_rabbitmq_has_every_queue_as_a_bounded_quorum_queue_with_dead_letters(url):
    queues = broker.queues(url)

    assert [(queue.name, queue.exchange.name, queue.routing_key) for queue in queues] == [
        (name, "photophore", name) for name in QUEUES
    ]
    assert [queue.queue_arguments for queue in queues] == 4 * [
        {
            "x-queue-type": "quorum",
            "x-delivery-limit": 5,
            "x-dead-letter-exchange": "photophore.dead",
            "x-max-length": 100_000,
            "x-overflow": "reject-publish",
        }
    ]


@pytest.mark.parametrize("url", ["redis://h/1", "rediss://h", "unix:///run/valkey.sock"])
def test_redis_has_celerys_own_queues(url):
    assert broker.queues(url) is None


def test_rabbitmq_confirms_what_it_was_given():
    options = broker.transport_options("amqp://h", timeout_seconds=5, connect_timeout_seconds=2)

    assert options == {"confirm_publish": True, "write_timeout": 5}


def test_redis_gives_a_task_back_after_the_longest_one():
    options = broker.transport_options("redis://h", timeout_seconds=5, connect_timeout_seconds=2)

    assert options["visibility_timeout"] == 900
