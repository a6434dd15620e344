"""Liking a post and taking it back: one question to the policy, one statement. The counts are the drain's business."""

import functools
from dataclasses import dataclass

from django.utils.translation import gettext as _

from content.cards import LikeState
from content.models import Post
from core import sql
from core.problems import NotFound
from events import outbox, types
from events.types import PostLiked, PostUnliked

EXACT = 50  # likes that an answer counts; of more it knows what the drain has counted, and this one
MAX_ID = 2**63 - 1
_POST, _ACTOR = -1, -2  # stand for the ids in the policy's SQL

# %s: post, actor; shard, event; post, how many to count.
_LIKE = """
WITH fact AS (
    INSERT INTO content_like (post_id, user_id) VALUES (%s, %s) ON CONFLICT (post_id, user_id) DO NOTHING RETURNING id
), recorded AS (
"""
_UNLIKE = """
WITH fact AS (
    DELETE FROM content_like WHERE post_id = %s AND user_id = %s RETURNING id
), recorded AS (
"""
_COUNTED = """
) SELECT (SELECT count(*) FROM fact),
         (SELECT count(*) FROM (SELECT FROM content_like WHERE post_id = %s LIMIT %s) AS counted)
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A post that the actor may see, as the drain left it."""

    id: int
    author_id: int
    ver: int
    like_count: int


def like_post(*, post_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Like a post; return how it stands then. Liking it again changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    post = _visible_post(post_id, actor_id)
    event = PostLiked(post_id=post_id, author_id=post.author_id, actor_id=actor_id, mut=mut)
    changed, before = _write(_LIKE, post, actor_id, event)
    return LikeState(liked=True, like_count=max(1, before + changed), ver=post.ver)


def unlike_post(*, post_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Take a like back; return how the post stands then. Without a like it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    post = _visible_post(post_id, actor_id)
    event = PostUnliked(post_id=post_id, author_id=post.author_id, actor_id=actor_id, mut=mut)
    changed, before = _write(_UNLIKE, post, actor_id, event)
    return LikeState(liked=False, like_count=max(0, before - changed), ver=post.ver)


def _visible_post(post_id: int, actor_id: int) -> _Seen:
    """The post, after the policy. Read before the count: a newer frame then corrects what we answer."""
    ids: dict[int | str, int] = {_POST: post_id, _ACTOR: actor_id}
    query, parameters = _policy()
    found = post_id <= MAX_ID and sql.rows(query, *(ids.get(value, value) for value in parameters))
    if not found:
        raise NotFound(_("There is no such post."))
    return _Seen(*found[0])


@functools.cache
def _policy() -> tuple[str, tuple[int | str, ...]]:
    """The one policy as SQL, made once a process: making it anew for each like costs more than running it."""
    posts = Post.objects.visible_to(_ACTOR).filter(pk=_POST)
    query, parameters = posts.values_list("id", "author_id", "ver", "like_count").query.sql_with_params()
    return query, tuple(parameters)


def _write(statement: str, post: _Seen, actor_id: int, event: types.Event) -> tuple[int, int]:
    """Change the fact and record the event if that changed anything: facts only, one transaction, one round trip.

    Answers how many likes that changed (0 or 1), and how many there were before.
    """
    shard = outbox.shard_of(post.author_id)
    counts = EXACT if post.like_count < EXACT else 0  # counting them for each like costs as much as the like
    ((changed, counted),) = sql.rows(
        statement + outbox.RECORDED + _COUNTED, post.id, actor_id, *outbox.parameters_of(event, shard), post.id, counts
    )
    if changed:
        outbox.wake_after_commit(shard)
    return changed, counted if counted < counts else post.like_count
