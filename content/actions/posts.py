"""Making a post. It is published later, by its last photo (actions.publishing)."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from content import queries
from content.actions import once
from content.actions.media import create_media, delete_media
from content.actions.publishing import publish_if_ready
from content.actions.tagging import tag
from content.cards import PostCard
from content.files import Upload
from content.models import MAX_ALBUM, MAX_CAPTION, Kind, Media, MediaPurpose, MediaState, Post, Visibility
from content.text import cleaned
from core.problems import Invalid, NotFound


def create_post(
    *,
    author_id: int,
    caption: str,
    media_ids: Sequence[int],
    visibility: str = Visibility.PUBLIC,
    comments_off: bool = False,
    mut: str | None = None,
) -> PostCard:
    """Make a post of one's uploaded photos, in this order. With the same `mut` again, return the first.

    Others see it once all of its photos are ready, which may be now.

    Raises:
        Invalid: naming what is wrong with the caption or the photos.
        Conflict: if what `mut` made is gone.
    """
    caption = cleaned(caption, field="caption", limit=MAX_CAPTION)
    with transaction.atomic():
        post_id = once.claim(Kind.POST, actor_id=author_id, key=mut)
        if post_id is None:
            photos = _attachable(author_id, media_ids)
            terms = {"visibility": visibility, "comments_off": comments_off}
            post_id = Post.objects.create(author_id=author_id, caption=caption, **terms).id
            _attach(photos, post_id)
            tag(post_id, caption)
            once.remember(Kind.POST, post_id, actor_id=author_id, key=mut)
            publish_if_ready(post_id)
    try:
        return queries.post_card(author_id, post_id)
    except NotFound:
        raise once.gone() from None


def share(
    *,
    author_id: int,
    caption: str,
    photos: Sequence[Upload],
    alt: str = "",
    visibility: str = Visibility.PUBLIC,
    comments_off: bool = False,
) -> PostCard:
    """Upload photos and post them, in one go; `alt` describes the first. All or nothing.

    Raises:
        UnsupportedMedia, TooLarge, Invalid: as `create_media` and `create_post` do.
    """
    cleaned(caption, field="caption", limit=MAX_CAPTION)
    _check_number(len(photos))
    made: list[int] = []
    try:
        for photo in photos:
            made.append(create_media(owner_id=author_id, file=photo, alt="" if made else alt).id)
        return create_post(
            author_id=author_id, caption=caption, media_ids=made, visibility=visibility, comments_off=comments_off
        )
    except BaseException:
        for media_id in made:
            delete_media(media_id=media_id, owner_id=author_id)
        raise


def _attachable(author_id: int, media_ids: Sequence[int]) -> list[Media]:
    """The photos in the order asked for, locked: a worker that finishes one waits until it is part of the post."""
    _check_number(len(media_ids))
    rows = Media.objects.kept().filter(pk__in=media_ids, owner_id=author_id, purpose=MediaPurpose.POST, post=None)
    found = {photo.id: photo for photo in rows.order_by("pk").select_for_update()}
    if len(found) != len(media_ids):
        raise Invalid(_("Each photo must be your own, uploaded for a post, and used once."), field="media")
    for photo in found.values():
        if photo.state == MediaState.FAILED:
            raise Invalid(photo.reason, field="media")
    return [found[media_id] for media_id in media_ids]


def _attach(photos: list[Media], post_id: int) -> None:
    for position, photo in enumerate(photos):
        photo.post_id, photo.position = post_id, position
    Media.objects.bulk_update(photos, ["post", "position"])


def _check_number(photos: int) -> None:
    if not photos:
        raise Invalid(_("Choose a photo first."), field="media")
    if photos > MAX_ALBUM:
        told = {"count": photos, "limit": MAX_ALBUM}
        raise Invalid(_("%(count)s photos is over the limit of %(limit)s.") % told, field="media")
