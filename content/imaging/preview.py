"""The two stand-ins shown while a photo loads: a blurhash for API clients, a data: URI for our own pages."""

import base64
import io

import blurhash
from PIL import Image

_BLURHASH_SIDE = 32  # the hash holds 4 x 3 waves: more pixels only cost time (the library is plain Python)
_PLACEHOLDER_SIDE = 16


def blurhash_of(pixels: Image.Image) -> str:
    """Return the 28 characters of a 4 x 3 blurhash of sRGB pixels."""
    small = _within(pixels, _BLURHASH_SIDE)
    flat = list(small.tobytes())
    row = small.width * 3
    grid = [[flat[at : at + 3] for at in range(top, top + row, 3)] for top in range(0, len(flat), row)]
    return str(blurhash.encode(grid, components_x=4, components_y=3))


def placeholder_of(pixels: Image.Image) -> str:
    """Return a WebP of at most 16 x 16 sRGB pixels as a data: URI (about 130 characters)."""
    buffer = io.BytesIO()
    _within(pixels, _PLACEHOLDER_SIDE).save(buffer, "WEBP", quality=30, method=6)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def _within(pixels: Image.Image, side: int) -> Image.Image:
    scale = min(1, side / max(pixels.size))
    width, height = (max(1, round(length * scale)) for length in pixels.size)
    return pixels.resize((width, height), Image.Resampling.BOX)
