"""Measures a video: its frames are counted and one is decoded, as what a file says about itself may be a lie."""

import re
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from . import ffmpeg, limits
from .formats import Format, sniff

WORKPLACE = ".video-"  # begins the names of the folders that ffmpeg fills
SNIFF_BYTES = 64
PICTURE = "0:V:0"  # the first stream of moving pictures: a cover is none
_SECONDS = 10  # 100 MB are counted in 0.3 s
_FACTS = "facts"
_MAX_FACTS_BYTES = 32 * 1024 * 1024

# What ffmpeg's `framecrc` writes: numbers only, and none of the words that a file brings, which could pose as them.
_SIZE = re.compile(r"^#dimensions 0: (\d+)x(\d+)$", re.M)
_SHAPE = re.compile(r"^#sar 0: (\d+)/(\d+)$", re.M)
_BASE = re.compile(r"^#tb 0: (\d+)/(\d+)$", re.M)
_FRAME = re.compile(r"^0, *-?\d+, *(-?\d+), *(\d+), ", re.M)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a file holds; width and height are as a viewer sees it, turned and with square pixels."""

    format: Format
    width: int
    height: int
    seconds: float


def inspect(path: Path) -> VideoInfo:
    """Return what the video is: how long, and how large its first frame; that one is all that is decoded.

    Raises:
        Unacceptable: if it is no video we can read, or over a limit; if there is no ffmpeg.
        OSError: if ffmpeg was killed (Interrupted), or the disk refuses.
    """
    with path.open("rb") as file:
        kind = sniff(file.read(SNIFF_BYTES))
    if kind is None:
        raise limits.damaged()
    most = limits.most_frames()
    counted = _facts(path, kind, ["-c", "copy", "-frames:v", str(most)])
    limits.check_pixels(*_size(counted))
    frames, seconds = _length(counted)
    limits.check_length(seconds, frames)
    shown = _facts(path, kind, ["-frames:v", "1"])
    limits.check_pixels(*_size(shown))
    return VideoInfo(kind, *_size(shown), seconds)


@contextmanager
def workplace(beside: Path) -> Iterator[Path]:
    """Give a folder for ffmpeg to write into, on the same disk; it goes with all that was not taken out of it."""
    with tempfile.TemporaryDirectory(prefix=WORKPLACE, dir=beside) as folder:
        yield Path(folder)


def result(folder: Path, name: str) -> Path:
    """Return a file that ffmpeg wrote. Anything else by its name would be a trick of a video that took ffmpeg over.

    Raises:
        Unacceptable: if there is none, it is empty, or leads elsewhere.
    """
    path = folder / name
    try:
        found = path.lstat()
    except FileNotFoundError:
        raise limits.damaged() from None
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or not found.st_size:
        raise limits.damaged()
    return path


def _facts(path: Path, kind: Format, arguments: Sequence[str]) -> str:
    with workplace(path.parent) as folder:
        wanted = ["-map", PICTURE, *arguments, "-f", "framecrc", str(folder / _FACTS)]
        ffmpeg.run(path, kind, folder, wanted, seconds=_SECONDS)
        with result(folder, _FACTS).open(errors="replace") as file:
            return file.read(_MAX_FACTS_BYTES)


def _size(facts: str) -> tuple[int, int]:
    size, shape = _SIZE.search(facts), _SHAPE.search(facts)
    if size is None:
        raise limits.damaged()
    across, down = (int(shape[1]), int(shape[2])) if shape else (0, 0)
    stretch = Fraction(across, down) if across and down else Fraction(1)
    return round(int(size[1]) * stretch), int(size[2])


def _length(facts: str) -> tuple[int, float]:
    """How many frames, and from the first to the end of the last in seconds."""
    base = _BASE.search(facts)
    shown = [(int(at), int(lasts)) for at, lasts in _FRAME.findall(facts)]
    if base is None or not shown:
        raise limits.damaged()
    ticks = max(at + lasts for at, lasts in shown) - min(at for at, _ in shown)
    return len(shown), ticks * int(base[1]) / int(base[2])
