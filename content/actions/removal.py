"""Removing posts and photos for good. Photos go in two steps: marked, which hides them; then files, then rows."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from content import files, holding, lacking
from content.models import RESTORABLE, Media, Post, RemovedComment
from core import clock
from core.problems import NotFound
from events import outbox, wake
from events.types import PostPurged

PURGE_TASK = "content.purge_media"
PURGE_QUEUE = "bulk"
LEFTOVERS = 200  # photos that one run of the watchdog removes
POSTS = 200  # posts that one run of the daily task removes before it sends itself again
COMMENTS = 10_000  # removed by staff, that one run forgets
POSTS_TASK = "content.purge_posts"


def mark_deleted(media_ids: Collection[int]) -> None:
    """Hide photos in the caller's transaction, and have a worker remove them once it has committed."""
    Media.objects.kept().filter(pk__in=media_ids).update(deleted_at=clock.now())
    ids = list(media_ids)
    transaction.on_commit(lambda: wake.sender().send(PURGE_TASK, {"media_ids": ids}, PURGE_QUEUE))


def hold_photos(*, post_id: int, until: datetime) -> None:
    """Keep a post's photos until a moment, in the caller's transaction: deleted they are hidden, but not removed."""
    photos = Media.objects.filter(post_id=post_id).order_by("pk").select_for_update(no_key=True)
    Media.objects.filter(pk__in=[photo.pk for photo in photos]).update(held_until=until)


def purge(*, media_ids: Collection[int]) -> None:
    """Remove files and rows of photos that are marked; others, and those held, are left alone. Any number of times.

    While a backup runs all are left: the watchdog comes back to them.

    Raises:
        OSError: if the disk refuses; the row stays, and the watchdog comes back to it.
    """
    for media in Media.objects.purgeable().filter(pk__in=media_ids):
        with transaction.atomic():
            if not holding.may_remove():
                return
            files.remove(media.folder)
            media.delete()


def drop_original(folder: str) -> None:
    """Remove what was sent, once the renditions are made; a backup of that instant takes it first."""
    with transaction.atomic():
        holding.wait_for_originals()
        files.drop_original(folder)


def purge_leftovers(*, before: datetime) -> None:
    """Remove what was marked before a moment and is still there: the message about it was lost, or it was held."""
    rows = Media.objects.purgeable().filter(deleted_at__lt=before).order_by("deleted_at")
    purge(media_ids=list(rows.values_list("pk", flat=True)[:LEFTOVERS]))


def remove_orphans(*, before: datetime) -> None:
    """Remove what no row names and was there before a moment; nothing while a backup runs."""
    for path in lacking.orphans(before=before.timestamp()):
        with transaction.atomic():
            if not holding.may_remove():
                return
            files.remove_path(path)


def purge_post(*, post_id: int, actor_id: int) -> None:
    """Remove a post that its author has deleted, for good; its photos' files follow. Again: NotFound.

    Raises:
        NotFound: if the actor has deleted no such post, or staff have removed it, who may want to put it back.
    """
    if not _purge_post(post_id, author_id=actor_id, removed_at=None):
        raise NotFound(_("There is no such post."))


def purge_posts() -> None:
    """Remove what was deleted too long ago, a bounded number of posts; a killed run leaves the rest to the next.

    Comments that staff removed so long ago go as well.
    """
    removed = RemovedComment.objects.filter(removed_at__lte=clock.now() - RESTORABLE).order_by("removed_at")
    RemovedComment.objects.filter(pk__in=list(removed.values_list("pk", flat=True)[:COMMENTS])).delete()
    old = Post.objects.filter(deleted_at__lte=clock.now() - RESTORABLE).order_by("deleted_at")
    found = list(old.values_list("pk", flat=True)[:POSTS])
    for post_id in found:
        _purge_post(post_id)
    if len(found) == POSTS:
        wake.sender().send(POSTS_TASK, {}, PURGE_QUEUE)


def _purge_post(post_id: int, **which: object) -> bool:
    """Remove a deleted post in one transaction, unless it was restored or removed meanwhile."""
    with transaction.atomic():
        # Photos before the post, as a worker that finishes one locks them: the other way round they would deadlock.
        photos = list(
            Media.objects.filter(post_id=post_id).order_by("pk").select_for_update().values_list("pk", flat=True)
        )
        deleted = Post.objects.filter(pk=post_id, deleted_at__isnull=False, **which)
        post = deleted.select_for_update().first()
        if post is None:
            return False
        mark_deleted(photos)
        Media.objects.filter(pk__in=photos).update(post=None)  # their rows outlive the post's, until the files are gone
        post.delete()
        outbox.record(PostPurged(post_id=post_id, author_id=post.author_id), for_user=post.author_id)
    return True
