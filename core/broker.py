"""What Celery needs of its broker, by the URL: one Redis, or RabbitMQ with quorum queues. Connects to nothing.

On RabbitMQ a task that was taken is on the disks of most nodes, and its sender was told so. One that takes its worker
with it again and again is put aside in the queue `dead`, where somebody can look at it.
"""

from typing import Any
from urllib.parse import urlsplit

from kombu import Exchange, Queue, binding

QUEUES = ("live", "feeds", "media", "bulk")
DEAD = "dead"
MAX_DELIVERIES = 5  # as often as an event is tried
MAX_WAITING = 100_000  # tasks of a queue; RabbitMQ refuses more, and senders keep theirs or leave them to watchdogs
MAX_DEAD = 10_000  # the oldest go
VISIBLE_AGAIN_SECONDS = 900  # longer than the longest task, or a slow one would run twice at once
KEEP_ALIVE_SECONDS = 25

_TASKS = Exchange("photophore", type="topic")
_DEATHS = Exchange("photophore.dead", type="headers")
# A task that nobody had the time for has expired, which is no failure.
_REASONS = ("delivery_limit", "rejected")


def is_rabbitmq(url: str) -> bool:
    """Whether a broker's URL is that of RabbitMQ."""
    return urlsplit(url).scheme in ("amqp", "amqps")


def transport_options(url: str, *, timeout_seconds: float, connect_timeout_seconds: float) -> dict[str, Any]:
    """Options of a connection that gives up what the broker does not answer in time."""
    if is_rabbitmq(url):
        return {"confirm_publish": True, "write_timeout": timeout_seconds}
    return {
        "visibility_timeout": VISIBLE_AGAIN_SECONDS,
        "socket_timeout": timeout_seconds,
        "socket_connect_timeout": connect_timeout_seconds,
        "socket_keepalive": True,
        "health_check_interval": KEEP_ALIVE_SECONDS,
    }


def queues(url: str) -> list[Queue] | None:
    """The queues of tasks as they are declared; None where Celery's own are right."""
    if not is_rabbitmq(url):
        return None
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": MAX_DELIVERIES,
        "x-dead-letter-exchange": _DEATHS.name,
        "x-max-length": MAX_WAITING,
        "x-overflow": "reject-publish",
    }
    return [Queue(name, _TASKS, routing_key=name, queue_arguments=arguments) for name in QUEUES]


def dead_letters() -> Queue:
    """The queue of tasks that were given up; a worker declares it as it starts."""
    matches = [{"x-match": "any-with-x", "x-first-death-reason": reason} for reason in _REASONS]
    return Queue(
        DEAD,
        bindings=[binding(_DEATHS, arguments=match) for match in matches],
        queue_arguments={"x-queue-type": "quorum", "x-max-length": MAX_DEAD},
    )
