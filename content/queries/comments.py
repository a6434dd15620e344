"""Reads comments, oldest first as people read them. Does not count them; the drain does."""

from collections.abc import Collection

from accounts.people import PERSON_FIELDS
from content.cards import CommentView, comment_of
from content.models import Comment, Post
from core.cursors import Page, bounded, decode, page_of
from core.problems import NotFound

COMMENTS = 30  # a page
_FIELDS = ("text", "author_id", "post_id", *(f"author__{name}" for name in PERSON_FIELDS))


def comments_page(
    viewer_id: int | None, post_id: int, *, after: str | None = None, limit: int = COMMENTS
) -> Page[CommentView]:
    """One page of a post's comments, in two queries; the newest come last.

    Raises:
        NotFound: if the viewer may not see the post.
        Invalid: if `after` is no cursor.
    """
    author_id = Post.objects.visible_to(viewer_id).filter(pk=post_id).values_list("author_id", flat=True).first()
    if author_id is None:
        raise NotFound("There is no such post.")
    return page_under(post_id, viewer_id, post_author_id=author_id, after=after, limit=limit)


def page_under(
    post_id: int, viewer_id: int | None, *, post_author_id: int, after: str | None = None, limit: int = COMMENTS
) -> Page[CommentView]:
    """One page of the comments of a post that the caller has found visible."""
    limit = bounded(limit)
    rows = Comment.objects.visible_to(viewer_id).filter(post_id=post_id, id__gt=decode(after) or 0)
    found = rows.select_related("author").only(*_FIELDS).order_by("id")[: limit + 1]

    def make(comment: Comment) -> CommentView:
        mine = viewer_id is not None and viewer_id in (comment.author_id, post_author_id)
        return comment_of(comment, can_delete=mine)

    return page_of(list(found), limit, key=lambda comment: comment.id, make=make)


def comments_by_id(comment_ids: Collection[int]) -> dict[int, CommentView]:
    """Comments for frames, as nobody in particular sees them; those deleted meanwhile are missing. One query."""
    rows = Comment.objects.visible_to(None).filter(pk__in=comment_ids).select_related("author").only(*_FIELDS)
    return {row.id: comment_of(row) for row in rows}
