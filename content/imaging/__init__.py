"""Photos in, clean renditions out: pure functions over files, with no models, no settings and no network.

`inspect` reads headers only and is for the web process; `render` and `render_avatar` decode and are for a worker.
"""

from .formats import SNIFF_BYTES, Format, sniff
from .limits import MAX_FRAME_PIXELS, MAX_FRAMES, MAX_PIXELS, Unacceptable
from .reading import ImageInfo, inspect
from .rendering import AVATAR_SIZES, WIDTHS, Rendered, render, render_avatar

__all__ = [
    "AVATAR_SIZES",
    "MAX_FRAMES",
    "MAX_FRAME_PIXELS",
    "MAX_PIXELS",
    "SNIFF_BYTES",
    "WIDTHS",
    "Format",
    "ImageInfo",
    "Rendered",
    "Unacceptable",
    "inspect",
    "render",
    "render_avatar",
    "sniff",
]
