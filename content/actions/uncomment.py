"""Deleting a comment, with the answers to it and whom they mention. The counts are the drain's business."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from content import policies
from content.actions.mentions import forget_mentions
from content.models import Comment, CommentLike, Mention, Post, RemovedComment
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
    post_id = Comment.objects.filter(pk=comment_id).values_list("post_id", flat=True).first()
    if post_id is None:
        raise NotFound(_("There is no such comment."))
    if not policies.can_delete_comment(actor_id, comment_id):
        raise _refusal(actor_id, post_id)
    while not _delete_a_batch(comment_id, post_id, mut):
        pass
    return post_id


def remove_comment(*, comment_id: int) -> bool:
    """Delete a comment for staff, who may put it and the answers to it back; return whether it was there."""
    post_id = Comment.objects.filter(pk=comment_id).values_list("post_id", flat=True).first()
    if post_id is None:
        return False
    with transaction.atomic():
        while not _delete_a_batch(comment_id, post_id, None, keep=True):
            pass
    return RemovedComment.objects.filter(pk=comment_id).exists()


def remove_comments(comments: Sequence[Comment], mut: str | None = None) -> None:
    """Remove comments that nobody else answers, and announce each, in the caller's transaction.

    Their posts and the comments that they answer are loaded.
    """
    ids = [comment.id for comment in comments]
    liked = set(CommentLike.objects.filter(comment__in=ids).values_list("comment_id", flat=True).distinct())
    forget_mentions(Mention.objects.filter(comment__in=ids), {comment.id: comment.author_id for comment in comments})
    Comment.objects.filter(pk__in=ids).delete()
    for comment in comments:
        _announce(comment, mut)
        if comment.id in liked:
            gone = CommentGone(comment_id=comment.id, user_id=comment.author_id)
            outbox.record(gone, for_user=comment.author_id)


def _delete_a_batch(comment_id: int, post_id: int, mut: str | None, *, keep: bool = False) -> bool:
    """Delete some of the answers to a comment, or, once there are few, all of them and the comment; tell whether so.

    Locks the post before the comment, as a drain does. Whoever is about to answer waits, and finds it gone.
    """
    with transaction.atomic():
        Post.objects.select_for_update(no_key=True).filter(pk=post_id).values_list("pk").first()
        rows = Comment.objects.select_for_update(of=("self",)).select_related("post", "parent").order_by("pk")
        comment = rows.filter(pk=comment_id).first()
        if comment is None:
            return True  # of two who delete it at once, one announces it
        answers = list(rows.filter(parent=comment)[: BATCH + 1])
        last = len(answers) <= BATCH
        some = [*answers[:BATCH], comment] if last else answers[:BATCH]
        if keep:
            RemovedComment.objects.bulk_create(_kept(one, root_id=comment_id) for one in some)
        remove_comments(some, mut)
    return last


def _kept(comment: Comment, *, root_id: int) -> RemovedComment:
    return RemovedComment(
        id=comment.id,
        root_id=root_id,
        post_id=comment.post_id,
        author_id=comment.author_id,
        parent_id=comment.parent_id,
        text=comment.text,
    )


def _announce(comment: Comment, mut: str | None) -> None:
    author_id, answered = comment.post.author_id, comment.parent
    deleted = CommentDeleted(
        comment_id=comment.id,
        post_id=comment.post_id,
        author_id=author_id,
        actor_id=comment.author_id,
        parent_id=comment.parent_id,
        answered_id=answered.author_id if answered else None,
        mut=mut,
    )
    outbox.record(deleted, for_user=author_id)
    if answered is not None and comment.author_id != answered.author_id:
        reply = ReplyDeleted(
            comment_id=comment.id,
            post_id=comment.post_id,
            parent_id=answered.id,
            recipient_id=answered.author_id,
            actor_id=comment.author_id,
        )
        outbox.record(reply, for_user=answered.author_id)


def _refusal(actor_id: int, post_id: int) -> Forbidden | NotFound:
    if policies.can_view_post(actor_id, post_id):
        return Forbidden(_("Only its author, or the post's, may delete a comment."))
    return NotFound(_("There is no such comment."))
