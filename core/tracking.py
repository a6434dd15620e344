"""The id of the request that something is done for: from HTTP through the outbox and the task queue into each log line.

A socket has no request: what it does has the id of its connection, as `web-1/c_7`. Empty where nobody asked: a sweep,
a clock, or the drain of a batch of many requests.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

MAX_ID = 64  # characters
MAX_TRACEPARENT = 55  # characters of https://www.w3.org/TR/trace-context/#traceparent-header

request_id: ContextVar[str] = ContextVar("request_id", default="")
# The span that what is done here belongs to, if its trace is sampled: it travels as the id does, and may be another's,
# since a proxy decides on the id.
traceparent: ContextVar[str] = ContextVar("traceparent", default="")


@contextlib.contextmanager
def on_behalf_of(an_id: str, a_traceparent: str = "") -> Iterator[None]:
    """Do something for a request that came elsewhere."""
    tokens = request_id.set(an_id), traceparent.set(a_traceparent)
    try:
        yield
    finally:
        request_id.reset(tokens[0])
        traceparent.reset(tokens[1])
