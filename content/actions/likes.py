"""Liking a post and taking it back. The counts are the drain's business."""

from django.db import transaction

from content.cards import LikeState
from content.models import Like, Post
from core.problems import NotFound
from events import outbox
from events.types import PostLiked, PostUnliked


def like_post(*, post_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Like a post; return how it stands then. Liking it again changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    author_id, ver = _visible_post(post_id, actor_id)
    with transaction.atomic():
        _, created = Like.objects.get_or_create(post_id=post_id, user_id=actor_id)
        if created:  # facts only: counters and notifications are derived when the outbox is drained
            event = PostLiked(post_id=post_id, author_id=author_id, actor_id=actor_id, mut=mut)
            outbox.record(event, for_user=author_id)
    return LikeState(liked=True, like_count=_count(post_id), ver=ver)


def unlike_post(*, post_id: int, actor_id: int, mut: str | None = None) -> LikeState:
    """Take a like back; return how the post stands then. Without a like it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the post.
    """
    author_id, ver = _visible_post(post_id, actor_id)
    with transaction.atomic():
        deleted, _ = Like.objects.filter(post_id=post_id, user_id=actor_id).delete()
        if deleted:
            event = PostUnliked(post_id=post_id, author_id=author_id, actor_id=actor_id, mut=mut)
            outbox.record(event, for_user=author_id)
    return LikeState(liked=False, like_count=_count(post_id), ver=ver)


def _visible_post(post_id: int, actor_id: int) -> tuple[int, int]:
    """The post's author and version. Read before the count: a newer frame then corrects what we answer."""
    row = Post.objects.visible_to(actor_id).filter(pk=post_id).values_list("author_id", "ver").first()
    if row is None:
        raise NotFound("There is no such post.")
    return row


def _count(post_id: int) -> int:
    return Like.objects.filter(post_id=post_id).count()
