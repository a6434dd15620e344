"""How much video is accepted, which an operator may set, and the refusals that tell a person why theirs was not."""

from django.conf import settings
from django.utils.translation import gettext as _

from content.imaging import Unacceptable
from content.imaging.limits import size
from core.numbers import grouped

_MEGABYTE = 1024 * 1024


def unavailable() -> Unacceptable:
    return Unacceptable("unavailable", _("This server cannot prepare videos. Send a photo instead."))


def damaged() -> Unacceptable:
    reason = _("This video is damaged, or not of a kind we can read. Export it as MP4 (H.264).")
    return Unacceptable("damaged", reason)


def too_slow(seconds: int) -> Unacceptable:
    reason = _("This video takes over %(seconds)s seconds to read. Send a shorter or smaller one.")
    return Unacceptable("too_slow", reason % {"seconds": seconds})


def too_large() -> str:
    """What to say of a video of too many bytes."""
    return _("This video is over the limit of %(limit)s MB.") % {"limit": settings.MAX_VIDEO_BYTES // _MEGABYTE}


def check_pixels(width: int, height: int) -> None:
    """Raise Unacceptable if one frame of this size is too large, or is no picture at all."""
    if width < 1 or height < 1:
        raise damaged()
    if width * height > settings.MAX_VIDEO_PIXELS:
        reason = _("%(size)s pixels is over the limit of %(limit)s megapixels a frame.")
        limit = f"{settings.MAX_VIDEO_PIXELS / 1_000_000:g}"
        raise Unacceptable("too_many_pixels", reason % {"size": size(width, height), "limit": limit})


def check_length(seconds: float, frames: int) -> None:
    """Raise Unacceptable if a video is too long, or has too many frames for its length."""
    if frames < 1 or seconds <= 0:
        raise damaged()
    if seconds > settings.MAX_VIDEO_SECONDS + 1:  # nobody is refused over a fraction that no player shows
        reason = _("%(count)s seconds is over the limit of %(limit)s seconds.")
        found = {"count": grouped(round(seconds)), "limit": settings.MAX_VIDEO_SECONDS}
        raise Unacceptable("too_long", reason % found)
    if round(frames / seconds) > settings.MAX_VIDEO_FRAME_RATE:
        reason = _("%(count)s frames a second is over the limit of %(limit)s.")
        found = {"count": grouped(round(frames / seconds)), "limit": settings.MAX_VIDEO_FRAME_RATE}
        raise Unacceptable("too_many_frames", reason % found)


def most_frames() -> int:
    """More frames than a video within the limits has, and no more than need be counted."""
    return (settings.MAX_VIDEO_SECONDS + 2) * (settings.MAX_VIDEO_FRAME_RATE + 1)
