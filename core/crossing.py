"""The one crossing from async edges into synchronous domain code: a bounded executor of the process's own.

Never `sync_to_async`: under ASGI it makes a thread a request. Here there are as many threads as the pool has
connections. A thread keeps its connection from call to call while others wait, and gives it back before it rests. They
are no ThreadPoolExecutor's, which makes a future and a work item of each call beside ours.
"""

import asyncio
import contextvars
import functools
import logging
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar, cast

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import translation
from django.utils.translation import gettext as _

from core.problems import Busy

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

WAITING_PER_THREAD = 32  # calls queued for each thread before we answer 503; about 100 ms of likes
RETRY_AFTER_SECONDS = 1


class _Call:
    """A function that waits for a thread, and all who wait for its result in the event loop."""

    __slots__ = ("context", "function", "key", "language", "loop", "waiting")

    def __init__(self, function: Callable[[], Any], language: str | None, key: Hashable | None) -> None:
        self.loop = asyncio.get_running_loop()
        self.waiting: list[asyncio.Future[Any]] = []
        self.context, self.language = contextvars.copy_context(), language
        self.function, self.key = function, key

    @property
    def is_wanted(self) -> bool:
        """Whether anybody still waits."""
        return not all(one.cancelled() for one in self.waiting)

    def join(self) -> "asyncio.Future[Any]":
        """Wait for the result, too."""
        answered = self.loop.create_future()
        self.waiting.append(answered)
        return answered

    def run(self) -> tuple[Any, BaseException | None]:
        """Run it in this thread; answer its result, or what it raised."""
        try:
            return self.context.run(_speaking, self.language, self.function), None
        except BaseException as error:
            return None, error

    def tell(self, result: Any, error: BaseException | None) -> None:
        """Have the loop told what came of it."""
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self.loop.call_soon_threadsafe(self._answer, result, error)

    def _answer(self, result: Any, error: BaseException | None) -> None:
        for answered in self.waiting:
            if answered.cancelled():
                continue
            if error is not None:
                answered.set_exception(error)
            else:
                answered.set_result(result)


class _Executor:
    """The threads, made as calls come, and how many calls they hold. They end with the process, as what they run does:
    a server waits for its requests before that."""

    def __init__(self, threads: int) -> None:
        self.capacity = threads * (1 + WAITING_PER_THREAD)
        self.held = 0
        self._threads, self._made = threads, 0
        self._waiting: SimpleQueue[_Call] = SimpleQueue()
        self._shared: dict[Hashable, _Call] = {}  # of those that wait, the ones that others may join
        self._changing = threading.Lock()

    def submit(self, call: _Call) -> None:
        """Have a thread run a call after those that came before it."""
        with self._changing:
            self.held += 1
            if call.key is not None:
                self._shared[call.key] = call
            wants_thread = self._made < min(self.held, self._threads)
            self._made += wants_thread
        self._waiting.put(call)
        if wants_thread:
            threading.Thread(target=self._work, name=f"domain-{self._made}", daemon=True).start()

    def join(self, key: Hashable) -> "asyncio.Future[Any] | None":
        """Wait for the result of a call that has not begun, if there is one of this key."""
        if key not in self._shared:
            return None
        with self._changing:
            call = self._shared.get(key)
            return call.join() if call is not None else None

    def _work(self) -> None:
        following: _Call | None = None
        while True:
            following = self._run(following or self._waiting.get())

    def _run(self, call: _Call) -> _Call | None:
        """Run a call and tell what came of it; answer the next, which this thread has taken then."""
        outcome = call.run() if self._begin(call) else (None, None)
        following = self._next()
        call.tell(*outcome)
        return following

    def _begin(self, call: _Call) -> bool:
        """From here on nobody may join: what they have just written themselves might not be seen."""
        if call.key is None:
            return call.is_wanted
        with self._changing:
            self._shared.pop(call.key)
            return call.is_wanted

    def _next(self) -> _Call | None:
        """The next call, for which the connection is kept; none once it is given back."""
        with self._changing:
            self.held -= 1
        try:
            following = self._waiting.get_nowait()
        except Empty:
            _give_back(only_unclean=False)
            return None
        _give_back(only_unclean=True)
        return following


def _give_back(*, only_unclean: bool) -> None:
    """Give this thread's connections back to their pools, which look at them; a clean one may serve the next call."""
    try:
        for connection in connections.all(initialized_only=True):
            if not (only_unclean and _is_clean(connection)):
                connection.close()
    except Exception:  # the thread goes on
        logger.exception("a connection was not given back")


def _is_clean(connection: BaseDatabaseWrapper) -> bool:
    """Whether a connection met no error, and was left outside a transaction."""
    return connection.autocommit and not (connection.errors_occurred or connection.in_atomic_block)


@functools.cache
def _executor() -> _Executor:
    return _Executor(settings.DOMAIN_THREADS)


async def call(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run one domain function in a thread of ours, in the caller's language, and wait for its result.

    Cancelling the caller leaves the call running to its end: a transaction is never cut in half.

    Raises:
        Busy: if every thread is taken and the queue is full.
    """
    return cast(R, await _submitted(functools.partial(function, *args, **kwargs), translation.get_language()))


async def read(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """The same for what only reads: whoever asks for the very same while it waits for a thread has the same result.

    So a storm on one page costs what a few threads can do. The result is shared: nobody may change it.

    Raises:
        Busy: if every thread is taken and the queue is full.
    """
    language = translation.get_language()
    key = (asyncio.get_running_loop(), language, function, args, *kwargs.items())
    there = _executor().join(key)
    return cast(R, await (there or _submitted(functools.partial(function, *args, **kwargs), language, key)))


def _submitted(function: Callable[[], Any], language: str | None, key: Hashable | None = None) -> "asyncio.Future[Any]":
    if is_full():
        raise Busy(_("The server is busy. Try again in a moment."), retry_after_seconds=RETRY_AFTER_SECONDS)
    call = _Call(function, language, key)
    answered = call.join()  # before a thread may begin
    _executor().submit(call)
    return answered


def is_full() -> bool:
    """Whether the next call would be refused."""
    executor = _executor()
    return executor.held >= executor.capacity


def _speaking(language: str | None, function: Callable[[], R]) -> R:
    if language is not None:
        translation.activate(language)  # asgiref leaves it with the caller's thread; it ends with the context
    return function()
