"""Threads of their own for what must answer while the database does not: the crossing's may all be waiting for it.

One for each question, which is asked anew only once it has come back: a part that hangs holds one thread, however often
monitoring asks. Decides nothing.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connections

R = TypeVar("R")

PATIENCE_SECONDS = 0.8  # who asks is answered within a second
MOST = 8  # questions there are

_threads = ThreadPoolExecutor(MOST, thread_name_prefix="aside")
_asked: dict[str, Future[Any]] = {}


async def ask(name: str, question: Callable[[], R]) -> R:
    """Run one function in a thread, or wait with whoever has already asked the question of that name.

    Raises:
        TimeoutError: if it has not come back in PATIENCE_SECONDS; it goes on.
    """
    asked = _asked.get(name)
    if asked is None or asked.done():
        asked = _asked[name] = _threads.submit(_run, question)
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer: R = await asyncio.shield(asyncio.wrap_future(asked))
    return answer


def _run(question: Callable[[], R]) -> R:
    try:
        return question()
    finally:
        connections.close_all()  # with a pool, close gives the connection back
