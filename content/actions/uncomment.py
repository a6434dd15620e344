"""Deleting a comment, with the answers to it and whom they mention. The counts are the drain's business."""

from django.db import transaction

from content import policies
from content.actions.mentions import forget_mentions
from content.models import Comment, CommentLike, Mention, Post
from core.problems import Forbidden, NotFound
from events import outbox
from events.types import CommentDeleted, CommentGone, ReplyDeleted

BATCH = 40  # answers deleted in one transaction, with at most 20 mentions each and about three events


def delete_comment(*, comment_id: int, actor_id: int, mut: str | None = None) -> int:
    """Delete one's own comment, or one under one's own post; return the post's id. Again: NotFound.

    The answers to it go first, a batch in each transaction; doing it again goes on where this was cut off.

    Raises:
        NotFound: if there is no such comment, or the actor may not see its post.
        Forbidden: if it is neither theirs nor under their post.
    """
    found = Comment.objects.filter(pk=comment_id).values_list("post_id", "post__author_id").first()
    if found is None:
        raise NotFound("There is no such comment.")
    post_id, author_id = found
    if not policies.can_delete_comment(actor_id, comment_id):
        raise _refusal(actor_id, post_id)
    while not _delete_a_batch(comment_id, post_id, author_id, mut):
        pass
    return post_id


def _delete_a_batch(comment_id: int, post_id: int, author_id: int, mut: str | None) -> bool:
    """Delete some of the answers to a comment, or, once there are few, all of them and the comment; tell whether so.

    Locks the post before the comment, as a drain does. Whoever is about to answer waits, and finds it gone.
    """
    with transaction.atomic():
        Post.objects.select_for_update(no_key=True).filter(pk=post_id).values_list("pk").first()
        comment = Comment.objects.select_for_update(of=("self",)).select_related("parent").filter(pk=comment_id).first()
        if comment is None:
            return True  # of two who delete it at once, one announces it
        answers = list(Comment.objects.filter(parent=comment).order_by("pk").select_for_update()[: BATCH + 1])
        last = len(answers) <= BATCH
        thread = comment.parent or comment
        _delete([*answers[:BATCH], comment] if last else answers[:BATCH], thread, author_id, mut)
    return last


def _delete(comments: list[Comment], thread: Comment, author_id: int, mut: str | None) -> None:
    """Delete and announce answers in a thread, and maybe the comment that they answer, as the last."""
    ids = [comment.id for comment in comments]
    liked = set(CommentLike.objects.filter(comment__in=ids).values_list("comment_id", flat=True).distinct())
    forget_mentions(Mention.objects.filter(comment__in=ids), {comment.id: comment.author_id for comment in comments})
    Comment.objects.filter(pk__in=ids).delete()
    for comment in comments:
        _announce(comment, thread, author_id, mut)
        if comment.id in liked:
            gone = CommentGone(comment_id=comment.id, user_id=comment.author_id)
            outbox.record(gone, for_user=comment.author_id)


def _announce(comment: Comment, thread: Comment, author_id: int, mut: str | None) -> None:
    deleted = CommentDeleted(
        comment_id=comment.id,
        post_id=comment.post_id,
        author_id=author_id,
        actor_id=comment.author_id,
        parent_id=comment.parent_id,
        mut=mut,
    )
    outbox.record(deleted, for_user=author_id)
    if comment.parent_id and comment.author_id != thread.author_id:
        reply = ReplyDeleted(
            comment_id=comment.id,
            post_id=comment.post_id,
            parent_id=thread.id,
            recipient_id=thread.author_id,
            actor_id=comment.author_id,
        )
        outbox.record(reply, for_user=thread.author_id)


def _refusal(actor_id: int, post_id: int) -> Forbidden | NotFound:
    if policies.can_view_post(actor_id, post_id):
        return Forbidden("Only its author, or the post's, may delete a comment.")
    return NotFound("There is no such comment.")
