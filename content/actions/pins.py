"""Which comment stands first under a post: one at a time, and its author's choice."""

from django.db import transaction
from django.utils.translation import gettext as _

from content.models import Comment, Post
from core.problems import Forbidden, Invalid, NotFound
from events import outbox
from events.types import CommentPinned


def pin_comment(*, comment_id: int, actor_id: int, mut: str | None = None) -> None:
    """Pin a comment under one's own post, in the place of another. Again, it changes and announces nothing.

    Raises:
        NotFound: if the actor may not see the comment.
        Forbidden: if the post is somebody else's.
        Invalid: if the comment is an answer to another.
    """
    _pin(comment_id, actor_id, pinned=True, mut=mut)


def unpin_comment(*, comment_id: int, actor_id: int, mut: str | None = None) -> None:
    """Take the pin off a comment. Of one that has none it changes and announces nothing.

    Raises:
        NotFound, Forbidden, Invalid: as `pin_comment` does.
    """
    _pin(comment_id, actor_id, pinned=False, mut=mut)


def _pin(comment_id: int, actor_id: int, *, pinned: bool, mut: str | None) -> None:
    post_id = _pinnable(comment_id, actor_id)
    with transaction.atomic():
        # The post before the comment, as whoever deletes the comment locks them.
        post = Post.objects.select_for_update(no_key=True).filter(pk=post_id, deleted_at=None).first()
        comment = Comment.objects.select_for_update(no_key=True).filter(pk=comment_id).first()
        if post is None or comment is None:
            raise NotFound(_("There is no such comment."))
        if (post.pinned_comment_id == comment_id) == pinned:
            return
        post.pinned_comment = comment if pinned else None
        post.save(update_fields=["pinned_comment"])
        event = CommentPinned(post_id=post_id, author_id=actor_id, comment_id=post.pinned_comment_id, mut=mut)
        outbox.record(event, for_user=actor_id)


def _pinnable(comment_id: int, actor_id: int) -> int:
    """The id of the comment's post, which must be the actor's own."""
    shown = Comment.objects.shown_to(actor_id).filter(pk=comment_id)
    found = shown.values_list("post_id", "post__author_id", "parent_id").first()
    if found is None:
        raise NotFound(_("There is no such comment."))
    post_id, author_id, parent_id = found
    if author_id != actor_id:
        raise Forbidden(_("Only the post's author may pin a comment."))
    if parent_id:
        raise Invalid(_("An answer cannot be pinned."), field="comment")
    return post_id
