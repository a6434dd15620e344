"""The id of the request that something is done for: from HTTP through the outbox and the task queue into each log line.

A socket has no request: what it does has the id of its connection, as `web-1/c_7`. Empty where nobody asked: a sweep,
a clock, or the drain of a batch of many requests.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

MAX_ID = 64  # characters

request_id: ContextVar[str] = ContextVar("request_id", default="")


@contextlib.contextmanager
def on_behalf_of(an_id: str) -> Iterator[None]:
    """Do something for a request that came elsewhere."""
    token = request_id.set(an_id)
    try:
        yield
    finally:
        request_id.reset(token)
