"""Deleting photos in two steps: marked at once, which hides them everywhere; then their files, then their rows."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from content import files
from content.models import Media
from core import clock
from events import wake

PURGE_TASK = "content.purge_media"
PURGE_QUEUE = "bulk"
LEFTOVERS = 200  # photos that one run of the watchdog removes


def mark_deleted(media_ids: Collection[int]) -> None:
    """Hide photos in the caller's transaction, and have a worker remove them once it has committed."""
    Media.objects.kept().filter(pk__in=media_ids).update(deleted_at=clock.now())
    ids = list(media_ids)
    transaction.on_commit(lambda: wake.sender().send(PURGE_TASK, {"media_ids": ids}, PURGE_QUEUE))


def purge(*, media_ids: Collection[int]) -> None:
    """Remove files and rows of photos that are marked; others are left alone. Any number of times.

    Raises:
        OSError: if the disk refuses; the row stays, and the watchdog comes back to it.
    """
    for media in Media.objects.filter(pk__in=media_ids, deleted_at__isnull=False):
        files.remove(media.folder)
        media.delete()


def purge_leftovers(*, before: datetime) -> None:
    """Remove what was marked before a moment and is still there: the message about it was lost."""
    rows = Media.objects.filter(deleted_at__lt=before).order_by("deleted_at")
    purge(media_ids=list(rows.values_list("pk", flat=True)[:LEFTOVERS]))
