"""Posts, photos and comments as others see them: the values that pages, REST and frames share. Reads nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from accounts.people import Known, Person, person_of
from content.models import Comment, Media, MediaKind, MediaState, Post, PostEdit
from content.proofs import proof_for
from content.text import caption_html, tag_url
from core.cursors import Page
from core.ids import created_at

THUMB_WIDTH = 320
PROMISED_WIDTHS = (THUMB_WIDTH, 1080)  # clients may rely on these keys of `urls`, however small the photo is


@dataclass(frozen=True, slots=True)
class MediaView:
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
        if not self.widths:
            return {}
        return {str(width): self._nearest(width) for width in sorted({*self.widths, *PROMISED_WIDTHS})}

    @property
    def videos(self) -> dict[str, str]:
        """Addresses of a video's MP4 files by width, ascending; none until it is ready."""
        return {str(width): f"{_url(self.folder, width)}.mp4" for width in self.video_widths}

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
            "urls": {width: url + proof for width, url in self.urls.items()},
            "videos": {width: url + proof for width, url in self.videos.items()},
            "duration": self.duration,
            "reason": self.reason or None,
        }

    def _nearest(self, width: int) -> str:
        return _nearest_url(self.folder, self.widths, width)


@dataclass(frozen=True, slots=True)
class PostCard:
    """A post as one viewer sees it."""

    id: int
    author: Person
    caption: str
    media: list[MediaView]
    created_at: datetime
    like_count: int
    comment_count: int
    liked: bool
    ver: int
    is_mine: bool
    published: bool
    saved: bool = False
    visibility: str = "public"  # public | followers
    comments_off: bool = False
    edited_at: datetime | None = None
    archived: bool = False

    @property
    def url(self) -> str:
        """The address of its page."""
        return post_url(self.id)

    @property
    def caption_html(self) -> SafeString:
        """The caption as safe HTML."""
        return caption_html(self.caption)

    def as_dict(self) -> dict[str, Any]:
        """The post as JSON members."""
        return {
            "id": str(self.id),
            "url": self.url,
            "author": self.author.as_dict(),
            "caption": self.caption,
            "caption_html": self.caption_html[:],  # a plain str, which msgspec asks for
            "media": [media.as_dict() for media in self.media],
            "created_at": rfc3339(self.created_at),
            "like_count": self.like_count,
            "comment_count": self.comment_count,
            "liked": self.liked,
            "saved": self.saved,
            "ver": self.ver,
            "state": "published" if self.published else "waiting",
            "visibility": self.visibility,
            "comments_off": self.comments_off,
            "edited_at": rfc3339(self.edited_at) if self.edited_at else None,
            "archived": self.archived,
        }


@dataclass(frozen=True, slots=True)
class EditView:
    """What a caption was, until a moment."""

    caption: str
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        """The edit as JSON members."""
        return {"caption": self.caption, "at": rfc3339(self.at)}


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as one viewer sees it."""

    id: int
    post_id: int
    author: Person
    text: str
    created_at: datetime
    can_delete: bool = False
    parent_id: int | None = None  # the comment that it answers
    like_count: int = 0
    reply_count: int = 0
    liked: bool = False
    pinned: bool = False
    ver: int = 0

    @property
    def text_html(self) -> SafeString:
        """The text as safe HTML."""
        return caption_html(self.text)

    def as_dict(self) -> dict[str, Any]:
        """The comment as JSON members."""
        return {
            "id": str(self.id),
            "parent": str(self.parent_id) if self.parent_id else None,
            "author": self.author.as_dict(),
            "text": self.text,
            "text_html": self.text_html[:],  # a plain str, as frames are encoded: str() would leave it as it is
            "created_at": rfc3339(self.created_at),
            "like_count": self.like_count,
            "reply_count": self.reply_count,
            "liked": self.liked,
            "pinned": self.pinned,
            "ver": self.ver,
        }


@dataclass(frozen=True, slots=True)
class LikeState:
    """A viewer's like of a post or comment. `like_count` counts it even before the drain has; `ver` is the drain's."""

    liked: bool
    like_count: int
    ver: int

    def as_dict(self) -> dict[str, Any]:
        """The like as JSON members."""
        return {"liked": self.liked, "like_count": self.like_count, "ver": self.ver}


@dataclass(frozen=True, slots=True)
class PostCounts:
    """The derived counts of a post at a version."""

    ver: int
    like_count: int
    comment_count: int
    author_id: int


@dataclass(frozen=True, slots=True)
class CommentCounts:
    """The derived counts of a comment at a version."""

    ver: int
    like_count: int
    reply_count: int
    author_id: int
    post_id: int
    answered_id: int | None = None  # who wrote what it answers


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post, a page of what is said about it, and of what is answered to the comment whose thread is open."""

    post: PostCard
    comments: Page[CommentView]
    opened: CommentView | None = None
    replies: Page[CommentView] | None = None


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A person and a page of their posts, as one viewer sees them."""

    person: Person
    bio: str
    post_count: int | None
    follower_count: int | None
    following_count: int | None
    following: str  # no | requested | yes
    followed_by: bool
    blocking: bool
    muting: bool
    is_self: bool
    is_private: bool
    is_open: bool  # else name and face are all there is, and `posts` is empty
    posts: Page[PostCard]


@dataclass(frozen=True, slots=True)
class HomePage:
    """The feed, and whom one might follow."""

    page: Page[PostCard]
    suggestions: list[Person]


@dataclass(frozen=True, slots=True)
class ExplorePage:
    """A page of explore; where it has nothing yet, people to begin with."""

    posts: Page[PostCard]
    suggestions: list[Known]


@dataclass(frozen=True, slots=True)
class TagView:
    """A hashtag, and how many posts under it the viewer may see, counted to a limit."""

    name: str
    post_count: int

    @property
    def url(self) -> str:
        """The address of its page."""
        return tag_url(self.name)

    def as_dict(self) -> dict[str, Any]:
        """The hashtag as JSON members."""
        return {"name": self.name, "url": self.url, "post_count": self.post_count}


@dataclass(frozen=True, slots=True)
class TagPage:
    """A hashtag and a page of the posts under it."""

    tag: TagView
    posts: Page[PostCard]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds; None for what was not asked for."""

    people: Page[Person] | None
    tags: Page[TagView] | None
    posts: Page[PostCard] | None

    def as_dict(self) -> dict[str, Any]:
        """What was found as JSON members."""
        parts = {"people": self.people, "tags": self.tags, "posts": self.posts}
        return {name: part and _page_dict(part) for name, part in parts.items()}


