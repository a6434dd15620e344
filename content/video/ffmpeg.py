"""Runs ffmpeg, confined: one file to read, one folder to write, one demuxer, no network, so much time. Knows no video.

What it prints is thrown away: what it has to tell it writes into its folder, where the jail bounds it.
"""

import functools
import logging
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import imageio_ffmpeg
from django.conf import settings

from . import jail, limits
from .formats import Format

logger = logging.getLogger(__name__)

JAIL = Path(jail.__file__)
# What phones, cameras and browsers record; each further decoder would be one more that a hostile file may choose.
_DECODERS = (
    "h264,hevc,vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,h263,mjpeg,prores,"
    "aac,mp3,mp3float,opus,libopus,vorbis,libvorbis,ac3,alac,amrnb,pcm_s16le,pcm_s16be,pcm_s24le"
)
_KILLED = frozenset({-signal.SIGKILL, -signal.SIGTERM})  # from outside, for memory or an end; the file may be innocent
_ENCODER = b"libx264"
_LOOK_SECONDS = 30  # a program of 170 MB that was never read before comes slowly from a slow disk


class Interrupted(OSError):
    """Ffmpeg was killed from outside: trying again may help."""


def run(source: Path, kind: Format, folder: Path, arguments: Sequence[str], *, seconds: int) -> None:
    """Have ffmpeg read the file, and write what the arguments say into the folder; it is killed after `seconds`.

    Raises:
        Unacceptable: if there is no ffmpeg to confine, it refuses the file, or takes too long.
        Interrupted: if it was killed: trying again may help.
    """
    program = find()
    if program is None:
        raise limits.unavailable()
    _warn_of_open_files()
    # No demuxer but this one, which opens no other file; the lists of protocols and decoders hold whatever it does.
    opened = ["-protocol_whitelist", "file", "-codec_whitelist", _DECODERS, "-threads", str(jail.CORES), "-f", kind]
    command = [program, "-nostdin", "-loglevel", "quiet", *opened, "-i", str(source), *arguments]
    _check(_confined(command, source, folder, seconds), seconds)


def find() -> str | None:
    """Return the ffmpeg to run: the one that is set, or the system's, or the one that came with us; None if none is."""
    if platform.machine() not in jail.MACHINES or sys.platform != "linux":
        return None  # nothing to confine it with
    path = settings.FFMPEG or _found()
    return path if os.access(path, os.X_OK) else None


@functools.cache
def _found() -> str:
    """The first that makes what we need: what some systems ship may not make H.264. Empty if there is none."""
    return next(filter(_encodes, _installed()), "")


def _installed() -> Iterator[str]:
    if system := shutil.which("ffmpeg"):
        yield system
    with suppress(RuntimeError):  # there is no wheel with a program for this machine
        yield imageio_ffmpeg.get_ffmpeg_exe()


def _encodes(path: str) -> bool:
    command = [path, "-nostdin", "-hide_banner", "-encoders"]
    try:
        said = subprocess.run(command, capture_output=True, timeout=_LOOK_SECONDS, check=False)  # noqa: S603 -- as below
    except (OSError, subprocess.TimeoutExpired):
        return False
    return _ENCODER in said.stdout


@functools.cache
def _warn_of_open_files() -> None:
    if jail.landlock_version() < 1:
        logger.warning("this system has no Landlock: ffmpeg may read the files that this process may")


def _confined(command: list[str], source: Path, folder: Path, seconds: int) -> int | None:
    """Run a command in the jail; return its exit code, or None if it took too long. Nothing of it is left running."""
    process = subprocess.Popen(  # noqa: S603 -- the program is the operator's
        [sys.executable, "-I", "-S", str(JAIL), str(seconds), str(source), str(folder), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:  # Celery's own time limit is an exception too
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _check(code: int | None, seconds: int) -> None:
    if code == jail.NOT_CONFINED:
        logger.error("ffmpeg could not be confined, so it was not started")
        raise limits.unavailable()
    if code in _KILLED:
        raise Interrupted(f"ffmpeg was killed ({code})")
    if code is None:
        raise limits.too_slow(seconds)
    if code:
        raise limits.damaged()
