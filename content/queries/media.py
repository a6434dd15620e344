"""Reads photos and videos: as values, and where the bytes of a rendition are once the policy allows."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from content.cards import MediaView, media_of
from content.models import Media, MediaState
from core.problems import NotFound

MAX_FILE_BYTES = 16 * 1024 * 1024  # a rendition has under 1 MB; nothing larger is read into a web process


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A rendition: its name is a hash of its content. `content` is None if the client has it already."""

    etag: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class VideoFile:
    """A video's rendition: its name is a hash of its content."""

    path: Path
    size: int  # bytes
    etag: str


def media_view(viewer_id: int | None, media_id: int) -> MediaView:
    """One photo, in one query.

    Raises:
        NotFound: if the viewer may not see it.
    """
    media = Media.objects.visible_to(viewer_id).filter(pk=media_id).first()
    if media is None:
        raise NotFound("There is no such photo.")
    return media_of(media)


def media_by_id(media_ids: Collection[int]) -> dict[int, MediaView]:
    """Photos for their owners' frames; those deleted meanwhile are missing. One query."""
    return {media.id: media_of(media) for media in Media.objects.kept().filter(pk__in=media_ids)}


def media_file(viewer_id: int | None, folder: str, size: int, *, known: frozenset[str] = frozenset()) -> MediaFile:
    """A rendition's bytes, after the policy; without them if its etag is among the `known` ones.

    The file's name comes from the row, never from the address.

    Raises:
        NotFound: if the viewer may not see it, or it has no such rendition.
    """
    rows = Media.objects.visible_to(viewer_id).filter(folder=folder, state=MediaState.READY)
    found = rows.values_list("folder", "renditions").first()
    name = found[1].get(str(size)) if found else None
    if found is None or name is None:
        raise NotFound("There is no such photo.")
    etag = f'"{Path(name).stem}"'
    return MediaFile(etag, None if etag in known else _read(Path(settings.MEDIA_ROOT) / found[0] / name))


def video_file(viewer_id: int | None, folder: str, width: int) -> VideoFile:
    """Where a video's rendition is, after the policy. The file's name comes from the row, never from the address.

    Raises:
        NotFound: if the viewer may not see it, or it has no such rendition.
    """
    rows = Media.objects.visible_to(viewer_id).filter(folder=folder, state=MediaState.READY)
    found = rows.values_list("folder", "videos").first()
    name = found[1].get(str(width)) if found else None
    if found is None or name is None:
        raise NotFound("There is no such video.")
    path = Path(settings.MEDIA_ROOT) / found[0] / name
    try:
        return VideoFile(path, path.stat().st_size, f'"{path.stem}"')
    except FileNotFoundError:
        raise NotFound("There is no such video.") from None  # deleted between the row and the file


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise NotFound("There is no such photo.") from None  # deleted between the row and the file
    if len(content) > MAX_FILE_BYTES:
        raise NotFound("There is no such photo.")
    return content
