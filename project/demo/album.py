"""The photographs of the demo and how they are cut: a shot is a photo in a frame. Renders nothing, writes nothing."""

import functools
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

WHOLE = "whole"

# Width to height, and how much of the largest such cut is taken.
FRAMES = {"square": (1.0, 1.0), "portrait": (0.8, 1.0), "wide": (16 / 9, 1.0), "close": (1.0, 0.6)}

# Where to look, from the upper left: cuts are centred there, as far as the photo reaches.
FOCUS = {
    "astronaut": (0.45, 0.22),
    "bridge-cables": (0.65, 0.4),
    "cameraman": (0.5, 0.32),
    "clock-face": (0.68, 0.45),
    "dahlia": (0.48, 0.5),
    "dandelions": (0.3, 0.4),
    "djembe-and-wine": (0.45, 0.65),
    "dragonfly": (0.7, 0.45),
    "espresso": (0.45, 0.5),
    "half-fig": (0.58, 0.52),
    "nuthatch": (0.48, 0.55),
    "pagoda": (0.36, 0.5),
    "picos-de-europa": (0.35, 0.5),
    "sunset-ridge": (0.5, 0.4),
    "two-spaniels": (0.5, 0.42),
    "wooden-bird": (0.52, 0.68),
}
CENTRE = (0.5, 0.5)


@dataclass(frozen=True, slots=True, order=True)
class Shot:
    """A photo in a frame; equal shots are the same picture, however often they are posted."""

    photo: str
    frame: str = WHOLE

    @classmethod
    def parse(cls, text: str) -> "Shot":
        """Read `photo` or `photo:frame`."""
        photo, _, frame = text.partition(":")
        return cls(photo, frame or WHOLE)

    @property
    def path(self) -> Path:
        """The photograph that it is cut from."""
        return _folder() / "photos" / f"{self.photo}.jpg"

    @property
    def alt(self) -> str:
        """What is to be seen, for people who cannot see it."""
        return _alt_texts()[self.photo]

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """The cut from a photo of this size: left, top, right, bottom."""
        if self.frame == WHOLE:
            return 0, 0, width, height
        ratio, share = FRAMES[self.frame]
        across = round(min(width, height * ratio) * share)
        down = round(min(height, width / ratio) * share)
        x, y = FOCUS.get(self.photo, CENTRE)
        left, top = _within(x * width - across / 2, width - across), _within(y * height - down / 2, height - down)
        return left, top, left + across, top + down


def _within(at: float, most: int) -> int:
    return max(0, min(round(at), most))


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "frontend" / "demo"


@functools.cache
def _alt_texts() -> dict[str, str]:
    """The last column of ATTRIBUTION.md, by photo."""
    rows = [line.strip("| ").split(" | ") for line in (_folder() / "ATTRIBUTION.md").read_text().splitlines()]
    return {row[0].removesuffix(".jpg"): row[-1] for row in rows if row[0].endswith(".jpg")}
