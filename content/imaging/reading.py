"""Opens a photo safely: sniffed, within the limits, and by the one decoder meant for it. Makes nothing."""

import mmap
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import pi_heif
from PIL import AvifImagePlugin, ExifTags, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from . import limits
from .formats import SNIFF_BYTES, Format, sniff
from .headers import read_header

# Named from the plugins, which thereby are loaded: Image.open() would otherwise load all 43 decoders to look for one.
_PILLOW_NAMES = {
    Format.JPEG: JpegImagePlugin.JpegImageFile.format,
    Format.PNG: PngImagePlugin.PngImageFile.format,
    Format.WEBP: WebPImagePlugin.WebPImageFile.format,
    Format.AVIF: AvifImagePlugin.AvifImageFile.format,
    Format.HEIC: "HEIF",  # registered at the first HEIC only
}

# What Pillow, its plugins and pi-heif raise on hostile bytes. Not `Exception`: Celery's soft time limit is one too,
# and a worker without memory is not the photo's fault.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    TypeError,
    LookupError,
    ArithmeticError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)

# The second line, for the whole process, should our own reading of a header differ from Pillow's: between one and two
# times its limit Pillow only warns.
Image.MAX_IMAGE_PIXELS = limits.MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What a file holds; width and height are as a viewer sees them, after the EXIF orientation."""

    format: Format
    width: int
    height: int
    frames: int


def inspect(path: str | Path) -> ImageInfo:
    """Return what the photo is, from its headers only: no pixel is decoded, nothing of its size is allocated.

    A file that passes may still be damaged further on; `render` finds that.

    Raises:
        Unacceptable: if it is not a photo, is empty, over a limit, or its header is cut short.
    """
    with open_photo(path) as (kind, image):
        width, height = seen_size(image.size, orientation(image))
        return ImageInfo(kind, width, height, _frames(kind, image))


@contextmanager
def open_photo(path: str | Path) -> Iterator[tuple[Format, ImageFile.ImageFile]]:
    """Open a photo that is within the limits; its pixels are not decoded yet.

    Raises:
        Unacceptable: as in `inspect`.
        OSError: if the file itself cannot be read (missing, disk error): trying again may help.
    """
    with Path(path).open("rb") as file:
        kind = _check(file)
        with decoding():
            image = Image.open(file, formats=(_pillow_name(kind),))
        with image:
            _check_opened(kind, image)
            yield kind, image


@contextmanager
def decoding() -> Iterator[None]:
    """Turn what a decoder raises on bad bytes inside the block into Unacceptable. Put nothing else in the block."""
    try:
        yield
    except _DECODER_ERRORS as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's error, not the photo's: Pillow's own carry no number
        raise limits.damaged() from error


def orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 if there is none or it is nonsense."""
    try:
        # PNG's own getexif() decodes all pixels first, as EXIF may stand behind them; a web process must not.
        value = Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1)
    except _DECODER_ERRORS:
        return 1  # broken EXIF is common and says nothing about the pixels
    return value if value in range(1, 9) else 1


def seen_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    """Return the size after the orientation: 5 to 8 lie on their side. The other way round is the same."""
    return (size[1], size[0]) if turn >= 5 else size


def _check(file: IO[bytes]) -> Format:
    head = file.read(SNIFF_BYTES)
    if not head:
        raise limits.empty()
    kind = sniff(head)
    if kind is None:
        raise limits.unknown_type()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        header = read_header(data, kind)
    limits.check_pixels(header.width, header.height)
    limits.check_frames(header.frames, header.width, header.height)
    limits.check_scans(header.scans)
    return kind


def _check_opened(kind: Format, image: ImageFile.ImageFile) -> None:
    # The header was read once already; this is what the decoder believes, and the decoder is what allocates.
    limits.check_pixels(*image.size)
    limits.check_frames(_frames(kind, image), *image.size)


def _frames(kind: Format, image: ImageFile.ImageFile) -> int:
    # Phones put a preview or a gain map behind a JPEG (MPO): that is not a second frame, and nobody decodes it.
    return 1 if kind is Format.JPEG else getattr(image, "n_frames", 1)


def _pillow_name(kind: Format) -> str:
    if kind is Format.HEIC:
        _register_heic()
    return _PILLOW_NAMES[kind]


@cache
def _register_heic() -> None:
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