def _page_dict(page: Page[Any]) -> dict[str, Any]:
    return {"items": [item.as_dict() for item in page.items], "next": page.next}


def thumb_url(folder: str, renditions: dict[str, str]) -> str:
    """The address of a photo as a grid shows it, from its row's columns; empty until it is ready."""
    return _nearest_url(folder, sorted(map(int, renditions)), THUMB_WIDTH) if renditions else ""


def _nearest_url(folder: str, widths: Sequence[int], wanted: int) -> str:
    return _url(folder, next((width for width in widths if width >= wanted), widths[-1]))


def _url(folder: str, width: int) -> str:
    return f"/media/{folder}/{width}"


def post_url(post_id: int) -> str:
    """The address of a post's page."""
    return f"/p/{post_id}/"


def rfc3339(moment: datetime) -> str:
    """A UTC moment as JSON has it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def media_of(media: Media, *, proven_for: int | None = None) -> MediaView:
    """Make the view of the row of a photo or video; `proven_for` a viewer unless anybody may see it."""
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
        widths=tuple(sorted(map(int, media.renditions))) if ready else (),
        post_id=media.post_id,
        kind=str(media.kind),
        duration=media.duration_ms / 1000 if media.kind == MediaKind.VIDEO else None,
        video_widths=tuple(sorted(map(int, media.videos))) if ready else (),
        proven_for=proven_for,
    )


def card_of(
    post: Post, viewer_id: int | None, *, liked: bool, saved: bool, public: bool, photos: list[Media]
) -> PostCard:
    """Make the card of a post's row, whose author is loaded."""
    proven_for = None if public else viewer_id
    return PostCard(
        id=post.id,
        author=person_of(post.author),
        caption=post.caption,
        media=[media_of(photo, proven_for=proven_for) for photo in photos],
        created_at=created_at(post.id),
        like_count=post.like_count,
        comment_count=post.comment_count,
        liked=liked,
        ver=post.ver,
        is_mine=post.author_id == viewer_id,
        published=post.published_at is not None,
        saved=saved,
        visibility=post.visibility,
        comments_off=post.comments_off,
        edited_at=post.edited_at,
        archived=post.archived_at is not None,
    )


def edit_of(edit: PostEdit) -> EditView:
    """Make the view of an edit's row."""
    return EditView(edit.caption, created_at(edit.id))


def edited(caption: str, *, comments_off: bool, at: datetime | None) -> dict[str, Any]:
    """What a frame says of a post that was edited."""
    return {
        "caption": caption,
        "caption_html": caption_html(caption) + "",  # a plain str: frames know no other
        "comments_off": comments_off,
        "edited_at": rfc3339(at) if at else None,
    }


def comment_of(comment: Comment, *, can_delete: bool = False, liked: bool = False, pinned: bool = False) -> CommentView:
    """Make the view of a comment's row, whose author is loaded."""
    return CommentView(
        id=comment.id,
        post_id=comment.post_id,
        author=person_of(comment.author),
        text=comment.text,
        created_at=created_at(comment.id),
        can_delete=can_delete,
        parent_id=comment.parent_id,
        like_count=comment.like_count,
        reply_count=comment.reply_count,
        liked=liked,
        pinned=pinned,
        ver=comment.ver,
    )
