"""The wake: one background sender a process that tells drains and Celery what has work. A hint; rows are the truth.

No request ever waits for Redis or the broker (a paused one blocks a publisher for ever): `wake` only keeps the shard,
`send` only queues the message. A lost wake costs at most one period of the sweep, a lost message one of its watchdog.
"""

import functools
import logging
import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import kombu
from celery import current_app

from core.tracking import on_behalf_of, request_id, traceparent
from events import marks

logger = logging.getLogger(__name__)

QUEUE = "live"
SEND_TIMEOUT_SECONDS = 1.0
BREAK_SECONDS = 1.0  # after a failure nothing is sent for this long, so that an outage costs one time-out a second
PAUSE_SECONDS = 0.001  # between wakes: those of a millisecond go together, and the first waits for none
MAX_WAITING = 1_000  # messages kept through an outage; more are refused, and left to their watchdog


@dataclass(frozen=True, slots=True)
class _Message:
    """One task to send."""

    task: str
    kwargs: dict[str, Any]
    queue: str
    request_id: str
    traceparent: str


class Sender:
    """Takes shards from any thread, sends from its own. Many wakes of a shard become one mark."""

    def __init__(self) -> None:
        self._marked: set[int] = set()
        self._waiting: deque[_Message] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def wake(self, shard: int) -> None:
        """Say that a shard has work; returns at once, whatever Redis does."""
        with self._changed:
            self._marked.add(shard)
            self._notify()

    def send(self, task: str, kwargs: dict[str, Any], queue: str) -> None:
        """Queue one task; returns at once. Sent in order, once the broker takes it; call it after the commit."""
        with self._changed:
            if len(self._waiting) >= MAX_WAITING:
                logger.warning("%s %s not sent, broker away", task, kwargs)
                return
            self._waiting.append(_Message(task, kwargs, queue, request_id.get(), traceparent.get()))
            self._notify()

    def _notify(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="wake", daemon=True)
            self._thread.start()
        self._changed.notify()

    def _run(self) -> None:
        while True:
            shards = self._next()
            try:
                self._send_wakes(shards)
                self._send_waiting()
            except Exception as error:  # whatever a broker may raise: the sweep sends what this lost
                logger.warning("not sent, Redis or the broker is away: %s", error)
                self._drop_connection()
                time.sleep(BREAK_SECONDS)

    def _next(self) -> list[int]:
        with self._changed:
            while not self._marked and not self._waiting:
                self._changed.wait()
            shards = sorted(self._marked)
            self._marked.clear()
        return shards

    @staticmethod
    def _send_wakes(shards: list[int]) -> None:
        if shards:
            marks.mark(shards)
            time.sleep(PAUSE_SECONDS)

    def _send_waiting(self) -> None:
        """Send what waits; a message leaves the queue once the broker has it. A wake in between goes first."""
        while self._waiting and not self._marked:
            message = self._waiting[0]
            with on_behalf_of(message.request_id, message.traceparent):
                _publish(message)
            self._waiting.popleft()  # only this thread takes from the left

    @staticmethod
    def _drop_connection() -> None:
        _connection().collect()  # at once: a broker that is away answers no goodbye
        _connection.cache_clear()
        _producer.cache_clear()
        marks.forget_connections()


def _publish(message: _Message) -> None:
    current_app.send_task(
        message.task,
        kwargs=message.kwargs,
        queue=message.queue,
        producer=_producer(),
        retry=False,
        ignore_result=True,
        confirm_timeout=SEND_TIMEOUT_SECONDS,
    )


@functools.cache
def _producer() -> kombu.Producer:
    """The producer of the sender's thread; nobody else uses it."""
    return current_app.amqp.Producer(_connection())


@functools.cache
def _connection() -> kombu.Connection:
    """A connection that gives up after a second, whichever broker it is to."""
    return current_app.connection_for_write(
        connect_timeout=SEND_TIMEOUT_SECONDS,
        transport_options={
            "read_timeout": SEND_TIMEOUT_SECONDS,
            "write_timeout": SEND_TIMEOUT_SECONDS,
            "socket_timeout": SEND_TIMEOUT_SECONDS,
            "socket_connect_timeout": SEND_TIMEOUT_SECONDS,
            "max_retries": 0,
        },
    )


@functools.cache
def _sender(_process_id: int) -> Sender:
    return Sender()


def sender() -> Sender:
    """This process's sender; a forked child gets one of its own."""
    return _sender(os.getpid())
