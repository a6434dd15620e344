"""How many tasks wait for workers, in whatever broker there is."""

from collections.abc import Iterable

import kombu
from celery import current_app

from core.broker import QUEUES

ANSWER_SECONDS = 2


def depths(queues: Iterable[str] = QUEUES) -> dict[str, int]:
    """Tasks that wait in each queue.

    Raises:
        kombu.exceptions.OperationalError: if the broker does not answer within ANSWER_SECONDS.
    """
    with current_app.connection_for_read(connect_timeout=ANSWER_SECONDS) as connection:
        connection.ensure_connection(max_retries=1, timeout=ANSWER_SECONDS)
        return {queue: _depth(connection, queue) for queue in queues}


def _depth(connection: kombu.Connection, queue: str) -> int:
    try:
        with connection.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)  # type: ignore[attr-defined]
    except connection.channel_errors:  # nobody has ever sent or heard there
        return 0
