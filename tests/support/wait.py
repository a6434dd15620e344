"""Waiting for what another process does: until it is so, never for a time."""

import time

WAIT_SECONDS = 15.0


def until(condition, *, seconds=WAIT_SECONDS):
    """Wait until a condition holds; fail if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
