"""Reads photos and videos: as values, and where the bytes of a rendition are once the policy allows."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from content.models import Media, MediaState
from content.photos import MediaView, media_of
from content.proofs import proven_by
from core.prepared import prepared
from core.problems import NotFound

_Column = Literal["renditions", "videos"]

_NONE = "There is no such photo or video."
MAX_FILE_BYTES = 16 * 1024 * 1024  # a rendition has under 1 MB; nothing larger is read into a web process


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A rendition: its name is a hash of its content. `content` is a photo's, unless it is not for us to send it."""

    path: str  # below MEDIA_ROOT
    etag: str
    is_public: bool
    size: int = 0  # bytes of a video
    content: bytes | None = None


def media_view(viewer_id: int | None, media_id: int) -> MediaView:
    """One photo, in one query; its addresses open without credentials, for a while if not everybody may see it.

    Raises:
        NotFound: if the viewer may not see it.
    """
    media = Media.objects.visible_to(viewer_id).with_public().filter(pk=media_id).first()
    if media is None:
        raise NotFound(_NONE)
    return media_of(media, proven_for=None if media.is_public else viewer_id)  # type: ignore[attr-defined]


def media_by_id(media_ids: Collection[int]) -> dict[int, MediaView]:
    """Photos for their owners' frames; those deleted meanwhile are missing. One query."""
    return {media.id: media_of(media) for media in Media.objects.kept().filter(pk__in=media_ids)}


def media_file(
    viewer_id: int | None, folder: str, size: int, *, proof: str = "", known: frozenset[str] = frozenset()
) -> MediaFile:
    """A photo's rendition, or one of a video's poster, after the policy.

    Without its bytes if its etag is `known`, or the proxy in front sends them. Who is signed in is asked about and
    nobody else; a `proof` counts for who is not. In one query, two with a proof.

    Raises:
        NotFound: if the viewer may not see it, or it has no such rendition.
    """
    file = _file(viewer_id, folder, "renditions", size, proof)
    if file.etag in known or settings.MEDIA_LOCATION:
        return file
    return replace(file, content=_read(Path(settings.MEDIA_ROOT) / file.path))


def video_file(viewer_id: int | None, folder: str, width: int, *, proof: str = "") -> MediaFile:
    """The same for a video's rendition: where it is, and how large.

    Raises:
        NotFound: if the viewer may not see it, or it has no such rendition.
    """
    return _sized(_file(viewer_id, folder, "videos", width, proof))


def _file(viewer_id: int | None, folder: str, column: _Column, size: int, proof: str) -> MediaFile:
    """The file's name comes from the row, never from the address."""
    found = _ready(column, viewer_id=viewer_id or _active(proven_by(proof, folder)), folder=folder)
    media = found[0] if found else None
    name = getattr(media, column).get(str(size)) if media else None
    if media is None or name is None:
        raise NotFound(_NONE)
    return MediaFile(f"{media.folder}/{name}", f'"{Path(name).stem}"', media.is_public)  # type: ignore[attr-defined]


@prepared
def _ready(column: _Column, *, viewer_id: int | None, folder: str) -> QuerySet[Media]:
    rows = Media.objects.visible_to(viewer_id).with_public()
    return rows.filter(folder=folder, state=MediaState.READY).only("folder", column)


def _active(user_id: int | None) -> int | None:
    """Somebody who was suspended or has left since is nobody."""
    return user_id if user_id and User.objects.filter(pk=user_id, is_active=True).exists() else None


def held_photo(media_id: int) -> bytes:
    """The largest rendition of a photo that may be hidden or deleted, whatever the policy says: ops asks its own.

    Raises:
        NotFound: if it is not there, or not ready.
    """
    found = Media.objects.filter(pk=media_id, state=MediaState.READY).values_list("folder", "renditions").first()
    if found is None or not found[1]:
        raise NotFound(_NONE)
    folder, renditions = found
    return _read(Path(settings.MEDIA_ROOT) / folder / renditions[max(renditions, key=int)])


def held_video(media_id: int) -> MediaFile:
    """The largest rendition of a video, under the same terms.

    Raises:
        NotFound: if it is not there, not ready, or a photo.
    """
    found = Media.objects.filter(pk=media_id, state=MediaState.READY).values_list("folder", "videos").first()
    if found is None or not found[1]:
        raise NotFound(_NONE)
    folder, videos = found
    name = videos[max(videos, key=int)]
    return _sized(MediaFile(f"{folder}/{name}", f'"{Path(name).stem}"', is_public=False))


def _sized(file: MediaFile) -> MediaFile:
    try:
        return replace(file, size=(Path(settings.MEDIA_ROOT) / file.path).stat().st_size)
    except FileNotFoundError:
        raise NotFound(_NONE) from None  # deleted between the row and the file


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise NotFound(_NONE) from None  # deleted between the row and the file
    if len(content) > MAX_FILE_BYTES:
        raise NotFound(_NONE)
    return content
