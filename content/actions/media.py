"""Taking photos in, describing and deleting them. Making the renditions is a worker's business (actions.rendering)."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import set_avatar
from accounts.models import User
from content import files, queries
from content.actions import once
from content.actions.publishing import publish_if_ready
from content.actions.removal import mark_deleted
from content.files import Upload
from content.imaging import ImageInfo
from content.models import MAX_ALT, Kind, Media, MediaKind, MediaPurpose, Post
from content.photos import MediaView, media_of
from content.text import cleaned
from content.video import VideoInfo
from core.problems import Conflict, NotFound
from events import wake

RENDER_TASK = "content.render_media"
RENDER_QUEUE = "media"
FOLDER_BYTES = 16  # the name is half of a photo's protection, so it must not be guessed


def create_media(
    *, owner_id: int, file: Upload, alt: str = "", purpose: MediaPurpose = MediaPurpose.POST, mut: str | None = None
) -> MediaView:
    """Take a photo or video in, and have a worker make its renditions. With the same `mut` again, return the first.

    Raises:
        UnsupportedMedia: if it is neither a photo nor, for a post, a video we can read.
        TooLarge, Invalid: naming the limit that it breaks.
        Busy: if a video cannot be looked at just now.
        Conflict: if what `mut` made is gone.
    """
    alt = cleaned(alt, field="alt", limit=MAX_ALT)
    folder = secrets.token_hex(FOLDER_BYTES)
    with files.received(file, videos=purpose == MediaPurpose.POST) as (path, info):
        files.keep_original(path, folder)
    try:
        with transaction.atomic():
            media = _create(owner_id, folder, info, alt=alt, purpose=purpose, mut=mut)
    except BaseException:
        files.remove(folder)
        raise
    if media.folder != folder:
        files.remove(folder)  # the photo was here already
    return media_of(media, proven_for=owner_id)  # as it was taken in: a worker may have finished it by now


def describe_media(*, media_id: int, owner_id: int, alt: str) -> MediaView:
    """Say what is in a photo, for people who cannot see it.

    Raises:
        NotFound: if there is no such photo, or it is somebody else's.
        Invalid: if the text is too long.
    """
    alt = cleaned(alt, field="alt", limit=MAX_ALT)
    with transaction.atomic():
        media = _own(media_id, owner_id)
        media.alt = alt
        media.save(update_fields=["alt"])
    return queries.media_view(owner_id, media.id)


def delete_media(*, media_id: int, owner_id: int) -> None:
    """Delete a photo; its files follow. One that kept a post from being published no longer does. Again: NotFound.

    Raises:
        NotFound: if there is no such photo, or it is somebody else's.
        Conflict: if a published post shows it, or it is a post's last one.
    """
    with transaction.atomic():
        media = _own(media_id, owner_id)
        if media.post_id is not None:
            _check_detachable(media, media.post_id)
        mark_deleted([media.id])
        if media.post_id is not None:
            publish_if_ready(media.post_id)
        if User.objects.filter(pk=owner_id, avatar=media.folder).exists():
            set_avatar(user_id=owner_id, folder="")


def _create(
    owner_id: int, folder: str, info: ImageInfo | VideoInfo, *, alt: str, purpose: MediaPurpose, mut: str | None
) -> Media:
    media_id = once.claim(Kind.MEDIA, actor_id=owner_id, key=mut)
    if media_id is not None:
        return _repeated(media_id)
    media = Media.objects.create(
        owner_id=owner_id,
        folder=folder,
        alt=alt,
        purpose=purpose,
        kind=MediaKind.VIDEO if isinstance(info, VideoInfo) else MediaKind.PHOTO,
        width=info.width,
        height=info.height,
        duration_ms=round(info.seconds * 1000) if isinstance(info, VideoInfo) else 0,
    )
    once.remember(Kind.MEDIA, media.id, actor_id=owner_id, key=mut)
    # A hint, like a wake: the watchdog sends it again if it is lost.
    transaction.on_commit(lambda: wake.sender().send(RENDER_TASK, {"media_id": media.id}, RENDER_QUEUE))
    return media


def _repeated(media_id: int) -> Media:
    media = Media.objects.kept().filter(pk=media_id).first()
    if media is None:
        raise once.gone()
    return media


def _own(media_id: int, owner_id: int) -> Media:
    media = Media.objects.kept().select_for_update().filter(pk=media_id, owner_id=owner_id).first()
    if media is None:
        raise NotFound(_("There is no such photo."))
    return media


def _check_detachable(media: Media, post_id: int) -> None:
    if Post.objects.filter(pk=post_id, published_at__isnull=False).exists():
        raise Conflict(_("This photo is part of a post. Delete the post instead."))
    if not Media.objects.kept().filter(post_id=post_id).exclude(pk=media.id).exists():
        raise Conflict(_("This is the post's only photo. Delete the post instead."))
