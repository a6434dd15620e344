"""Posts, photos and comments in JSON: what REST bodies look like. The domain's own shapes are in cards."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from accounts.schemas import PersonOut
from core.rest import BodyIn, IdIn, PageOut

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class AcceptedOut(Schema):
    """A photo or video that was taken in; its renditions are being made."""

    id: str
    state: Literal["processing", "ready", "failed"]


class MediaOut(AcceptedOut):
    """One photo or video. `urls` has the widths 320 and 1080 at least, once it is ready; of a video, its poster's.

    `videos` has a video's MP4 files by width, and `duration` its seconds. The addresses open without credentials:
    always if anybody may see it, else for this viewer and a few minutes (`for`).
    """

    kind: Literal["photo", "video"]
    width: int
    height: int
    blurhash: str
    alt: str
    urls: dict[str, str]
    videos: dict[str, str]
    duration: float | None
    reason: str | None


class PostOut(Schema):
    """A post as the viewer sees it. `ver` grows with each change of the counts."""

    id: str
    url: str
    author: PersonOut
    caption: str
    caption_html: str
    media: list[MediaOut]
    created_at: Time
    like_count: int
    comment_count: int
    liked: bool
    saved: bool
    ver: int
    state: Annotated[Literal["waiting", "published"], Field(description="waiting: until all of its media are ready.")]
    visibility: Literal["public", "followers"]
    comments_off: bool
    edited_at: Time | None
    archived: bool


class TagOut(Schema):
    """A hashtag. `post_count` is counted to 1,000."""

    name: str
    url: str
    post_count: int


class FoundOut(Schema):
    """What a search found, each part a page; null what was not asked for. `next` goes with `type` and `after`."""

    people: PageOut[PersonOut] | None
    tags: PageOut[TagOut] | None
    posts: PageOut[PostOut] | None


class CommentOut(Schema):
    """A comment, or an answer to its `parent`. `ver` grows with each change of the counts."""

    id: str
    parent: str | None
    author: PersonOut
    text: str
    text_html: str
    created_at: Time
    like_count: int
    reply_count: int
    liked: bool
    pinned: bool
    ver: int


class LikeOut(Schema):
    """Whether the viewer likes a post or a comment, and how many do."""

    liked: bool
    like_count: int
    ver: int


class AltIn(BodyIn):
    """What to change of a photo."""

    alt: Annotated[str, Field(description="What is in the photo, for people who cannot see it.")]


class PostIn(BodyIn):
    """The post to make, of photos that were uploaded before, in this order."""

    caption: str = ""
    media: list[IdIn]
    # No other word: a post that was meant for few must never be shown to all because one was not understood.
    visibility: Literal["public", "followers"] = "public"
    comments_off: StrictBool = False


class PostChanges(BodyIn):
    """What to change of a post; what is not named stays."""

    caption: str | None = None
    visibility: Literal["public", "followers"] | None = None
    comments_off: StrictBool | None = None


class EditOut(Schema):
    """What a caption was, until `at`."""

    caption: str
    at: Time


class SaveOut(Schema):
    """Whether the viewer keeps a post."""

    saved: bool


class CommentIn(BodyIn):
    """The comment to write."""

    text: str
    parent: Annotated[IdIn | None, Field(description="The comment of the same post that this one answers.")] = None
