"""Tells a photo's format from its first bytes; never from its name or from what the client claims."""

from enum import StrEnum

# Enough for an ISO-BMFF `ftyp` box with a dozen compatible brands; the other formats need 16 bytes at most.
SNIFF_BYTES = 64

_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_GENERIC_BRANDS = frozenset({b"mif1", b"msf1"})


class Format(StrEnum):
    """A format that is accepted; the value is what the API and the database say."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    HEIC = "heic"


def sniff(head: bytes) -> Format | None:
    """Return the format that the first `SNIFF_BYTES` bytes of a file announce, or None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[4:8] == b"ftyp":
        return _sniff_brands(head)
    return None


def _sniff_brands(head: bytes) -> Format | None:
    major = head[8:12]
    if major in _AVIF_BRANDS:
        return Format.AVIF
    if major in _HEIC_BRANDS:
        return Format.HEIC
    if major not in _GENERIC_BRANDS:
        return None  # a video (isom, mp42, qt) or Canon raw (crx)
    # `mif1` only says "HEIF structure": which codec is inside stands among the compatible brands.
    end = min(len(head), int.from_bytes(head[:4], "big"))
    compatible = {head[at : at + 4] for at in range(16, end, 4)}
    return Format.AVIF if compatible & _AVIF_BRANDS else Format.HEIC
