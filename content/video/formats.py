"""Tells a video's container from its first bytes; never from its name or from what the client claims."""

from enum import StrEnum

# Those of pictures stand in photos, and Canon's of raw pictures; the rest of what has a `ftyp` box may be a video.
_NO_VIDEO = frozenset({b"avif", b"avis", b"mif1", b"msf1", b"crx "})
_HEIC = (b"hei", b"hev")


class Format(StrEnum):
    """A container that is accepted; the value is the one demuxer that ffmpeg may open it with.

    Each holds its frames itself, once references are off. Playlists, and AVI with the playlists in it, are none.
    """

    MP4 = "mov"  # QuickTime's too
    WEBM = "matroska"


def sniff(head: bytes) -> Format | None:
    """Return the container that a file's first bytes announce, or None for anything else."""
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Format.WEBM
    brand = head[8:12]
    if head[4:8] == b"ftyp" and brand not in _NO_VIDEO and not brand.startswith(_HEIC):
        return Format.MP4
    return None
