"""How much picture is accepted, and the one exception that tells a person why theirs was not."""

from django.utils.translation import gettext as _

from core.numbers import grouped

MAX_PIXELS = 60_000_000  # over every phone and nearly every camera; decoded it is 240 MB in Pillow
MAX_FRAMES = 60  # only the first is shown, but the libraries index them all
MAX_FRAME_PIXELS = 100_000_000  # 300 frames of a million pixels fit in 541 KiB, so a cap on bytes does not help
MAX_SCANS = 100  # a progressive JPEG has about ten; each further one costs a whole pass over all pixels

_TIMES = "\N{MULTIPLICATION SIGN}"


class Unacceptable(Exception):
    """A file that cannot become a photo here, whatever is tried again.

    `code` is stable, for programs: empty, unknown_type, damaged, too_many_pixels, too_many_frames, too_many_scans.
    `reason` is a finished sentence, for the person who sent the file.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    def __reduce__(self) -> tuple[type["Unacceptable"], tuple[str, str]]:
        # An exception with two arguments is not unpickled by default, and Celery pickles what crosses its pool.
        return type(self), (self.code, self.reason)


def size(width: int, height: int) -> str:
    """A picture's size as people write it."""
    return f"{grouped(width)} {_TIMES} {grouped(height)}"


def empty() -> Unacceptable:
    return Unacceptable("empty", _("This file is empty. Send it again."))


def unknown_type() -> Unacceptable:
    return Unacceptable("unknown_type", _("This file is not a photo we can read. Send JPEG, PNG, WebP, AVIF or HEIC."))


def damaged() -> Unacceptable:
    return Unacceptable("damaged", _("This photo is damaged or cut short. Export it again and send that file."))


def check_pixels(width: int, height: int) -> None:
    """Raise Unacceptable if one frame of this size is too large, or is no picture at all."""
    if width < 1 or height < 1:
        raise damaged()
    if width * height > MAX_PIXELS:
        reason = _("%(size)s pixels is over the limit of %(limit)s megapixels.")
        raise Unacceptable("too_many_pixels", reason % {"size": size(width, height), "limit": MAX_PIXELS // 1_000_000})


def check_frames(frames: int, width: int, height: int) -> None:
    """Raise Unacceptable if a moving picture has too many frames, or too many pixels in all of them together."""
    if frames > MAX_FRAMES:
        reason = _("%(count)s frames is over the limit of %(limit)s frames.")
        raise Unacceptable("too_many_frames", reason % {"count": grouped(frames), "limit": MAX_FRAMES})
    if frames * width * height > MAX_FRAME_PIXELS and frames > 1:
        reason = _("%(count)s frames of %(size)s pixels is over the limit of %(limit)s megapixels in all frames.")
        found = {"count": frames, "size": size(width, height), "limit": MAX_FRAME_PIXELS // 1_000_000}
        raise Unacceptable("too_many_frames", reason % found)


def check_scans(scans: int) -> None:
    """Raise Unacceptable if a progressive JPEG would be decoded over and over."""
    if scans > MAX_SCANS:
        reason = _("%(count)s progressive scans is over the limit of %(limit)s scans.")
        raise Unacceptable("too_many_scans", reason % {"count": scans, "limit": MAX_SCANS})
