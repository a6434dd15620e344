"""The drainer: a thread of each live worker that takes marked shards and drains them. Handles no event itself.

A wake through the task queue costs 2 ms of CPU to send and as much to receive, a mark a tenth of one; the task of the
same name stays, as the net under both.
"""

import logging
import threading
import time
from typing import Any

import redis
from celery.signals import worker_ready, worker_shutdown
from django.db import connections

from events import marks, outbox
from events.wake import QUEUE
from project.drain import drain_next, drain_shard
from realtime import bus

logger = logging.getLogger(__name__)

WAIT_SECONDS = 1.0  # for a mark; a worker that is to end waits as long
SWEEP_SECONDS = 1.0  # a row whose mark was lost lies as long, and OVERDUE_SECONDS
OVERDUE_SECONDS = 0.5  # what is younger has a mark: a sweep would only contend with the drain that took it
BREAK_SECONDS = 1.0  # after a failure


class Drainer(threading.Thread):
    """Drains what is marked; from time to time sweeps all shards, with Redis away too, and sends what is owed."""

    def __init__(self) -> None:
        super().__init__(name="drainer", daemon=True)
        self._stopping = threading.Event()
        self._swept = 0.0

    def run(self) -> None:
        """Go on until `stop`, whatever fails."""
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception:  # a drain that ended would stop everything that is live
                logger.exception("draining failed, going on")
                connections.close_all()
                self._stopping.wait(BREAK_SECONDS)
        connections.close_all()

    def stop(self) -> None:
        """End after the batch under way."""
        self._stopping.set()
        self.join(WAIT_SECONDS + BREAK_SECONDS)

    def _turn(self) -> None:
        drain_next(self._marked)
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            self._swept = time.monotonic()
            for waiting in outbox.waiting_shards(for_seconds=OVERDUE_SECONDS):
                drain_shard(waiting)
            bus.publish([])  # what Redis did not take: nothing else may follow that would take it along

    def _marked(self) -> int | None:
        try:
            return marks.take(WAIT_SECONDS)
        except redis.RedisError as error:
            logger.warning("no marks, sweeping instead: %s", error)
            marks.forget_connections()
            self._stopping.wait(BREAK_SECONDS)
            return None


_running: list[Drainer] = []


@worker_ready.connect
def start(sender: Any, **_: Any) -> None:
    """Start a drainer in a worker of the live queue."""
    if QUEUE in sender.app.amqp.queues.consume_from and not _running:
        drainer = Drainer()
        drainer.start()
        _running.append(drainer)


@worker_shutdown.connect
def stop(**_: Any) -> None:
    """End it with its worker."""
    while _running:
        _running.pop().stop()
