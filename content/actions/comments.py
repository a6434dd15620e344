"""Commenting, and answering a comment. The counts are the drain's business; deleting is in actions.uncomment."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from content import queries
from content.actions import once
from content.actions.mentions import mention
from content.cards import CommentView
from content.models import MAX_COMMENT, Comment, Kind, Post
from content.text import cleaned
from core import sql
from core.problems import Forbidden, Invalid, NotFound
from events import outbox
from events.types import CommentAdded, CommentReplied


@dataclass(frozen=True, slots=True)
class Thread:
    """What an answer goes under: a comment that is no answer itself."""

    id: int
    author_id: int


def comment(
    *, post_id: int, actor_id: int, text: str, parent_id: int | None = None, mut: str | None = None
) -> CommentView:
    """Write a comment under a post, or an answer to one. With the same `mut` again, return the first; announce nothing.

    Threads are one level deep: an answer to an answer goes under what that one answers.

    Raises:
        NotFound: if the actor may not see the post.
        Forbidden: if its author has turned comments off, and is somebody else.
        Invalid: if the text is empty or too long, or `parent_id` is no comment of the post that the actor sees.
        Conflict: if what `mut` made is gone.
    """
    author_id = _commentable(post_id, actor_id)
    text = cleaned(text, field="text", limit=MAX_COMMENT, required=True)
    with transaction.atomic():
        comment_id = once.claim(Kind.COMMENT, actor_id=actor_id, key=mut)
        if comment_id is None:
            thread = _thread(post_id, actor_id, parent_id) if parent_id is not None else None
            row = Comment(post_id=post_id, author_id=actor_id, text=text, parent_id=thread.id if thread else None)
            row.save(force_insert=True)
            comment_id = row.id
            once.remember(Kind.COMMENT, comment_id, actor_id=actor_id, key=mut)
            announce(row, author_id, thread, mut)
            mention(post_id=post_id, actor_id=actor_id, text=text, comment_id=comment_id)
        view = queries.own_comment(actor_id, comment_id, post_id)
        if view is None:
            raise once.gone()
    return view


def _commentable(post_id: int, actor_id: int) -> int:
    """The author of a post that the actor may comment on."""
    found = Post.objects.visible_to(actor_id).filter(pk=post_id).values_list("author_id", "comments_off").first()
    if found is None:
        raise NotFound(_("There is no such post."))
    author_id, comments_off = found
    if comments_off and author_id != actor_id:
        raise Forbidden(_("Comments are off under this post."))
    return author_id


def _thread(post_id: int, actor_id: int, comment_id: int) -> Thread:
    """Find what an answer goes under, and keep it from being deleted until the caller's transaction ends."""
    shown = Comment.objects.shown_to(actor_id).filter(pk=comment_id, post_id=post_id)
    found = shown.values_list("id", "parent_id").first()
    rows = found and sql.rows(
        "SELECT id, author_id FROM content_comment WHERE id = %s FOR KEY SHARE", found[1] or found[0]
    )
    if not rows:
        raise Invalid(_("There is no such comment under this post."), field="parent")
    return Thread(*rows[0])


def announce(row: Comment, author_id: int, thread: Thread | None, mut: str | None = None) -> None:
    """Say that a comment is there, in the caller's transaction: to the post's author, and to whom it answers."""
    added = CommentAdded(
        comment_id=row.id,
        post_id=row.post_id,
        author_id=author_id,
        actor_id=row.author_id,
        parent_id=row.parent_id,
        answered_id=thread.author_id if thread else None,
        mut=mut,
    )
    outbox.record(added, for_user=author_id)
    if thread and thread.author_id != row.author_id:
        replied = CommentReplied(
            comment_id=row.id,
            post_id=row.post_id,
            parent_id=thread.id,
            recipient_id=thread.author_id,
            actor_id=row.author_id,
        )
        outbox.record(replied, for_user=thread.author_id)
