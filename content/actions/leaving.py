"""Removing for good what a person made, some at a time: steps of project.purge, which opens the transaction of each.

What others see of it goes with the event of its undoing, so that their counts and notifications follow as after any
undo. Each answers how many rows it has removed.
"""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

from content import files, holding
from content.actions.mentions import forget_mentions
from content.actions.uncomment import remove_comments
from content.models import Comment, CommentLike, Like, Media, Mention, Post, Save
from events import outbox
from events.types import CommentUnliked, PostDeleted, PostPurged, PostUnliked

BATCH = 100  # rows that go in one transaction

Row = TypeVar("Row", bound=Model)


def remove_likes(*, user_id: int) -> int:
    """Remove some of a person's likes of posts."""
    likes = _some(Like.objects.filter(user_id=user_id).select_related("post"))
    for like in likes:
        author_id = like.post.author_id
        event = PostUnliked(post_id=like.post_id, author_id=author_id, actor_id=user_id)
        outbox.record(event, for_user=author_id)
    return _remove(Like, likes)


def remove_comment_likes(*, user_id: int) -> int:
    """Remove some of a person's likes of comments."""
    likes = _some(CommentLike.objects.filter(user_id=user_id).select_related("comment"))
    for like in likes:
        writer_id = like.comment.author_id
        event = CommentUnliked(
            comment_id=like.comment_id, post_id=like.comment.post_id, recipient_id=writer_id, actor_id=user_id
        )
        outbox.record(event, for_user=writer_id)
    return _remove(CommentLike, likes)


def remove_answers(*, user_id: int) -> int:
    """Remove some answers to a person's comments, which go with them."""
    return _remove_comments(Comment.objects.filter(parent__author_id=user_id))


def remove_said(*, user_id: int) -> int:
    """Remove some of a person's comments, which nobody answers any more."""
    return _remove_comments(Comment.objects.filter(author_id=user_id))


def remove_answers_under_posts(*, user_id: int) -> int:
    """Remove some answers under a person's posts."""
    return _remove_comments(Comment.objects.filter(post__author_id=user_id, parent__isnull=False))


def remove_comments_under_posts(*, user_id: int) -> int:
    """Remove some comments under a person's posts."""
    return _remove_comments(Comment.objects.filter(post__author_id=user_id))


def remove_reactions(*, user_id: int) -> int:
    """Remove some likes and saves of a person's posts: nobody is told, as the posts go with them."""
    return sum(_remove(kind, _some(kind.objects.filter(post__author_id=user_id))) for kind in (Like, Save))


def remove_media(*, user_id: int) -> int:
    """Remove some of a person's photos, their files first: a run that ends in between comes back to the rows.

    Raises:
        OSError: if the disk refuses, or a backup runs.
    """
    photos = _some(Media.objects.filter(owner_id=user_id))
    if not holding.may_remove():
        raise holding.Held
    for photo in photos:
        files.remove(photo.folder)
    return _remove(Media, photos)


def remove_posts(*, user_id: int) -> int:
    """Remove some of a person's posts, of which nothing else is left."""
    posts = _some(Post.objects.filter(author_id=user_id))
    forget_mentions(Mention.objects.filter(post__in=posts, comment=None), {None: user_id})
    for post in posts:
        if post.deleted_at is None:
            shown = post.published_at is not None and post.archived_at is None
            outbox.record(PostDeleted(post_id=post.id, author_id=user_id, published=shown), for_user=user_id)
        outbox.record(PostPurged(post_id=post.id, author_id=user_id), for_user=user_id)
    return _remove(Post, posts)


def _remove_comments(rows: QuerySet[Comment]) -> int:
    comments = _some(rows.select_related("post", "parent"))
    remove_comments(comments)
    return len(comments)


def _some(rows: QuerySet[Row]) -> list[Row]:
    return list(rows.order_by("pk")[:BATCH])


def _remove(kind: type[Model], rows: Sequence[Model]) -> int:
    """Remove rows by their keys; answer how many there were, without what went with them."""
    kind._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
