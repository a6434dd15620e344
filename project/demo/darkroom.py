"""Renders each shot once and hands out copies: every photo has a folder of its own. Knows no rows."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from PIL import Image

from content import files, imaging
from content.actions.media import FOLDER_BYTES
from project.demo.album import WHOLE, Shot

# Threads, as Pillow gives the interpreter away while it decodes, scales and encodes: no process has to start for it.
# More than processors, since each photo also waits for the disk.
THREADS = 4
QUALITY = 95  # of a cut on its way to the renderer
WIDEST = 1080  # pixels of a cut: as a phone would share it, and half the work of the original's
WIDEST_AVATAR = 640


@dataclass(frozen=True, slots=True)
class Print:
    """One picture, rendered, in a folder of its own below MEDIA_ROOT."""

    folder: str
    rendered: imaging.Rendered


class Darkroom:
    """Renders into a folder that goes with it; `prints` it has handed out are removed, too, unless they are kept."""

    def __init__(self) -> None:
        root = Path(settings.MEDIA_ROOT)
        root.mkdir(parents=True, exist_ok=True)
        self._bench = Path(tempfile.mkdtemp(prefix=".demo-", dir=root))
        self._rendered: dict[Shot, imaging.Rendered] = {}
        self._avatars: dict[Shot, imaging.Rendered] = {}
        self._handed_out: list[str] = []

    def __enter__(self) -> "Darkroom":
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        shutil.rmtree(self._bench)
        if failed:
            for folder in self._handed_out:
                files.remove(folder)

    def develop(self, shots: Iterable[Shot], *, avatars: Iterable[Shot]) -> None:
        """Render these shots, and avatars of those; equal ones once."""
        wanted, faces = sorted(set(shots)), sorted(set(avatars))
        with ThreadPoolExecutor(THREADS) as threads:
            square = threads.map(self._avatar, faces)
            self._rendered.update(zip(wanted, threads.map(self._photo, wanted), strict=True))
            self._avatars.update(zip(faces, square, strict=True))

    def photo(self, shot: Shot) -> Print:
        """One more copy of a developed shot."""
        return self._copy(self._place(shot), self._rendered[shot])

    def avatar(self, shot: Shot) -> Print:
        """One more copy of a developed avatar."""
        return self._copy(self._place(shot, avatar=True), self._avatars[shot])

    def _photo(self, shot: Shot) -> imaging.Rendered:
        place = self._place(shot)
        return imaging.render(self._cut(shot, place, WIDEST), place)

    def _avatar(self, shot: Shot) -> imaging.Rendered:
        place = self._place(shot, avatar=True)
        return imaging.render_avatar(self._cut(shot, place, WIDEST_AVATAR), place)

    def _place(self, shot: Shot, *, avatar: bool = False) -> Path:
        return self._bench / f"{shot.photo}-{shot.frame}{'-avatar' if avatar else ''}"

    def _cut(self, shot: Shot, place: Path, widest: int) -> Path:
        place.mkdir()
        if shot.frame == WHOLE:
            return shot.path
        cut = place / "cut.jpg"
        save_cut(shot, cut, widest=widest)
        return cut

    def _copy(self, place: Path, rendered: imaging.Rendered) -> Print:
        folder = secrets.token_hex(FOLDER_BYTES)
        target = files.folder_path(folder)
        target.mkdir()
        self._handed_out.append(folder)
        for name in rendered.renditions.values():
            _link(place / name, target / name)
        return Print(folder, rendered)


def save_cut(shot: Shot, path: Path, *, widest: int = WIDEST) -> None:
    """Write the shot as a JPEG, as a camera would have."""
    with Image.open(shot.path) as image:
        cut = image.crop(shot.box(*image.size)).convert("RGB")
        cut.thumbnail((widest, 2 * widest))
        cut.save(path, "JPEG", quality=QUALITY, subsampling=0, icc_profile=image.info.get("icc_profile"))


def _link(source: Path, target: Path) -> None:
    """A second name for the same bytes, where the disk has such; renditions are never written to again."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
