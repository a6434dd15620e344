"""Removing for good what a person was told: a step of project.purge, which opens the transaction of each."""

from notifications.models import Entry, Group

BATCH = 500  # rows that go in one transaction


def remove_some(*, user_id: int) -> int:
    """Remove some of what a person was told, in the caller's transaction; answer how much."""
    entries = Entry.objects.filter(recipient_id=user_id).values("pk")[:BATCH]
    deleted, _ = Entry.objects.filter(pk__in=entries).delete()
    if not deleted:
        groups = Group.objects.filter(recipient_id=user_id).values("pk")[:BATCH]
        deleted, _ = Group.objects.filter(pk__in=groups).delete()
    return deleted
