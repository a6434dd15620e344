"""Photos and videos as others see them: the value that pages, REST and frames share, and addresses. Reads nothing."""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from content.models import Media, MediaKind, MediaState
from content.proofs import proof_for

THUMB_WIDTH = 320
PROMISED_WIDTHS = (THUMB_WIDTH, 1080)  # clients may rely on these keys of `urls`, however small the photo is

_files = msgspec.json.Decoder(dict[str, str]).decode


class MediaView(msgspec.Struct, frozen=True):
    """One photo or video. `widths` are those of its pictures, ascending; none until it is ready. A video's show it.

    Pages and frames have its plain addresses, for who brings credentials: a frame is kept for longer than any proof.
    """

    id: int
    state: str  # processing | ready | failed
    reason: str
    width: int
    height: int
    blurhash: str
    placeholder: str  # a tiny data: URI
    alt: str
    folder: str
    widths: tuple[int, ...] = ()
    post_id: int | None = None
    kind: str = MediaKind.PHOTO.value  # photo | video
    duration: float | None = None  # of a video, in seconds
    video_widths: tuple[int, ...] = ()
    proven_for: int | None = None  # whom its addresses as JSON members open for, if that is not everybody

    @property
    def urls(self) -> dict[str, str]:
        """Addresses by width; a promised width that the photo does not reach leads to its largest."""
        return self._urls("")

    @property
    def videos(self) -> dict[str, str]:
        """Addresses of a video's MP4 files by width, ascending; none until it is ready."""
        return self._videos("")

    @property
    def video(self) -> str:
        """The address of the video as a page plays it."""
        return next(reversed(self.videos.values()), "")

    @property
    def srcset(self) -> str:
        """The `srcset` attribute: real widths only."""
        return ", ".join(f"{_url(self.folder, width)} {width}w" for width in self.widths)

    @property
    def src(self) -> str:
        """The address of the photo as a page shows it."""
        return self.urls.get("1080", "")

    @property
    def thumb(self) -> str:
        """The address of the photo as a grid shows it."""
        return self.urls.get(str(THUMB_WIDTH), "")

    def as_dict(self) -> dict[str, Any]:
        """The photo as JSON members."""
        proof = "" if self.proven_for is None else f"?for={proof_for(self.proven_for, self.folder)}"
        return {
            "id": str(self.id),
            "state": self.state,
            "kind": self.kind,
            "width": self.width,
            "height": self.height,
            "blurhash": self.blurhash,
            "alt": self.alt,
            "urls": self._urls(proof),
            "videos": self._videos(proof),
            "duration": self.duration,
            "reason": self.reason or None,
        }

    def _urls(self, proof: str) -> dict[str, str]:
        folder = self.folder
        return {name: f"/media/{folder}/{width}{proof}" for name, width in _promised(self.widths)}

    def _videos(self, proof: str) -> dict[str, str]:
        return {str(width): f"{_url(self.folder, width)}.mp4{proof}" for width in self.video_widths}


class MediaRow(NamedTuple):
    """What of a photo's row is shown, under the names of its columns; `renditions` and `videos` are still JSON."""

    id: int
    state: str
    reason: str
    width: int
    height: int
    blurhash: str
    placeholder: str
    alt: str
    folder: str
    post_id: int
    kind: str
    duration_ms: int
    renditions: str
    videos: str


def media_of(media: Media | MediaRow, *, proven_for: int | None = None) -> MediaView:
    """Make the view of a photo or video; `proven_for` a viewer unless anybody may see it."""
    ready = media.state == MediaState.READY
    return MediaView(
        id=media.id,
        state=MediaState.PROCESSING.value if media.state == MediaState.UPLOADED else str(media.state),
        reason=media.reason,
        width=media.width,
        height=media.height,
        blurhash=media.blurhash,
        placeholder=media.placeholder,
        alt=media.alt,
        folder=media.folder,
        widths=_widths_of(media.renditions) if ready else (),
        post_id=media.post_id,
        kind=str(media.kind),
        duration=media.duration_ms / 1000 if media.kind == MediaKind.VIDEO else None,
        video_widths=_widths_of(media.videos) if ready else (),
        proven_for=proven_for,
    )


def thumb_url(folder: str, renditions: dict[str, str] | str) -> str:
    """The address of a photo as a grid shows it, from its row's columns; empty until it is ready."""
    return _url(folder, _nearest(_widths_of(renditions), THUMB_WIDTH)) if renditions else ""


def _widths_of(files: dict[str, str] | str) -> tuple[int, ...]:
    """The widths of what is there by width: `{"320": "<file name>", …}`."""
    return _widths(tuple(_files(files) if isinstance(files, str) else files))


@functools.lru_cache(1_024)  # of few sizes of screens, and of photos that are smaller
def _widths(names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(sorted(map(int, names)))


@functools.lru_cache(1_024)
def _promised(widths: tuple[int, ...]) -> list[tuple[str, int]]:
    """Each width that has an address, ascending, and the one of the file that it leads to."""
    if not widths:
        return []
    return [(str(width), _nearest(widths, width)) for width in sorted({*widths, *PROMISED_WIDTHS})]


def _nearest(widths: Sequence[int], wanted: int) -> int:
    return next((width for width in widths if width >= wanted), widths[-1])


def _url(folder: str, width: int) -> str:
    return f"/media/{folder}/{width}"
