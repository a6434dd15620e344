"""A Subscriber at work in a test's loop: what it heard, and when it was up and down."""

import asyncio
from functools import partial

from realtime.subscriber import Subscriber
from tests.support.wait import WAIT_SECONDS


class Ear:
    """Records each payload by channel, and each rise and fall."""

    def __init__(self, url):
        self.heard = {}
        self.changes = []
        self.subscriber = Subscriber(
            url, on_up=partial(self.changes.append, "up"), on_down=partial(self.changes.append, "down")
        )
        self._task = asyncio.create_task(self.subscriber.run())

    async def listen(self, *channels):
        """Want channels, and wait until they are confirmed."""
        routes = {channel: self.heard.setdefault(channel, []).append for channel in channels}
        await asyncio.gather(*(self.subscriber.listen(channel, route) for channel, route in routes.items()))

    async def close(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.sleep(0)


async def eventually(condition):
    """Wait until a condition holds while the loop turns; fail if it does not within WAIT_SECONDS."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():  # noqa: ASYNC110 -- what is waited for happens in another process
            await asyncio.sleep(0.01)
