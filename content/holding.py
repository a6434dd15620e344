"""Files that a backup still has to copy: while it runs, none is removed that a row of its moment names. Knows no rows.

A removal that finds them held leaves them: the row is still there, and the watchdog comes back to it. What was sent
(the original) is held for the instant alone in which a backup takes a second name of it.
"""

from django.db import connection

LOCK_CLASS = 0x6B70  # "kp": keeps these advisory locks apart from the others
FILES, ORIGINALS = 1, 2


class Held(OSError):
    """A backup runs. What was to be removed is there later as well."""

    def __init__(self) -> None:
        super().__init__("Nothing is removed while a backup runs.")


def may_remove() -> bool:
    """Whether files may be removed; until the caller's transaction ends no backup begins then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s, %s)", [LOCK_CLASS, FILES])
        return bool(cursor.fetchone()[0])


def wait_for_originals() -> None:
    """Wait until no backup is taking originals; until the caller's transaction ends none begins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCK_CLASS, ORIGINALS])
