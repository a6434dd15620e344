"""The counts of comments, derived when the outbox is drained, and what watchers of their post are shown of them.

Not everybody is to see everybody's comments: a frame is about who wrote one, and who wrote what it answers, and passes
over whoever keeps silence with one of them.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from content.cards import CommentCounts
from core import sql
from events.recount import Count, Counted
from events.types import (
    CommentAdded,
    CommentDeleted,
    CommentLiked,
    CommentPinned,
    CommentUnliked,
    Event,
    PostEdited,
)

Shown = CommentAdded | CommentDeleted | CommentLiked | CommentUnliked | CommentPinned | PostEdited
Shape = tuple[str, int, int]  # a sort of frame, and what tells it from others of its sort

_LIKES: dict[type[Event], int] = {CommentLiked: 1, CommentUnliked: -1}
_REPLIES: dict[type[Event], int] = {CommentAdded: 1, CommentDeleted: -1}

# What the counts should be.
COMMENTS = Counted(
    "content_comment",
    (
        Count(
            "comment likes",
            "like_count",
            "SELECT count(*) FROM content_comment_like WHERE comment_id = counted.id",
            "comment_id",
            _LIKES,
        ),
        Count(
            "replies",
            "reply_count",
            "SELECT count(*) FROM content_comment WHERE parent_id = counted.id",
            "parent_id",
            _REPLIES,
        ),
    ),
)

_ADD = """
UPDATE content_comment AS comment SET like_count = greatest(0, like_count + change.likes),
reply_count = greatest(0, reply_count + change.replies), ver = ver + 1
FROM (SELECT id FROM content_comment WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE) AS locked
JOIN unnest(%s::bigint[], %s::int[], %s::int[]) AS change (id, likes, replies) USING (id)
WHERE comment.id = locked.id
RETURNING comment.id, comment.ver, comment.like_count, comment.reply_count, comment.author_id, comment.post_id,
(SELECT author_id FROM content_comment AS answered WHERE answered.id = comment.parent_id)
"""


def frames_of(event: Shown) -> set[Shape]:
    """What frames an event may be shown in, each of which needs a version of its post."""
    match event:
        case CommentAdded(parent_id=parent) | CommentDeleted(parent_id=parent):
            by = ("by", event.actor_id, event.answered_id or 0)
            return {by, ("counts", parent, 0)} if parent else {by}
        case CommentLiked() | CommentUnliked():
            return {("counts", event.comment_id, 0)}
        case CommentPinned():
            return {("pinned", 0, 0), ("pinned", 1, 0)}
        case PostEdited():
            return {("edited", 0, 0)}


def apply_later(events: Sequence[Event]) -> Callable[[], dict[int, CommentCounts]]:
    """Add events to the counts, in the caller's transaction: in one statement, and none if no comment's counts change.

    Inside `sql.pipeline` without waiting: call the answer for the counts. A comment that is gone is missing from it.
    Locks the comments in id order, after their posts, and with NO KEY: new likes must not wait for a drain.
    """
    likes: dict[int, int] = defaultdict(int)
    replies: dict[int, int] = defaultdict(int)
    for event in events:
        if isinstance(event, CommentLiked | CommentUnliked):
            likes[event.comment_id] += _LIKES[type(event)]
        elif isinstance(event, CommentAdded | CommentDeleted) and event.parent_id:
            replies[event.parent_id] += _REPLIES[type(event)]
    changed = sorted({*likes, *replies})
    if not changed:
        return dict
    counts = sql.later(
        _ADD, changed, changed, [likes[comment] for comment in changed], [replies[comment] for comment in changed]
    )
    return lambda: {comment_id: CommentCounts(*of_comment) for comment_id, *of_comment in counts()}
