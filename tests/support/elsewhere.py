"""Another Redis for one test. What this process keeps of connections is forgotten before and after it."""

import contextlib

from events import marks
from realtime import bus


@contextlib.contextmanager
def redis_at(url, settings):
    """Have this process use that Redis.

    The address goes back first: the wake's thread may connect at any time, and would keep to the old one.
    """
    usual, settings.REDIS_URL = settings.REDIS_URL, url
    _forget()
    try:
        yield
    finally:
        settings.REDIS_URL = usual
        _forget()


def _forget():
    bus.forget()
    marks.forget_connections()
