"""Reads what a file says about itself (size, frames, scans) from its headers, before any image library sees it.

The libraries allocate when they open: WebP takes two canvases of the announced size, so a bomb must be seen earlier.
Nothing here is trusted afterwards: the library's own size is checked again.
"""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .formats import Format
from .limits import damaged

# A file mapped into memory: parts that are skipped are never read from the disk.
Data = bytes | mmap.mmap

# No honest file has as many; a file made of empty chunks must not keep a web process busy.
_MAX_PARTS = 4_096
# In JPEG's coded data 0xff is followed by 0x00 or a restart marker; anything else is the next segment.
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JPEG_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Header:
    """What the headers announce; `frames` of AVIF and HEIC is left to the library, which counts without decoding."""

    width: int
    height: int
    frames: int = 1
    scans: int = 1


def read_header(data: Data, kind: Format) -> Header:
    """Return what the file announces.

    Raises:
        Unacceptable: if the header is cut short or contradicts its format.
    """
    return _READERS[kind](data)


def _number(data: Data, at: int, size: int, *, little: bool = False) -> int:
    part = data[at : at + size]
    if len(part) < size:
        raise damaged()
    return int.from_bytes(part, "little" if little else "big")


def _jpeg(data: Data) -> Header:
    size: tuple[int, int] | None = None
    scans = 0
    for marker, at in _jpeg_segments(data):
        if marker == 0xDA:
            scans += 1
        elif marker in _JPEG_FRAME_MARKERS and size is None:
            size = _number(data, at + 5, 2), _number(data, at + 3, 2)
    if size is None:
        raise damaged()
    return Header(*size, scans=scans)


def _jpeg_segments(data: Data) -> Iterator[tuple[int, int]]:
    """Yield (marker, offset of the segment's length) up to the end of the picture; what is appended is not read."""
    at = 2
    for _ in range(_MAX_PARTS):
        found = _JPEG_MARKER.search(data, at)
        if found is None or found[0] == b"\xff\xd9":
            return
        marker, at = found[0][1], found.end()
        yield marker, at
        at += _number(data, at, 2)
    raise damaged()


def _png(data: Data) -> Header:
    if data[12:16] != b"IHDR":
        raise damaged()
    frames = 1
    for name, at in _png_chunks(data):
        if name == b"acTL":
            frames = max(1, _number(data, at, 4))
    return Header(_number(data, 16, 4), _number(data, 20, 4), frames)


def _png_chunks(data: Data) -> Iterator[tuple[bytes, int]]:
    """Yield (name, offset of the content) up to the pixels: `acTL` is only valid before them."""
    at = 8
    for _ in range(_MAX_PARTS):
        name = data[at + 4 : at + 8]
        if name in {b"IDAT", b""}:
            return
        yield name, at + 8
        at += 12 + _number(data, at, 4)
    raise damaged()


def _webp(data: Data) -> Header:
    name = data[12:16]
    if name == b"VP8X":
        frames = sum(chunk == b"ANMF" for chunk in _webp_chunks(data))
        width, height = (1 + _number(data, at, 3, little=True) for at in (24, 27))
        return Header(width, height, max(1, frames))
    if name == b"VP8L":
        bits = _number(data, 21, 4, little=True)
        return Header(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if name == b"VP8 ":
        return Header(_number(data, 26, 2, little=True) & 0x3FFF, _number(data, 28, 2, little=True) & 0x3FFF)
    raise damaged()


def _webp_chunks(data: Data) -> Iterator[bytes]:
    at = 12
    for _ in range(_MAX_PARTS):
        name = data[at : at + 4]
        if not name:
            return
        yield name
        size = _number(data, at + 4, 4, little=True)
        at += 8 + size + size % 2
    raise damaged()


def _heif(data: Data) -> Header:
    """Return the largest size found: thumbnails and tiles have one too, and the worst is what to guard against."""
    sizes = list(_heif_sizes(data))
    if not sizes:
        raise damaged()
    return Header(*max(sizes, key=lambda size: size[0] * size[1]))


def _heif_sizes(data: Data) -> Iterator[tuple[int, int]]:
    for meta, end in _boxes(data, 0, len(data), b"meta"):
        for properties, end_properties in _boxes(data, meta + 4, end, b"iprp"):
            for container, end_container in _boxes(data, properties, end_properties, b"ipco"):
                for at, _ in _boxes(data, container, end_container, b"ispe"):
                    yield _number(data, at + 4, 4), _number(data, at + 8, 4)


def _boxes(data: Data, at: int, end: int, wanted: bytes) -> Iterator[tuple[int, int]]:
    """Yield (content, end) of the ISO-BMFF boxes of that name among those between `at` and `end`."""
    for _ in range(_MAX_PARTS):
        if at >= end:
            return
        size, content = _number(data, at, 4), at + 8
        if size == 1:
            size, content = _number(data, at + 8, 8), at + 16
        elif size == 0:
            size = end - at
        if size < content - at:
            raise damaged()
        if data[at + 4 : at + 8] == wanted:
            yield content, min(at + size, end)
        at += size
    raise damaged()


_READERS = {Format.JPEG: _jpeg, Format.PNG: _png, Format.WEBP: _webp, Format.AVIF: _heif, Format.HEIC: _heif}
