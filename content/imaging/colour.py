"""Turns any decoded pixels into plain RGB that carries nothing but, at most, a colour profile. Knows no files."""

import io

from PIL import Image, ImageCms

_BAND_PIXELS = 4_000_000  # conversions copy, so they go band by band: 16 MB each, whatever the photo's size
_MAX_PROFILE_BYTES = 64 * 1024  # Display P3 is 548 bytes; printer tables of 1 MB are applied instead of passed on
_GREY_MODES = frozenset({"1", "L", "LA", "I;16", "I;16B", "I;16L", "I;16N", "I", "F"})
_PROFILE_ERRORS = (ImageCms.PyCMSError, OSError, ValueError, TypeError)


def shrink(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a resized copy, RGB (CMYK stays CMYK: its profile is still needed), alpha flattened on white.

    The pixels are new: none of the source's `info` (EXIF, XMP, comments) goes with them.
    """
    factor = max(1, int(min(image.width / size[0], image.height / size[1]) / 2))
    reduced = Image.new(
        "CMYK" if image.mode == "CMYK" else "RGB", (-(-image.width // factor), -(-image.height // factor))
    )
    rows = max(1, _BAND_PIXELS // image.width // factor) * factor
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        reduced.paste(_flatten(band).reduce(factor), (0, top // factor))
    box = (0, 0, image.width / factor, image.height / factor)
    return reduced.resize(size, Image.Resampling.LANCZOS, box=box)


def finish(pixels: Image.Image, profile: bytes | None, source_mode: str) -> tuple[Image.Image, bytes | None]:
    """Return RGB pixels and the profile that describes them; None means sRGB.

    An RGB profile is kept as it is. One for other pixels (CMYK, grey) or a huge one is applied, then dropped.
    """
    profile = _trimmed(profile)
    wanted = _profile_mode(source_mode)
    if profile is None or profile[16:20] != wanted[1]:
        return pixels.convert("RGB"), None
    if wanted[0] == "RGB" and len(profile) <= _MAX_PROFILE_BYTES and _is_readable(profile):
        return pixels, profile
    return to_srgb(pixels.convert(wanted[0]), profile), None


def to_srgb(pixels: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the pixels in sRGB; as they are if there is no profile or it is broken."""
    if profile is None:
        return pixels
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(pixels, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except _PROFILE_ERRORS:
        return pixels.convert("RGB")
    assert converted is not None
    converted.info.clear()
    return converted


def _flatten(band: Image.Image) -> Image.Image:
    if band.mode in {"RGB", "CMYK"} and "transparency" not in band.info:
        return band
    if band.mode.startswith("I"):
        # 16 bits a pixel; a plain convert() would clip everything over 255 to white.
        return band.convert("I").point(lambda value: value / 257).convert("L").convert("RGB")
    if not band.has_transparency_data:
        return band.convert("RGB")
    rgba = band.convert("RGBA")
    white = Image.new("RGB", band.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def _trimmed(profile: bytes | None) -> bytes | None:
    """Return the profile cut to the length it declares, so that nothing rides behind it; None if it is no profile."""
    if profile is None or profile[36:40] != b"acsp":
        return None
    declared = int.from_bytes(profile[:4], "big")
    return profile[:declared] if 128 < declared <= len(profile) else None


def _profile_mode(source_mode: str) -> tuple[str, bytes]:
    if source_mode == "CMYK":
        return "CMYK", b"CMYK"
    return ("L", b"GRAY") if source_mode in _GREY_MODES else ("RGB", b"RGB ")


def _is_readable(profile: bytes) -> bool:
    try:
        ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except _PROFILE_ERRORS:
        return False
    return True
