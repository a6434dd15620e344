"""Backup and restore: PostgreSQL at one moment, and the files that its rows name, in one tar. Not Redis.

Redis holds nothing that is not found again: rings are read from the log, feeds from posts, presence comes with the next
heartbeat, and what waits to be done is swept up from the outbox.
"""

from .archive import Damaged
from .making import Made, make, name_now
from .manifest import Incompatible
from .programs import Unsuitable
from .restoring import Plan, Refused, Restored, foresee, restore, told_by
from .verifying import Proof, verify

FAILURES = (Damaged, Incompatible, Refused, Unsuitable, OSError)  # each says what is wrong, and left all as it was

__all__ = [
    "FAILURES",
    "Made",
    "Plan",
    "Proof",
    "Restored",
    "foresee",
    "make",
    "name_now",
    "restore",
    "told_by",
    "verify",
]
