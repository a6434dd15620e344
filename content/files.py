"""The folders below MEDIA_ROOT: taking an upload in, and removing. Knows no rows and no policy."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import File

from content import imaging
from core.problems import Invalid, TooLarge, UnsupportedMedia

ORIGINAL = "original"  # what was sent, kept until the renditions are made, never served
_MEGABYTE = 1024 * 1024

if TYPE_CHECKING:
    Upload = File[Any]
else:
    Upload = File  # generic for the type checker only


def folder_path(folder: str) -> Path:
    """Where a photo's files are."""
    return Path(settings.MEDIA_ROOT) / folder


@contextmanager
def received(file: Upload) -> Iterator[tuple[Path, imaging.ImageInfo]]:
    """Give an upload as a temporary file, once it has been looked at; what is not a photo never gets further.

    Raises:
        UnsupportedMedia: if it is not a photo.
        TooLarge, Invalid: if it is over a limit, or damaged.
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".upload-", dir=root)  # 0600, on the disk where it is going to stay
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            _copy(file, target)
        yield path, _inspected(path)
    finally:
        path.unlink(missing_ok=True)


def keep_original(path: Path, folder: str) -> None:
    """Move a temporary file into its folder; both survive a power cut once this returns."""
    target = folder_path(folder)
    target.mkdir()
    _sync(path)
    path.rename(target / ORIGINAL)
    _sync(target)
    _sync(target.parent)


def drop_original(folder: str) -> None:
    """Remove what was sent; nothing happens if it is gone."""
    (folder_path(folder) / ORIGINAL).unlink(missing_ok=True)


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


def _copy(file: Upload, target: IO[bytes]) -> None:
    """Copy at most the limit: what a client says about the size is not believed."""
    size = 0
    for chunk in file.chunks():
        size += len(chunk)
        if size > settings.MAX_UPLOAD_BYTES:
            limit = settings.MAX_UPLOAD_BYTES // _MEGABYTE
            raise TooLarge(f"This file is over the limit of {limit} MB.", field="file")
        target.write(chunk)


def _inspected(path: Path) -> imaging.ImageInfo:
    try:
        return imaging.inspect(path)
    except imaging.Unacceptable as error:
        raise _refusal(error) from error


def _refusal(error: imaging.Unacceptable) -> Invalid | UnsupportedMedia:
    kind = UnsupportedMedia if error.code == "unknown_type" else Invalid
    return kind(error.reason, field="file")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
