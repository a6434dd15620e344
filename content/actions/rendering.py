"""Making renditions of photos and videos, in a worker: uploaded > processing > ready | failed(reason), once each."""

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.actions import set_avatar
from content import files, imaging, video
from content.actions import once, removal
from content.actions.media import RENDER_QUEUE, RENDER_TASK
from content.actions.publishing import publish_if_ready
from content.models import UNFINISHED, Media, MediaKind, MediaPurpose, MediaState
from core import clock
from events import outbox, wake
from events.types import MediaFinished

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
STALLED = timedelta(seconds=60)  # without progress for so long, a message or its worker was lost
STALLED_VIDEO = timedelta(seconds=240)  # it may well be at work until Celery ends its task
ABANDONED = timedelta(days=7)  # a photo that never became part of a post goes
BATCH = 200  # stalled photos that one run looks at
FAILED_REASON = "This file could not be processed. Send it again."
KEPT_AVATARS = 2  # the one before stays, for pages that are open


def render(*, media_id: int) -> None:
    """Make the renditions of a photo or video and finish it; nothing happens if it is finished, deleted or unknown.

    A run that dies half-way leaves the photo to the watchdog; a second run writes the same bytes.

    Raises:
        OSError: if the disk refuses; the watchdog tries again.
    """
    media = _begin(media_id)
    if media is None:
        return
    try:
        made = _film(media) if media.kind == MediaKind.VIDEO else _picture(media, _render(media))
    except imaging.Unacceptable as error:
        _finish(media, state=MediaState.FAILED, reason=error.reason)
        return
    _finish(media, state=MediaState.READY, **made)


def watch_media() -> None:
    """Bring what stands still to an end: requeue or fail stalled photos, remove deleted and abandoned ones."""
    now = clock.now()
    photo = Q(kind=MediaKind.PHOTO, started_at__lt=now - STALLED)
    film = Q(kind=MediaKind.VIDEO, started_at__lt=now - STALLED_VIDEO)
    stalled = Media.objects.kept().filter(
        Q(started_at=None) | photo | film, state__in=UNFINISHED, created_at__lt=now - STALLED
    )
    for media in stalled.order_by("created_at")[:BATCH]:
        _requeue_or_fail(media)
    abandoned = Media.objects.kept().filter(post=None, purpose=MediaPurpose.POST, created_at__lt=now - ABANDONED)
    if ids := list(abandoned.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            removal.mark_deleted(ids)
    removal.purge_leftovers(before=now - STALLED)
    once.forget()


def _begin(media_id: int) -> Media | None:
    with transaction.atomic():
        media = Media.objects.kept().select_for_update().filter(pk=media_id, state__in=UNFINISHED).first()
        if media is None:
            return None
        if media.attempts >= MAX_ATTEMPTS:  # it kills its worker each time
            _finish(media, state=MediaState.FAILED, reason=FAILED_REASON)
            return None
        media.state, media.started_at = MediaState.PROCESSING, clock.now()
        media.attempts += 1
        media.save(update_fields=["state", "started_at", "attempts"])
    return media


def _render(media: Media) -> imaging.Rendered:
    folder = files.folder_path(media.folder)
    make = imaging.render_avatar if media.purpose == MediaPurpose.AVATAR else imaging.render
    return make(folder / files.ORIGINAL, folder)


def _picture(media: Media, rendered: imaging.Rendered) -> dict[str, Any]:
    """What a photo's row says once it is made."""
    return {
        "width": rendered.width,
        "height": rendered.height,
        "blurhash": rendered.blurhash,
        "placeholder": rendered.placeholder,
        "renditions": _by_width(media, rendered),
    }


def _film(media: Media) -> dict[str, Any]:
    """Make a video's renditions; return what its row says then. The picture is its poster's, the size its own."""
    folder = files.folder_path(media.folder)
    made = video.render(folder / files.ORIGINAL, folder)
    return _picture(media, made.poster) | {
        "width": made.width,
        "height": made.height,
        "videos": {str(width): name for width, name in made.videos.items()},
        "duration_ms": round(made.seconds * 1000),
    }


def _by_width(media: Media, rendered: imaging.Rendered) -> dict[str, str]:
    """File names by width. An avatar has each of its sizes even if the photo is smaller, as its addresses are fixed."""
    made = rendered.renditions
    if media.purpose == MediaPurpose.AVATAR:
        return {str(size): made[min(size, max(made))] for size in imaging.AVATAR_SIZES}
    return {str(width): name for width, name in made.items()}


def _finish(media: Media, *, state: MediaState, **changes: Any) -> None:
    """Finish a photo with all that follows from it, in one transaction; only the first of several runs does."""
    with transaction.atomic():
        unfinished = Media.objects.kept().filter(pk=media.id, state__in=UNFINISHED)
        if unfinished.update(state=state, **changes):
            outbox.record(MediaFinished(media_id=media.id, owner_id=media.owner_id), for_user=media.owner_id)
            if state == MediaState.READY:
                _show(media.id)
            transaction.on_commit(partial(removal.drop_original, media.folder))
            return
    if not Media.objects.filter(pk=media.id).exists():
        files.remove(media.folder)  # deleted meanwhile: nobody else knows of what this run has just written


def _show(media_id: int) -> None:
    media = Media.objects.get(pk=media_id)  # as it is now: it may have become part of a post meanwhile
    if media.purpose == MediaPurpose.AVATAR:
        _show_avatar(media)
    elif media.post_id is not None:
        publish_if_ready(media.post_id)


def _show_avatar(media: Media) -> None:
    """Make it the owner's avatar, unless they have sent a newer one that is ready; let go of old ones."""
    avatars = Media.objects.kept().filter(owner_id=media.owner_id, purpose=MediaPurpose.AVATAR, state=MediaState.READY)
    newest_first = list(avatars.order_by("-pk"))
    if newest_first[0].id == media.id:
        set_avatar(user_id=media.owner_id, folder=media.folder)
    if old := [avatar.id for avatar in newest_first[KEPT_AVATARS:]]:
        removal.mark_deleted(old)


def _requeue_or_fail(media: Media) -> None:
    if media.attempts >= MAX_ATTEMPTS:
        _finish(media, state=MediaState.FAILED, reason=FAILED_REASON)
        return
    logger.warning("media %s stands still after %s attempts, sent again", media.id, media.attempts)
    # Counted as progress, so that a long queue does not get the same photo again at each look.
    Media.objects.filter(pk=media.id, state__in=UNFINISHED).update(started_at=clock.now())
    wake.sender().send(RENDER_TASK, {"media_id": media.id}, RENDER_QUEUE)
