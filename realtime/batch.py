"""Many callers, one query: what is asked for while a call is under way is asked for together, in the next.

A storm brings its callers one after the other, as fast as their handshakes are read, and each call would be over before
many have come. So after a call of many the next one waits, as long as more keep coming, and not for long. Callers who
ask again and again, as polls do, come just as fast without a storm: theirs is a batch that does not gather.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 500  # keys in one call, unless one caller alone has more
CALM = 8  # keys in a call that is no storm: the next one does not wait
QUIET_SECONDS = 0.25  # without a caller, and the next call goes out
LINGER_SECONDS_A_KEY = 0.005  # of the call before: at 200 callers a second and more the calls grow …
MOST_LINGER_SECONDS = 0.6  # … up to this wait


class Batch(Generic[K, V]):
    """Merges the keys of callers who wait. Alone, one waits for its own call only; in a storm the calls grow."""

    def __init__(self, function: Callable[[list[K]], Awaitable[Mapping[K, V]]], *, gathers: bool = True) -> None:
        """`function` answers for many keys at once; those it leaves out have no answer.

        Without `gathers` nobody ever waits longer than for the call under way, and their own.
        """
        self._function = function
        self._gathers = gathers
        self._waiting: deque[tuple[Collection[K], asyncio.Future[Mapping[K, V]]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def load(self, keys: Collection[K]) -> Mapping[K, V]:
        """Ask for keys; the answer may hold more than were asked for.

        Raises:
            Exception: what the function raised, to everybody whose keys were in that call.
        """
        answer: asyncio.Future[Mapping[K, V]] = asyncio.get_running_loop().create_future()
        self._waiting.append((keys, answer))
        if self._running is None:
            self._running = asyncio.ensure_future(self._run())
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            keys: dict[K, None] = {}
            answers = []
            while self._waiting and (not keys or len(keys) + len(self._waiting[0][0]) <= MOST):
                asked, answer = self._waiting.popleft()
                keys.update(dict.fromkeys(asked))
                answers.append(answer)
            await self._call(list(keys), answers)
            if self._gathers and len(keys) > CALM:
                await self._linger(min(MOST_LINGER_SECONDS, len(keys) * LINGER_SECONDS_A_KEY))
        self._running = None

    async def _linger(self, seconds: float) -> None:
        """Let callers gather while they keep coming."""
        clock = asyncio.get_running_loop().time
        end, before = clock() + seconds, -1
        while before < len(self._waiting) < MOST and clock() < end:
            before = len(self._waiting)
            await asyncio.sleep(QUIET_SECONDS)

    async def _call(self, keys: list[K], answers: list["asyncio.Future[Mapping[K, V]]"]) -> None:
        try:
            found = await self._function(keys)
        except Exception as error:
            for answer in answers:
                if not answer.done():
                    answer.set_exception(error)
            return
        for answer in answers:
            if not answer.done():  # its caller may have gone away meanwhile
                answer.set_result(found)
