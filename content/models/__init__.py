"""The tables of content, one file a noun. Columns, constraints and chainable filters; no behaviour."""

from content.text import MAX_TAG

from .comments import MAX_COMMENT, MAX_MENTIONS, Comment, CommentLike, CommentQuerySet, Mention
from .explore import Ranked
from .made import Kind, Made
from .media import MAX_ALT, UNFINISHED, Media, MediaKind, MediaPurpose, MediaQuerySet, MediaState
from .posts import MAX_ALBUM, MAX_CAPTION, RESTORABLE, Like, Post, PostEdit, PostQuerySet, Save, Visibility
from .removed import RemovedComment
from .tags import MAX_TAGS, PostTag, Tag

__all__ = [
    "MAX_ALBUM",
    "MAX_ALT",
    "MAX_CAPTION",
    "MAX_COMMENT",
    "MAX_MENTIONS",
    "MAX_TAG",
    "MAX_TAGS",
    "RESTORABLE",
    "UNFINISHED",
    "Comment",
    "CommentLike",
    "CommentQuerySet",
    "Kind",
    "Like",
    "Made",
    "Media",
    "MediaKind",
    "MediaPurpose",
    "MediaQuerySet",
    "MediaState",
    "Mention",
    "Post",
    "PostEdit",
    "PostQuerySet",
    "PostTag",
    "Ranked",
    "RemovedComment",
    "Save",
    "Tag",
    "Visibility",
]
