"""How much video is accepted, which an operator may set, and the refusals that tell a person why theirs was not."""

from django.conf import settings

from content.imaging import Unacceptable

_TIMES = "\N{MULTIPLICATION SIGN}"
_MEGABYTE = 1024 * 1024


def unavailable() -> Unacceptable:
    return Unacceptable("unavailable", "This server cannot prepare videos. Send a photo instead.")


def damaged() -> Unacceptable:
    return Unacceptable("damaged", "This video is damaged, or not of a kind we can read. Export it as MP4 (H.264).")


def too_slow(seconds: int) -> Unacceptable:
    return Unacceptable("too_slow", f"This video takes over {seconds} seconds to read. Send a shorter or smaller one.")


def too_large() -> str:
    """What to say of a video of too many bytes."""
    return f"This video is over the limit of {settings.MAX_VIDEO_BYTES // _MEGABYTE} MB."


def check_pixels(width: int, height: int) -> None:
    """Raise Unacceptable if one frame of this size is too large, or is no picture at all."""
    if width < 1 or height < 1:
        raise damaged()
    if width * height > settings.MAX_VIDEO_PIXELS:
        found, limit = f"{width:,} {_TIMES} {height:,} pixels", f"{settings.MAX_VIDEO_PIXELS / 1_000_000:g} megapixels"
        raise Unacceptable("too_many_pixels", f"{found} is over the limit of {limit} a frame.")


def check_length(seconds: float, frames: int) -> None:
    """Raise Unacceptable if a video is too long, or has too many frames for its length."""
    if frames < 1 or seconds <= 0:
        raise damaged()
    if seconds > settings.MAX_VIDEO_SECONDS + 1:  # nobody is refused over a fraction that no player shows
        limit = settings.MAX_VIDEO_SECONDS
        raise Unacceptable("too_long", f"{seconds:,.0f} seconds is over the limit of {limit} seconds.")
    if round(frames / seconds) > settings.MAX_VIDEO_FRAME_RATE:
        found, limit = f"{frames / seconds:,.0f} frames a second", settings.MAX_VIDEO_FRAME_RATE
        raise Unacceptable("too_many_frames", f"{found} is over the limit of {limit}.")


def most_frames() -> int:
    """More frames than a video within the limits has, and no more than need be counted."""
    return (settings.MAX_VIDEO_SECONDS + 2) * (settings.MAX_VIDEO_FRAME_RATE + 1)
