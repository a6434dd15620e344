"""The one crossing from async edges into synchronous domain code: a bounded executor of the process's own.

Never `sync_to_async`: under ASGI it makes a thread a request. Here there are as many threads as the pool has
connections, and each call gives its connection back when it ends.
"""

import asyncio
import contextvars
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import connections
from django.utils import translation
from django.utils.translation import gettext as _

from core.problems import Busy

P = ParamSpec("P")
R = TypeVar("R")

WAITING_PER_THREAD = 32  # calls queued for each thread before we answer 503; about 100 ms of likes
RETRY_AFTER_SECONDS = 1


class _Executor:
    """The threads, made at the first call, and how many calls they hold."""

    def __init__(self, threads: int) -> None:
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="domain")
        self.capacity = threads * (1 + WAITING_PER_THREAD)
        self.held = 0


@functools.cache
def _executor() -> _Executor:
    return _Executor(settings.DOMAIN_THREADS)


async def call(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run one domain function in a thread of ours, in the caller's language, and wait for its result.

    Cancelling the caller leaves the call running to its end: a transaction is never cut in half.

    Raises:
        Busy: if every thread is taken and the queue is full.
    """
    if is_full():
        raise Busy(_("The server is busy. Try again in a moment."), retry_after_seconds=RETRY_AFTER_SECONDS)
    executor = _executor()
    executor.held += 1
    context, language = contextvars.copy_context(), translation.get_language()
    future = asyncio.get_running_loop().run_in_executor(
        executor.pool, functools.partial(context.run, _run, functools.partial(function, *args, **kwargs), language)
    )
    future.add_done_callback(lambda _: _give_back(executor))
    return await future


def is_full() -> bool:
    """Whether the next call would be refused."""
    executor = _executor()
    return executor.held >= executor.capacity


def _give_back(executor: _Executor) -> None:
    executor.held -= 1


def _run(function: Callable[[], R], language: str | None) -> R:
    try:
        if language is not None:
            translation.activate(language)  # asgiref leaves it with the caller's thread; it ends with the context
        return function()
    finally:
        connections.close_all()  # with a pool, close gives the connection back
