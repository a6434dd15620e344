"""Reads that may be late: found by a PostgreSQL replica while it is near, by the primary otherwise. Decides nothing.

Which posts and people match a search, a ranking or a grid may be a second old. What is shown of them, and whether, is
read from the primary: policies, what somebody has just written, and every position of the log are never late.

How late the replica is, is measured in positions of the primary's WAL, not by clocks: twice a second a process notes
where the primary stands, and later asks whether the replica has got there.
"""

import functools
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
R = TypeVar("R")

logger = logging.getLogger(__name__)

ALIAS = "replica"
MEASURE_SECONDS = 0.5
MEASURES = 240  # two minutes of them; who is further behind is far enough
BREAK_SECONDS = 5.0  # after a failure

_pinned: ContextVar[bool] = ContextVar("pinned", default=False)  # core.crossing takes it into its threads


class Watch:
    """Knows how late the replica is; measures in a thread of its own."""

    def __init__(self) -> None:
        self._stood: deque[tuple[float, int]] = deque(maxlen=MEASURES)  # when, and where the primary stood
        self._reached_at = float("-inf")  # the replica has all that was written before this
        self._broken_until = 0.0
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._thread.start()

    def is_near(self) -> bool:
        """Whether what the replica says is at most as old as may be."""
        now = time.monotonic()
        return now - self._reached_at <= settings.REPLICA_LAG_SECONDS and now >= self._broken_until

    def failed(self) -> None:
        """Leave the replica alone for a while."""
        self._broken_until = time.monotonic() + BREAK_SECONDS

    def measure(self) -> None:
        """Compare the two once.

        Raises:
            django.db.DatabaseError: if one of them is away.
        """
        self._stood.append((time.monotonic(), _position(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()")))
        reached = _position(ALIAS, "pg_last_wal_replay_lsn()")
        while self._stood and self._stood[0][1] <= reached:
            self._reached_at, _ = self._stood.popleft()

    def _run(self) -> None:
        was_near = False
        while True:
            try:
                self.measure()
            except (DatabaseError, InterfaceError) as error:
                logger.debug("the replica was not measured: %s", error)
            finally:
                connections.close_all()
            if self.is_near() != was_near:
                was_near = not was_near
                logger.warning(
                    "replica: %s", "near, and asked" if was_near else "away or too late, the primary is asked"
                )
            time.sleep(MEASURE_SECONDS)


def first(rows: QuerySet[M], most: int, *, read: Callable[[QuerySet[M]], list[R]]) -> list[R]:
    """Read the first rows of an ordered queryset, found by the replica if it is near.

    The primary reads those alone, by the same filters, so that it decides about each; it finds all anew if it has
    dropped one.
    """
    if is_near():
        ids = found(lambda alias: list(rows.using(alias).values_list("pk", flat=True)[:most]))
        kept = read(rows.filter(pk__in=ids))
        if len(kept) == len(ids):
            return kept
    return read(rows[:most])


def found(find: Callable[[str], R]) -> R:
    """Find with the replica if it is near, else with the primary, and so too if the replica fails.

    `find` takes the alias of the database that it shall ask, may be called twice, and shows nobody what it has found:
    that is read from the primary.
    """
    if is_near():
        try:
            return find(ALIAS)
        except (DatabaseError, InterfaceError) as error:  # away, or it cancelled what stood in the way of its replay
            logger.warning("replica: %s", error)
            watch().failed()
    return find(DEFAULT_DB_ALIAS)


def is_near() -> bool:
    """Whether there is a replica that may be asked here and now."""
    return exists() and not _pinned.get() and watch().is_near()


def exists() -> bool:
    """Whether the operator has named one."""
    return ALIAS in connections.settings


def bytes_behind() -> int:
    """How much of the primary's WAL the replica has still to replay.

    Raises:
        django.db.DatabaseError: if one of them is away.
    """
    stands = _position(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()")
    return max(0, stands - _position(ALIAS, "pg_last_wal_replay_lsn()"))


def pin() -> None:
    """Ask the primary alone until the request ends: who asks has just written."""
    _pinned.set(True)


def watch() -> Watch:
    """This process's watch; a forked child gets one of its own."""
    return _watch(os.getpid())


@functools.cache
def _watch(_process_id: int) -> Watch:
    return Watch()


def _position(alias: str, function: str) -> int:
    """A position in the WAL as a number; 0 where there is none, as on a primary that was promoted."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT COALESCE({function} - '0/0'::pg_lsn, 0)")
        (position,) = cursor.fetchone()
    return int(position)
