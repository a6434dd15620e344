"""Decodes a photo and writes its renditions. Belongs in a worker, never in a web process.

Each function is safe in threads and after a fork, and a second run writes the same bytes under the same names.

Measured with Pillow 13 on Python 3.11, one core, a fresh process each, ru_maxrss at its end (27 MB is the interpreter):
a 24-megapixel JPEG of 8.5 MB to four renditions 0.5 s and 104 MB, to two avatars 0.16 s and 51 MB. At the limit of 60
megapixels: progressive JPEG 428 MB, PNG with alpha 331 MB, very tall PNG 687 MB, AVIF 558 MB, and the worst, WebP,
whose decoder holds two more canvases, 949 MB. Give a worker process 1.2 GB.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from . import colour, preview
from .formats import Format
from .reading import decoding, open_photo, orientation, seen_size
from .storing import store

WIDTHS = (320, 750, 1080, 1440)  # a grid; phones of two dots a pixel, and of three; a desk
AVATAR_SIZES = (96, 320)
_QUALITY = 82
_MAX_SIDE = 16_383  # WebP holds no more; a very tall photo gets narrower renditions instead

_Size = tuple[int, int]
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was made. Width and height are the photo's own, upright; renditions are real width → file name (WebP)."""

    width: int
    height: int
    blurhash: str
    placeholder: str  # data: URI
    renditions: dict[int, str]
    bytes: int  # of all renditions together


@dataclass(frozen=True, slots=True)
class _Picture:
    pixels: Image.Image  # RGB, upright, with no metadata
    profile: bytes | None
    width: int
    height: int


def render(path: str | Path, out_dir: str | Path, widths: tuple[int, ...] = WIDTHS) -> Rendered:
    """Write the photo's renditions into the directory; never larger than the photo itself.

    Raises:
        Unacceptable: if it is no photo, over a limit, or cannot be decoded: trying again is useless.
        OSError: if reading or writing fails: trying again may help.
    """
    picture = _decode(path, lambda size: _fit(size, max(widths)))
    sizes = {fitted[0]: fitted for fitted in (_fit((picture.width, picture.height), width) for width in widths)}
    return _write(picture, [_resized(picture.pixels, sizes[width]) for width in sorted(sizes)], out_dir)


def render_avatar(path: str | Path, out_dir: str | Path, sizes: tuple[int, ...] = AVATAR_SIZES) -> Rendered:
    """Write centre-cropped squares into the directory; never larger than the photo's short side.

    Raises:
        Unacceptable, OSError: as `render`.
    """
    picture = _decode(path, lambda size: _cover(size, max(sizes)))
    square = _centre(picture.pixels)
    sides = sorted({min(side, square.width) for side in sizes})
    short = min(picture.width, picture.height)
    return _write(
        _Picture(square, picture.profile, short, short), [_resized(square, (side, side)) for side in sides], out_dir
    )


def _decode(path: str | Path, fit: Callable[[_Size], _Size]) -> _Picture:
    """Return the upright picture at the size that `fit` makes of its full, upright size."""
    _verify(path)
    with open_photo(path) as (kind, image):
        if kind is not Format.JPEG:
            with decoding():
                image.load()  # before anything is asked: PNG may carry EXIF behind its pixels, HEIC may change size
        turn = orientation(image)
        profile, mode, full = image.info.get("icc_profile"), image.mode, image.size
        wanted = seen_size(fit(seen_size(full, turn)), turn)
        with decoding():
            # JPEG only: decoded at 1/2, 1/4 or 1/8, but at twice what is needed, for quality.
            image.draft(None, (wanted[0] * 2, wanted[1] * 2))
            image.load()
        pixels, profile = colour.finish(colour.shrink(image, wanted), profile, mode)
    if turn in _TURNS:
        pixels = pixels.transpose(_TURNS[turn])
    return _Picture(pixels, profile, *seen_size(full, turn))


def _verify(path: str | Path) -> None:
    # Pillow skips the checksum of a PNG's pixels when it decodes; libpng and the browsers do not.
    with open_photo(path) as (kind, image):
        if kind is Format.PNG:
            with decoding():
                image.verify()


def _fit(size: _Size, width: int) -> _Size:
    scale = min(1, width / size[0], _MAX_SIDE / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _cover(size: _Size, side: int) -> _Size:
    scale = min(1, side / min(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _centre(pixels: Image.Image) -> Image.Image:
    side = min(pixels.size)
    left, top = (pixels.width - side) // 2, (pixels.height - side) // 2
    return pixels.crop((left, top, left + side, top + side))


def _resized(pixels: Image.Image, size: _Size) -> Image.Image:
    return pixels.resize(size, Image.Resampling.LANCZOS)


def _write(picture: _Picture, pictures: list[Image.Image], out_dir: str | Path) -> Rendered:
    encoded = {pixels.width: _webp(pixels, picture.profile) for pixels in pictures}
    small = colour.to_srgb(pictures[0], picture.profile)
    return Rendered(
        width=picture.width,
        height=picture.height,
        blurhash=preview.blurhash_of(small),
        placeholder=preview.placeholder_of(small),
        renditions={width: store(data, out_dir, ".webp") for width, data in encoded.items()},
        bytes=sum(map(len, encoded.values())),
    )


def _webp(pixels: Image.Image, profile: bytes | None) -> bytes:
    buffer = io.BytesIO()
    pixels.save(buffer, "WEBP", quality=_QUALITY, method=4, icc_profile=profile or b"", exif=b"", xmp=b"")
    return buffer.getvalue()
