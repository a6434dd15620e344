"""Makes a video's renditions and its poster. Belongs in a worker, never in a web process.

A second run writes the same pictures again; names are hashes of content, so nothing is ever half replaced. Measured on
one of two cores: 8 seconds of 4K HEVC, the most costly that phones record, take 8 s and 450 MB; of 720p, 1 s.
"""

from dataclasses import dataclass
from pathlib import Path

from content import imaging
from content.imaging.storing import adopt

from . import ffmpeg
from .reading import PICTURE, VideoInfo, inspect, result, workplace

# Short side, long side, the most bits a second of picture and of sound.
_SIZES = ((720, 1280, "3M", "128k"), (360, 640, "800k", "96k"))
_SECONDS = 90  # Celery ends the task after 120
_POSTER = "poster.png"
_POSTER_FROM = 30  # frames, of which the one most like the others is shown: many a video begins in black

_PICTURE = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23", "-threads", "2"]
_SOUND = ["-c:a", "aac", "-ac", "2", "-ar", "48000"]
# Nothing that tells of place, time or device goes along; a player may start before it has the whole file.
_CLEAN = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was made. Width and height are the video's own, upright; `videos` are real width → file name (MP4)."""

    width: int
    height: int
    seconds: float
    videos: dict[int, str]
    poster: imaging.Rendered


@dataclass(frozen=True, slots=True)
class _Size:
    width: int
    height: int
    picture_bits: str
    sound_bits: str

    @property
    def name(self) -> str:
        return f"{self.width}.mp4"


def render(path: Path, out_dir: Path) -> Rendered:
    """Write the video's renditions into the directory, never larger than itself, and those of its poster.

    Raises:
        Unacceptable: if it is no video, over a limit, or cannot be decoded in time: trying again is useless.
        OSError: if ffmpeg was killed, or the disk refuses: trying again may help.
    """
    info = inspect(path)
    sizes = _sizes(info)
    with workplace(out_dir) as folder:
        ffmpeg.run(path, info.format, folder, _arguments(sizes, folder, info.seconds), seconds=_SECONDS)
        poster = imaging.render(result(folder, _POSTER), out_dir)
        videos = {size.width: adopt(result(folder, size.name), out_dir, ".mp4") for size in sizes}
    return Rendered(info.width, info.height, info.seconds, videos, poster)


def _sizes(info: VideoInfo) -> list[_Size]:
    """The sizes to make, largest first; of a small video there is one."""
    short, long = sorted((info.width, info.height))
    found: dict[int, _Size] = {}
    for most_short, most_long, picture_bits, sound_bits in _SIZES:
        scale = min(1, most_short / short, most_long / long)
        width, height = _even(info.width * scale), _even(info.height * scale)
        found.setdefault(width, _Size(width, height, picture_bits, sound_bits))
    return list(found.values())


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)  # H.264 has one colour for four pixels


def _arguments(sizes: list[_Size], folder: Path, seconds: float) -> list[str]:
    """One run makes all: the frames are decoded once, turned as their file says, and each size made of the larger."""
    steps = [f"[{PICTURE}]scale={sizes[0].width}:{sizes[0].height},setsar=1,format=yuv420p"]
    steps.append(f"split={len(sizes) + 1}[made0]" + "".join(f"[for{at}]" for at in range(1, len(sizes))) + "[first]")
    chains = [",".join(steps), f"[first]thumbnail={_POSTER_FROM}[poster]"]
    chains += [f"[for{at}]scale={size.width}:{size.height}[made{at}]" for at, size in enumerate(sizes) if at]
    poster = ["-map", "[poster]", "-frames:v", "1", "-f", "image2", "-update", "1", str(folder / _POSTER)]
    made = [argument for at, size in enumerate(sizes) for argument in _rendition(at, size, folder, seconds)]
    return ["-filter_complex_threads", "1", "-filter_complex", ";".join(chains), *poster, *made]


def _rendition(at: int, size: _Size, folder: Path, seconds: float) -> list[str]:
    streams = ["-map", f"[made{at}]", "-map", "0:a:0?", "-t", f"{seconds + 1:.3f}"]
    bits = ["-maxrate", size.picture_bits, "-bufsize", size.picture_bits, "-b:a", size.sound_bits]
    return [*streams, *_PICTURE, *_SOUND, *bits, *_CLEAN, str(folder / size.name)]
