"""Posts and comments as others see them: the values that pages, REST and frames share. Reads nothing."""

import functools
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.utils.safestring import SafeString

from accounts import cards as people
from accounts.people import Known, Person, person_of
from content.models import Comment, PostEdit
from content.photos import MediaRow, MediaView, media_of
from content.text import caption_html, tag_url
from core.cursors import Page
from core.ids import created_at

CARDS = 4_096  # kept with their JSON, about 5 KB each, those asked for last


class PostCard(msgspec.Struct, frozen=True, dict=True, cache_hash=True):
    """A post as one viewer sees it. Those of the same rows are one, whoever looks."""

    id: int
    author: Person
    caption: str
    media: tuple[MediaView, ...]
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

    @functools.cached_property
    def json(self) -> msgspec.Raw:
        """The post as JSON, encoded once."""
        return msgspec.Raw(msgspec.json.encode(self.as_dict()))

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
    suggestions: tuple[Person, ...]


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


def post_url(post_id: int) -> str:
    """The address of a post's page."""
    return f"/p/{post_id}/"


def rfc3339(moment: datetime) -> str:
    """A UTC moment as JSON has it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class PostRow(NamedTuple):
    """What of a post's row is shown, and of its author's; the columns after `ver` are made by the query."""

    id: int
    author_id: int
    caption: str
    visibility: str
    comments_off: bool
    edited_at: datetime | None
    like_count: int
    comment_count: int
    ver: int
    published: bool
    archived: bool
    is_public: bool
    liked: bool
    saved: bool
    username: str
    name: str
    avatar: str


def card_of(post: PostRow, photos: tuple[tuple[Any, ...], ...], viewer_id: int | None) -> PostCard:
    """Make the card of a post's row, and of the columns of MediaRow for each photo.

    What is not for everybody is made each time: its addresses have proofs, which become old.
    """
    is_mine = post.author_id == viewer_id
    return _shared(post, photos, is_mine) if post.is_public else _made(post, photos, is_mine, proven_for=viewer_id)


def _made(
    post: PostRow, photos: tuple[tuple[Any, ...], ...], is_mine: bool, *, proven_for: int | None = None
) -> PostCard:
    return PostCard(
        id=post.id,
        author=people.card_of(post.author_id, post.username, post.name, post.avatar),
        caption=post.caption,
        media=tuple([media_of(MediaRow._make(photo), proven_for=proven_for) for photo in photos]),
        created_at=created_at(post.id),
        like_count=post.like_count,
        comment_count=post.comment_count,
        liked=post.liked,
        ver=post.ver,
        is_mine=is_mine,
        published=post.published,
        saved=post.saved,
        visibility=post.visibility,
        comments_off=post.comments_off,
        edited_at=post.edited_at,
        archived=post.archived,
    )


_shared = functools.lru_cache(CARDS)(_made)


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
