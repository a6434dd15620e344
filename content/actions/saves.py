"""Keeping a post for later, and letting go of it. Nobody but the keeper hears of it."""

from django.db.models import QuerySet

from content.actions import deeds
from content.models import Post
from core.statement import Statement
from events import outbox, types
from events.types import PostSaved, PostUnsaved


def save_post(*, post_id: int, actor_id: int, mut: str | None = None) -> bool:
    """Keep a post; return that it is kept. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    _write(_SAVE, post_id, actor_id, PostSaved(post_id=post_id, user_id=actor_id, mut=mut))
    return True


def unsave_post(*, post_id: int, actor_id: int, mut: str | None = None) -> bool:
    """Let go of a post; return that it is not kept. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    _write(_UNSAVE, post_id, actor_id, PostUnsaved(post_id=post_id, user_id=actor_id, mut=mut))
    return False


def _write(statement: Statement, post_id: int, actor_id: int, event: types.Event) -> None:
    (changed,) = deeds.done(statement, event, post=post_id, actor=actor_id, missing=deeds.no_post)
    if changed:
        outbox.wake_after_commit(outbox.shard_of(actor_id))


def _post(post: int, actor: int) -> QuerySet[Post, tuple[int]]:
    return Post.objects.visible_to(actor).filter(pk=post).values_list("id")


def _statement(change: str) -> Statement:
    text = f"""
        WITH post AS MATERIALIZED ({{post}}), fact AS (
            {change} RETURNING user_id
        ), happened AS (
            SELECT user_id AS for_user, %(event)s AS event FROM fact
        ), recorded AS (
            {outbox.RECORDED}
        )
        SELECT (SELECT count(*) FROM fact) FROM post
    """  # noqa: S608 -- of constants
    return Statement(text, post=_post)


_SAVE = _statement(
    "INSERT INTO content_save (post_id, user_id) SELECT id, %(actor)s::bigint FROM post "
    "ON CONFLICT (post_id, user_id) DO NOTHING"
)
_UNSAVE = _statement("DELETE FROM content_save WHERE post_id = (SELECT id FROM post) AND user_id = %(actor)s::bigint")
