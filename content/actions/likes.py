"""Liking a post and taking it back: policy, fact and event in one statement. The counts are the drain's business."""

from collections.abc import Callable

from django.db.models import QuerySet

from content.actions import deeds
from content.cards import LikeState
from content.models import Post
from core.problems import NotFound
from core.statement import Statement
from events import outbox, types
from events.types import PostLiked, PostUnliked

EXACT = 50  # likes that an answer counts; of more it knows what the drain has counted, and this one
_AUTHOR = outbox.blank()


def like_post(*, post_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Like a post; return how it stands then. Liking it again changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    event = PostLiked(post_id=post_id, author_id=_AUTHOR, actor_id=actor_id, mut=mut)
    ver, changed, before = write(_LIKE, event, post=post_id, actor=actor_id, missing=deeds.no_post)
    return LikeState(liked=True, like_count=max(1, before + changed), ver=ver)


def unlike_post(*, post_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Take a like back; return how the post stands then. Without a like it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    event = PostUnliked(post_id=post_id, author_id=_AUTHOR, actor_id=actor_id, mut=mut)
    ver, changed, before = write(_UNLIKE, event, post=post_id, actor=actor_id, missing=deeds.no_post)
    return LikeState(liked=False, like_count=max(0, before - changed), ver=ver)


def write(
    statement: Statement, event: types.Event, *, actor: int, missing: Callable[[], NotFound], **target: int
) -> tuple[int, int, int]:
    """Like something, or take that back, by `deeds.done`, and wake the drain of its author if that changed anything.

    Answers its version, how many likes that changed (0 or 1), and how many there were before.
    """
    author_id, ver, like_count, changed, counted = deeds.done(statement, event, actor=actor, missing=missing, **target)
    if changed:
        outbox.wake_after_commit(outbox.shard_of(author_id))
    return ver, changed, like_count if counted in (None, EXACT) else counted


def _post(post: int, actor: int) -> QuerySet[Post, tuple[int, ...]]:
    """The post as the drain left it, if the actor may see it."""
    return Post.objects.visible_to(actor).filter(pk=post).values_list("id", "author_id", "ver", "like_count")


def _statement(change: str) -> Statement:
    """What is answered is read as it was before the change: a newer frame then corrects it."""
    text = f"""
        WITH post AS MATERIALIZED ({{post}}), fact AS (
            {change} RETURNING id
        ), happened AS (
            SELECT author_id AS for_user, {outbox.filled("%(event)s", {_AUTHOR: "author_id"})} AS event FROM fact, post
        ), recorded AS (
            {outbox.RECORDED}
        )
        SELECT author_id, ver, like_count, (SELECT count(*) FROM fact), CASE WHEN like_count < {EXACT} THEN (
            SELECT count(*) FROM (SELECT FROM content_like WHERE post_id = post.id LIMIT {EXACT}) AS counted
        ) END FROM post
    """  # noqa: S608 -- of constants
    return Statement(text, post=_post)


_LIKE = _statement(
    "INSERT INTO content_like (post_id, user_id) SELECT id, %(actor)s::bigint FROM post "
    "ON CONFLICT (post_id, user_id) DO NOTHING"
)
_UNLIKE = _statement("DELETE FROM content_like WHERE post_id = (SELECT id FROM post) AND user_id = %(actor)s::bigint")
