"""Staff take a post out of sight, and put posts and comments back; removing a comment is in actions.uncomment.

Who may do that, ops decides; here the facts change and are announced, as when their authors do it.
"""

from datetime import datetime

from django.db import transaction

from content.actions.comments import Thread, announce
from content.actions.mentions import mention
from content.actions.shelving import bring_back, is_out
from content.models import Comment, Media, Post, RemovedComment
from content.threads import COMMENTS
from core import clock
from events import outbox, recount
from events.types import PostDeleted

BATCH = 40  # comments put back together


def remove_post(*, post_id: int) -> datetime | None:
    """Take a post out of sight, where its author cannot bring it back; return when, or None if it is gone for good.

    Again it changes and announces nothing.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update(no_key=True).filter(pk=post_id).first()
        if post is None:
            return None
        if post.removed_at is not None:
            return post.removed_at
        post.removed_at = clock.now()
        if post.deleted_at is None:
            post.deleted_at = post.removed_at
            event = PostDeleted(post_id=post_id, author_id=post.author_id, published=is_out(post))
            outbox.record(event, for_user=post.author_id)
        post.save(update_fields=["removed_at", "deleted_at"])
    return post.removed_at


def put_back_post(*, post_id: int, removed_at: datetime) -> bool:
    """Undo the removal of that moment; return whether the post is still there. One that its author deleted stays so."""
    with transaction.atomic():
        # Photos before the post, as a worker that finishes one locks them: the other way round they would deadlock.
        list(Media.objects.filter(post_id=post_id).order_by("pk").select_for_update())
        removed = Post.objects.filter(pk=post_id, removed_at=removed_at)
        post = removed.select_for_update(no_key=True).first()
        if post is None:
            return False
        post.removed_at = None
        post.save(update_fields=["removed_at"])
        if post.deleted_at == removed_at:
            bring_back(post)
    return True


def put_back_comment(*, comment_id: int) -> bool:
    """Put a comment and the answers to it back; return whether it could be: not if what it answered has gone.

    Its likes are gone. Who was told of it before is told again.
    """
    removed = RemovedComment.objects.filter(root_id=comment_id).order_by("id")  # a comment is older than its answers
    with transaction.atomic():
        root = removed.filter(pk=comment_id).first()
        if root is None:
            return False
        posts = Post.objects.select_for_update(no_key=True).filter(pk=root.post_id)
        author_id = posts.values_list("author_id", flat=True).first()
        if author_id is None or (root.parent_id is not None and _thread(root.parent_id) is None):
            return False
        while some := list(removed[:BATCH]):
            for row in some:
                _put_back(row, author_id)
            removed.filter(pk__in=[row.id for row in some]).delete()
        # The row is new, and the outbox may still hold what takes its answers off: to be added to what was before.
        recount.mend(COMMENTS, [comment_id])
    return True


def _put_back(row: RemovedComment, author_id: int) -> None:
    comment = Comment(id=row.id, post_id=row.post_id, author_id=row.author_id, parent_id=row.parent_id, text=row.text)
    comment.save(force_insert=True)
    announce(comment, author_id, _thread(row.parent_id) if row.parent_id else None)
    mention(post_id=row.post_id, actor_id=row.author_id, text=row.text, comment_id=row.id)


def _thread(comment_id: int) -> Thread | None:
    """What an answer goes under again, kept from being deleted meanwhile."""
    rows = Comment.objects.select_for_update(no_key=True).filter(pk=comment_id)
    found = rows.values_list("id", "author_id").first()
    return Thread(*found) if found else None
