"""The one clock: aware UTC. Nothing else in domain code asks the time."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime

_stopped: ContextVar[bool] = ContextVar("stopped", default=False)


def now() -> datetime:
    """The present moment, aware, in UTC.

    Raises:
        RuntimeError: where what is made is kept: a moment in it would stay the present one for ever.
    """
    if _stopped.get():
        raise RuntimeError("A queryset that is compiled once cannot hold a moment; use Now().")
    return datetime.now(UTC)


@contextlib.contextmanager
def stopped() -> Iterator[None]:
    """Have whatever asks the time fail."""
    token = _stopped.set(True)
    try:
        yield
    finally:
        _stopped.reset(token)
