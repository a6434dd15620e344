"""Liking a comment and taking it back: one question to the policy, one statement, as for posts (actions.likes)."""

import functools
from dataclasses import dataclass

from django.utils.translation import gettext as _

from content.actions.likes import EXACT, MAX_ID
from content.cards import LikeState
from content.models import Comment
from core import sql
from core.problems import NotFound
from events import outbox
from events.types import CommentLiked, CommentUnliked

_COMMENT, _ACTOR = -1, -2  # stand for the ids in the policy's SQL

# %s: comment, actor; shard, event; comment, how many to count. A comment that is being deleted is waited for, and gone.
_SEEN = "WITH seen AS (SELECT id FROM content_comment WHERE id = %s FOR KEY SHARE), fact AS ("
_LIKE = f"""{_SEEN}
    INSERT INTO content_comment_like (comment_id, user_id) SELECT id, %s::bigint FROM seen
    ON CONFLICT (comment_id, user_id) DO NOTHING RETURNING id
), recorded AS (
"""  # noqa: S608 -- of constants
_UNLIKE = f"""{_SEEN}
    DELETE FROM content_comment_like WHERE comment_id = (SELECT id FROM seen) AND user_id = %s RETURNING id
), recorded AS (
"""  # noqa: S608 -- of constants
_COUNTED = """
) SELECT (SELECT count(*) FROM seen), (SELECT count(*) FROM fact),
         (SELECT count(*) FROM (SELECT FROM content_comment_like WHERE comment_id = %s LIMIT %s) AS counted)
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A comment that the actor may see, as the drain left it."""

    id: int
    post_id: int
    author_id: int
    ver: int
    like_count: int


def like_comment(*, comment_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Like a comment; return how it stands then. Liking it again changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the comment.
    """
    comment = _visible_comment(comment_id, actor_id)
    changed, before = _write(_LIKE, comment, actor_id, CommentLiked, mut)
    return LikeState(liked=True, like_count=max(1, before + changed), ver=comment.ver)


def unlike_comment(*, comment_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Take a like back; return how the comment stands then. Without a like it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the comment.
    """
    comment = _visible_comment(comment_id, actor_id)
    changed, before = _write(_UNLIKE, comment, actor_id, CommentUnliked, mut)
    return LikeState(liked=False, like_count=max(0, before - changed), ver=comment.ver)


def _visible_comment(comment_id: int, actor_id: int) -> _Seen:
    """The comment, after the policy. Read before the count: a newer frame then corrects what we answer."""
    ids = {_COMMENT: comment_id, _ACTOR: actor_id}
    query, parameters = _policy()
    found = comment_id <= MAX_ID and sql.rows(query, *(ids.get(value, value) for value in parameters))
    if not found:
        raise _not_found()
    return _Seen(*found[0])


@functools.cache
def _policy() -> tuple[str, tuple[int, ...]]:
    comments = Comment.objects.shown_to(_ACTOR).filter(pk=_COMMENT)
    fields = ("id", "post_id", "author_id", "ver", "like_count")
    query, parameters = comments.values_list(*fields).query.sql_with_params()
    return query, tuple(parameters)


def _write(
    statement: str, comment: _Seen, actor_id: int, kind: type[CommentLiked | CommentUnliked], mut: str | None
) -> tuple[int, int]:
    """Change the fact and record the event if that changed anything: facts only, one transaction, one round trip.

    Answers how many likes that changed (0 or 1), and how many there were before.
    """
    event = kind(
        comment_id=comment.id, post_id=comment.post_id, recipient_id=comment.author_id, actor_id=actor_id, mut=mut
    )
    shard = outbox.shard_of(comment.author_id)
    counts = EXACT if comment.like_count < EXACT else 0
    recorded = outbox.parameters_of(event, shard)
    ((there, changed, counted),) = sql.rows(
        statement + outbox.RECORDED + _COUNTED, comment.id, actor_id, *recorded, comment.id, counts
    )
    if not there:
        raise _not_found()
    if changed:
        outbox.wake_after_commit(shard)
    return changed, counted if counted < counts else comment.like_count


def _not_found() -> NotFound:
    return NotFound(_("There is no such comment."))
