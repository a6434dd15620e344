"""The folders below MEDIA_ROOT: taking an upload in, and removing. Knows no rows and no policy."""

import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Semaphore
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content import imaging, video
from core import disk
from core.problems import Busy, Invalid, TooLarge, UnsupportedMedia

ORIGINAL = "original"  # what was sent, kept until the renditions are made, never served
NEITHER = gettext_lazy(
    "This file is neither a photo nor a video we can read. Send JPEG, PNG, WebP, AVIF, HEIC, MP4, MOV or WebM."
)
RETRY_AFTER_SECONDS = 5
LATER = gettext_lazy("This video could not be looked at just now. Try again in a moment.")
_MEGABYTE = 1024 * 1024

if TYPE_CHECKING:
    Upload = File[Any]
else:
    Upload = File  # generic for the type checker only


def folder_path(folder: str) -> Path:
    """Where a photo's files are."""
    return Path(settings.MEDIA_ROOT) / folder


@contextmanager
def received(file: Upload, *, videos: bool) -> Iterator[tuple[Path, imaging.ImageInfo | video.VideoInfo]]:
    """Give an upload as a temporary file, once it has been looked at; what is no photo (or video) gets no further.

    Raises:
        UnsupportedMedia: if it is not what was asked for.
        TooLarge, Invalid: if it is over a limit, or damaged.
        Busy: if a video cannot be looked at just now.
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".upload-", dir=root)  # 0600, on the disk where it is going to stay
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            kind = _copy(file, target, videos=videos)
        yield path, _filmed(path) if kind else _inspected(path, videos=videos)
    finally:
        path.unlink(missing_ok=True)


def keep_original(path: Path, folder: str) -> None:
    """Move a temporary file into its folder; both survive a power cut once this returns."""
    target = folder_path(folder)
    target.mkdir()
    disk.sync(path)
    path.rename(target / ORIGINAL)
    disk.sync(target)
    disk.sync(target.parent)


def drop_original(folder: str) -> None:
    """Remove what was sent, and what runs that were killed left of it; nothing happens if it is gone."""
    (folder_path(folder) / ORIGINAL).unlink(missing_ok=True)
    for place in folder_path(folder).glob(f"{video.WORKPLACE}*"):
        shutil.rmtree(place, ignore_errors=True)


def kept_files(folder: str) -> list[Path]:
    """A photo's files, without what is being written; none if its folder is gone."""
    try:
        return sorted(path for path in folder_path(folder).iterdir() if path.is_file() and path.name[0] != ".")
    except FileNotFoundError:
        return []


def remove(folder: str) -> None:
    """Remove a photo's folder with all that is in it; nothing happens if it is gone.

    Raises:
        OSError: if the disk refuses.
    """
    if not folder or "/" in folder or folder.startswith("."):
        raise ValueError(f"{folder!r} is no photo's folder")  # a slip here would remove everybody's photos
    try:
        shutil.rmtree(folder_path(folder))
    except FileNotFoundError:
        return


def remove_path(path: Path) -> None:
    """Remove a file or a folder below MEDIA_ROOT; nothing happens if it is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def bytes_of(path: Path) -> int:
    """How much a file holds, or all files in a folder."""
    parts = path.rglob("*") if path.is_dir() else [path]
    return sum(part.lstat().st_size for part in parts if part.is_file())


def _copy(file: Upload, target: IO[bytes], *, videos: bool) -> video.Format | None:
    """Copy at most the limit of its kind, which the first bytes tell: what a client says is not believed."""
    size, kind = 0, None
    for chunk in file.chunks():
        if videos and not size:
            kind = video.sniff(chunk)
        size += len(chunk)
        if size > (settings.MAX_VIDEO_BYTES if kind else settings.MAX_UPLOAD_BYTES):
            limit = settings.MAX_UPLOAD_BYTES // _MEGABYTE
            otherwise = _("This file is over the limit of %(limit)s MB.") % {"limit": limit}
            raise TooLarge(video.too_large() if kind else otherwise, field="file")
        target.write(chunk)
    return kind


def _inspected(path: Path, *, videos: bool) -> imaging.ImageInfo:
    try:
        return imaging.inspect(path)
    except imaging.Unacceptable as error:
        if error.code == "unknown_type":
            raise UnsupportedMedia(str(NEITHER) if videos else error.reason, field="file") from error
        raise Invalid(error.reason, field="file") from error


def _filmed(path: Path) -> video.VideoInfo:
    places = _places()
    if not places.acquire(blocking=False):
        raise Busy(str(LATER), retry_after_seconds=RETRY_AFTER_SECONDS)
    try:
        return video.inspect(path)
    except imaging.Unacceptable as error:
        kind = UnsupportedMedia if error.code == "unavailable" else Invalid
        raise kind(error.reason, field="file") from error
    except video.Interrupted as error:
        raise Busy(str(LATER), retry_after_seconds=RETRY_AFTER_SECONDS) from error
    finally:
        places.release()


@functools.cache
def _places() -> Semaphore:
    """So many videos are looked at at once. Each may hold a thread for long: half of them are kept for all the rest."""
    return Semaphore(max(1, settings.DOMAIN_THREADS // 2))
