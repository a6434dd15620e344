"""The drain: empties a shard of the outbox. One transaction derives, numbers, deletes; sending follows the commit."""

import contextlib
import functools
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from django.db import connection, transaction

from core import sql
from core.tracking import on_behalf_of, request_id
from events import outbox, wake
from events.outbox import Waiting
from project import handlers, tracing
from realtime import bus, log

logger = logging.getLogger(__name__)

BATCH = 500  # events; one UPDATE a post and one head a person, however many of them are the same


def drain_shard(shard: int) -> int:
    """Handle everything that waits in a shard; answer how many events that was.

    Safe to run any number of times, side by side and after any crash: rows are consumed by presence, and what was
    committed but not sent is found by the position checks and by the clients' cursors.
    """
    return drain_next(lambda: shard)


@on_behalf_of("")  # until a batch says whose it is
def drain_next(wait: Callable[[], int | None]) -> int:
    """The same for the shard that `wait` answers, if any; what can be made ready before it answers, is."""
    shard: int | None = None
    handled = 0

    def which() -> int | None:
        nonlocal shard
        shard = wait() if shard is None else shard
        return shard

    while True:
        try:
            count = _drain_batch(which, BATCH)
        except Exception:
            if shard is None:
                raise
            logger.exception("batch of shard %s failed, going on one by one", shard)
            count = _drain_singly(shard)
        handled += count
        if count < BATCH:
            return handled


def _drain_batch(which: Callable[[], int | None], limit: int) -> int:
    with contextlib.ExitStack() as spans, sql.transaction_in_pipeline() as after_commit:
        shard = which()
        if shard is None:
            return 0
        waiting = outbox.claim(shard, limit)
        request_id.set(_asker(waiting))
        if waiting:
            traces = spans.enter_context(_drained(shard, waiting))
            messages = _settle(waiting)
            after_commit(lambda: _publish(messages(), traces))
    return len(waiting)


def _asker(waiting: list[Waiting]) -> str:
    """The request for which a batch is drained; many have no one name."""
    ids = {item.request_id for item in waiting}
    return ids.pop() if len(ids) == 1 else ""


def _drained(shard: int, waiting: list[Waiting]) -> AbstractContextManager[list[str]]:
    traces = [item.traceparent for item in waiting if item.traceparent]
    return tracing.following("drain", traces, shard=shard, events=len(waiting))


def _publish(messages: list[bus.Message], traces: list[str]) -> None:
    with tracing.following("publish", traces, sends=True, messages=len(messages)):
        bus.publish(messages)


def _settle(waiting: list[Waiting]) -> Callable[[], list[bus.Message]]:
    """Derive everything from a batch and forget it; answer how to know, once this is committed, what to send."""
    outbox.settle([item.row_id for item in waiting])
    effects = handlers.derive(waiting)
    numbered = log.append_later(effects.told)
    for task in effects.later:
        transaction.on_commit(functools.partial(wake.sender().send, *task))
    return lambda: [*map(bus.of_event, numbered()), *effects.messages()]


def _drain_singly(shard: int) -> int:
    """Handle a batch row by row, so that one poisoned event does not hold up its neighbours; one attempt for each."""
    last_id = 0
    for handled in range(BATCH):
        with contextlib.ExitStack() as spans:
            with transaction.atomic():
                outbox.lock_shard(shard)
                waiting = outbox.take(shard, 1, after=last_id)
                if not waiting:
                    return handled
                request_id.set(_asker(waiting))
                traces = spans.enter_context(_drained(shard, waiting))
                messages = _settle_or_fail(waiting)
            _publish(messages, traces)
        last_id = waiting[0].row_id
    return BATCH


def _settle_or_fail(waiting: list[Waiting]) -> list[bus.Message]:
    try:
        with transaction.atomic():
            messages = _settle(waiting)()
            connection.check_constraints()  # now, not at the commit, where the row could not be set aside any more
            return messages
    except Exception as error:
        outbox.fail([item.row_id for item in waiting], error)
        return []
