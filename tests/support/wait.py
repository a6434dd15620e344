"""Waiting for what another process does: until it is so, never for a time."""

import asyncio
import time

WAIT_SECONDS = 60.0  # nothing is waited for that needs as long, but on a machine that is busy with other things
HEARD_SECONDS = 20.0  # for what a socket is told: after 30 a hub finds by itself what the bus has lost


def until(condition, *, seconds=WAIT_SECONDS):
    """Wait until a condition holds; fail if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


async def eventually(condition, *, seconds=WAIT_SECONDS):
    """`until`, for what happens in this event loop."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.005)
