"""Commenting and taking it back. The counts are the drain's business."""

from django.db import transaction

from accounts.people import PERSON_FIELDS
from content import policies
from content.actions import once
from content.cards import CommentView, comment_of
from content.models import MAX_COMMENT, Comment, Kind, Post
from content.text import cleaned
from core.problems import Forbidden, NotFound
from events import outbox
from events.types import CommentAdded, CommentDeleted


def comment(*, post_id: int, actor_id: int, text: str, mut: str | None = None) -> CommentView:
    """Write a comment under a post. With the same `mut` again, return the first and announce nothing.

    Raises:
        NotFound: if the actor may not see the post.
        Invalid: if the text is empty or too long.
        Conflict: if what `mut` made is gone.
    """
    author_id = Post.objects.visible_to(actor_id).filter(pk=post_id).values_list("author_id", flat=True).first()
    if author_id is None:
        raise NotFound("There is no such post.")
    text = cleaned(text, field="text", limit=MAX_COMMENT, required=True)
    with transaction.atomic():
        comment_id = once.claim(Kind.COMMENT, actor_id=actor_id, key=mut)
        if comment_id is None:
            comment_id = Comment.objects.create(post_id=post_id, author_id=actor_id, text=text).id
            once.remember(Kind.COMMENT, comment_id, actor_id=actor_id, key=mut)
            event = CommentAdded(
                comment_id=comment_id, post_id=post_id, author_id=author_id, actor_id=actor_id, mut=mut
            )
            outbox.record(event, for_user=author_id)
    return _own(comment_id, post_id)


def delete_comment(*, comment_id: int, actor_id: int, mut: str | None = None) -> int:
    """Delete one's own comment, or one under one's own post; return the post's id. Again: NotFound.

    Raises:
        NotFound: if there is no such comment, or the actor may not see its post.
        Forbidden: if it is neither theirs nor under their post.
    """
    found = Comment.objects.filter(pk=comment_id).values_list("post_id", "post__author_id", "author_id").first()
    if found is None:
        raise NotFound("There is no such comment.")
    post_id, author_id, writer_id = found
    if not policies.can_delete_comment(actor_id, comment_id):
        raise _refusal(actor_id, post_id)
    with transaction.atomic():
        deleted, _ = Comment.objects.filter(pk=comment_id).delete()
        if deleted:  # of two who delete it at once, one announces it
            event = CommentDeleted(
                comment_id=comment_id, post_id=post_id, author_id=author_id, actor_id=writer_id, mut=mut
            )
            outbox.record(event, for_user=author_id)
    return post_id


def _own(comment_id: int, post_id: int) -> CommentView:
    fields = (f"author__{name}" for name in PERSON_FIELDS)
    row = Comment.objects.filter(pk=comment_id, post_id=post_id).select_related("author").only("text", *fields).first()
    if row is None:
        raise once.gone()
    return comment_of(row, can_delete=True)


def _refusal(actor_id: int, post_id: int) -> Forbidden | NotFound:
    if policies.can_view_post(actor_id, post_id):
        return Forbidden("Only its author, or the post's, may delete a comment.")
    return NotFound("There is no such comment.")
