"""The one clock: aware UTC. Nothing else in domain code asks the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
