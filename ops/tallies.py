"""What becomes of Celery's tasks: counted by every worker, summed in Redis by task and outcome. Runs none of them.

A task costs its worker an addition; a thread of each process sends the sums, once a second. While Redis is away they
are kept, no more of them than tasks have names. Lost are what Redis had, with it, and the last second of a process that
is killed; what Redis took without saying so counts twice.
"""

import functools
import os
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, Literal, get_args

from celery import Task
from celery.signals import (
    task_failure,
    task_retry,
    task_success,
    task_unknown,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
)

from realtime import bus

Outcome = Literal["succeeded", "retried", "failed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
UNKNOWN = "unknown"  # a task whose name this worker does not know, as when a newer version has sent it

SEND_SECONDS = 1.0
LATELY_MINUTES = 60

# One partition, as in ops.nodes.
TOTALS = "tallies:{p0}:totals"
FAILED = "tallies:{p0}:failed:"  # and the minute since 1970


@dataclass(frozen=True, slots=True)
class Totals:
    """What all workers together have counted since Redis was last empty, by outcome and task."""

    at: float  # by the monotonic clock of this process
    counts: dict[str, dict[str, int]]
    failed_lately: int  # within LATELY_MINUTES

    def of(self, outcome: Outcome) -> int:
        """Of all tasks together."""
        return sum(self.counts[outcome].values())


class Tally:
    """What one process has counted, and not sent yet."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def count(self, task: str, outcome: Outcome) -> None:
        """Count one; returns at once, whatever Redis does."""
        with self._changed:
            self._counts[_field(task, outcome)] += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tally", daemon=True)
                self._thread.start()
            self._changed.notify()

    def send(self) -> None:
        """Send what has come together, and keep it if Redis does not take it. A second at most."""
        with self._changed:
            counts, self._counts = self._counts, Counter()
        if any(isinstance(reply, Exception) for reply in bus.ask(_adding(counts))):
            with self._changed:
                self._counts.update(counts)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._counts)
            time.sleep(SEND_SECONDS)
            self.send()


def _field(task: str, outcome: Outcome) -> str:
    return f"{outcome} {task}"


def _adding(counts: Counter[str]) -> list[tuple[str | int, ...]]:
    commands: list[tuple[str | int, ...]] = [("HINCRBY", TOTALS, field, count) for field, count in counts.items()]
    if failed := sum(count for field, count in counts.items() if field.startswith("failed ")):
        key = f"{FAILED}{_minute()}"
        commands += [("INCRBY", key, failed), ("EXPIRE", key, (LATELY_MINUTES + 1) * 60)]
    return commands


def _minute() -> int:
    return int(time.time() // 60)


def read() -> Totals | None:
    """The sums of all workers; None while Redis is away. One round trip."""
    minutes = range(_minute(), _minute() - LATELY_MINUTES, -1)
    found, failed = bus.ask([("HGETALL", TOTALS), ("MGET", *(f"{FAILED}{minute}" for minute in minutes))])
    if isinstance(found, Exception) or isinstance(failed, Exception):
        return None
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for field, count in zip(found[::2], found[1::2], strict=True):
        outcome, _, task = field.decode().partition(" ")
        counts[outcome][task] = int(count)
    return Totals(time.monotonic(), counts, sum(map(int, filter(None, failed))))


@functools.cache
def _tally(_process_id: int) -> Tally:
    return Tally()


def tally() -> Tally:
    """This process's; a forked child of a worker gets one of its own."""
    return _tally(os.getpid())


# --- What Celery says -------------------------------------------------------------------------------------------------
@worker_ready.connect
def begin(sender: Any, **_: Any) -> None:
    """Count each task 0 times: what watches a count that grows must have seen it before the first failure."""
    ours = [task for task in sender.app.tasks if not task.startswith("celery.")]
    bus.ask([("HINCRBY", TOTALS, _field(task, outcome), 0) for task in ours for outcome in OUTCOMES])


@task_success.connect
def succeeded(sender: Task[Any, Any], **_: Any) -> None:
    """In the process that ran it."""
    tally().count(sender.name, "succeeded")


@task_retry.connect
def retried(sender: Task[Any, Any], **_: Any) -> None:
    """In the process that ran it: it failed, and comes again."""
    tally().count(sender.name, "retried")


@task_failure.connect
def failed(sender: Task[Any, Any], **_: Any) -> None:
    """In the process that ran it, or in its parent if it had to be killed. What is given back for another is none."""
    tally().count(sender.name, "failed")


@task_unknown.connect
def unknown(**_: Any) -> None:
    """It is thrown away."""
    tally().count(UNKNOWN, "failed")


@worker_process_shutdown.connect
@worker_shutdown.connect
def end(**_: Any) -> None:
    """What a process has counted goes with it into Redis."""
    tally().send()
