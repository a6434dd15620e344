"""Liking a comment and taking it back: policy, fact and event in one statement, as for posts (actions.likes)."""

from django.db.models import QuerySet

from content.actions import deeds
from content.actions.likes import EXACT, write
from content.cards import LikeState
from content.models import Comment
from core.statement import Statement
from events import outbox
from events.types import CommentLiked, CommentUnliked

_AUTHOR, _POST = outbox.blank(), outbox.blank()


def like_comment(*, comment_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Like a comment; return how it stands then. Liking it again changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the comment.
    """
    event = CommentLiked(comment_id=comment_id, post_id=_POST, recipient_id=_AUTHOR, actor_id=actor_id, mut=mut)
    ver, changed, before = write(_LIKE, event, comment=comment_id, actor=actor_id, missing=deeds.no_comment)
    return LikeState(liked=True, like_count=max(1, before + changed), ver=ver)


def unlike_comment(*, comment_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Take a like back; return how the comment stands then. Without a like it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the comment.
    """
    event = CommentUnliked(comment_id=comment_id, post_id=_POST, recipient_id=_AUTHOR, actor_id=actor_id, mut=mut)
    ver, changed, before = write(_UNLIKE, event, comment=comment_id, actor=actor_id, missing=deeds.no_comment)
    return LikeState(liked=False, like_count=max(0, before - changed), ver=ver)


def _comment(comment: int, actor: int) -> QuerySet[Comment, tuple[int, ...]]:
    """The comment as the drain left it, if the actor may see it."""
    shown = Comment.objects.shown_to(actor).filter(pk=comment)
    return shown.values_list("id", "post_id", "author_id", "ver", "like_count")


def _statement(change: str) -> Statement:
    """A comment that is being deleted is waited for, and gone. What is answered is read as it was before the change."""
    event = outbox.filled("%(event)s", {_AUTHOR: "author_id", _POST: "post_id"})
    text = f"""
        WITH shown AS MATERIALIZED ({{comment}}), locked AS MATERIALIZED (
            SELECT id FROM content_comment WHERE id = (SELECT id FROM shown) FOR KEY SHARE
        ), seen AS (
            SELECT shown.* FROM shown JOIN locked USING (id)
        ), fact AS (
            {change} RETURNING id
        ), happened AS (
            SELECT author_id AS for_user, {event} AS event FROM fact, seen
        ), recorded AS (
            {outbox.RECORDED}
        )
        SELECT author_id, ver, like_count, (SELECT count(*) FROM fact), CASE WHEN like_count < {EXACT} THEN (
            SELECT count(*) FROM (SELECT FROM content_comment_like WHERE comment_id = seen.id LIMIT {EXACT}) AS counted
        ) END FROM seen
    """  # noqa: S608 -- of constants
    return Statement(text, comment=_comment)


_LIKE = _statement(
    "INSERT INTO content_comment_like (comment_id, user_id) SELECT id, %(actor)s::bigint FROM seen "
    "ON CONFLICT (comment_id, user_id) DO NOTHING"
)
_UNLIKE = _statement(
    "DELETE FROM content_comment_like WHERE comment_id = (SELECT id FROM seen) AND user_id = %(actor)s::bigint"
)
