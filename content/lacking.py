"""Rows and files held against each other: what one has and the other lacks. Removes nothing."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from content import files
from content.models import UNFINISHED, Media, MediaState

BATCH = 500  # rows or folders that are looked at together


def lost_files() -> Iterator[str]:
    """The files that rows name and the disk lacks, as paths below MEDIA_ROOT."""
    rows = Media.objects.filter(state__in=(*UNFINISHED, MediaState.READY)).order_by("pk")
    for media in rows.only("folder", "state", "renditions", "videos").iterator(BATCH):
        for name in _names(media):
            if not (files.folder_path(media.folder) / name).exists():
                yield f"{media.folder}/{name}"


def orphans(*, before: float) -> Iterator[Path]:
    """What no row names below MEDIA_ROOT and has not changed since a moment (a POSIX timestamp): folders and files.

    A folder of nobody; what an upload, a backup or a look that was killed has left; what was sent of a finished photo.
    """
    root = Path(settings.MEDIA_ROOT)
    children = (path for path in root.iterdir() if path.stat().st_mtime < before) if root.is_dir() else iter(())
    while some := list(itertools.islice(children, BATCH)):
        owned = dict(Media.objects.filter(folder__in=[path.name for path in some]).values_list("folder", "state"))
        for path in some:
            if path.name not in owned:
                yield path
            elif owned[path.name] not in UNFINISHED and (original := path / files.ORIGINAL).exists():
                yield original


def _names(media: Media) -> set[str]:
    if media.state in UNFINISHED:
        return {files.ORIGINAL}
    return {*media.renditions.values(), *media.videos.values()}
