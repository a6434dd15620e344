"""Reads comments and the answers to them, oldest first as people read them. Does not count them; the drain does."""

from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from accounts.people import PERSON_FIELDS
from content.cards import CommentView, comment_of
from content.models import Comment, CommentLike, CommentQuerySet, Post
from core.cursors import Page, bounded, decode, page_of
from core.prepared import AnyOf, prepared
from core.problems import NotFound

COMMENTS = 30  # a page
_FIELDS = (
    *("text", "author_id", "post_id", "parent_id", "like_count", "reply_count", "ver"),
    *(f"author__{name}" for name in PERSON_FIELDS),
)


def comments_page(
    viewer_id: int | None, post_id: int, *, after: str | None = None, limit: int = COMMENTS
) -> Page[CommentView]:
    """One page of a post's comments without the answers to them, in two queries; the newest come last.

    Raises:
        NotFound: if the viewer may not see the post.
        Invalid: if `after` is no cursor.
    """
    found = _author_of(viewer_id=viewer_id, post_id=post_id)
    if not found:
        raise NotFound(_("There is no such post."))
    return page_under(post_id, viewer_id, post_author_id=found[0][0], after=after, limit=limit)


def page_under(
    post_id: int, viewer_id: int | None, *, post_author_id: int, after: str | None = None, limit: int = COMMENTS
) -> Page[CommentView]:
    """One page of the comments of a post that the caller has found visible, in one query.

    The first has the pinned comment before all others, and over the limit; the others leave it out.
    """
    limit = bounded(limit)
    rows = _under(limit + 1, viewer_id=viewer_id, post_id=post_id, since=decode(after))
    found = _views(rows, viewer_id, post_author_id)
    first = [view for view in found if view.pinned]
    page = _page([view for view in found if not view.pinned], limit)
    return Page(first + page.items, page.next)


def replies_page(
    viewer_id: int | None, comment_id: int, *, after: str | None = None, limit: int = COMMENTS
) -> Page[CommentView]:
    """One page of the answers to a comment, in two queries; the newest come last.

    Raises:
        NotFound: if the viewer may not see the comment.
        Invalid: if `after` is no cursor.
    """
    limit = bounded(limit)
    found = _author_above(viewer_id=viewer_id, comment_id=comment_id)
    if not found:
        raise NotFound(_("There is no such comment."))
    rows = _answers(limit + 1, viewer_id=viewer_id, comment_id=comment_id, since=decode(after) or 0)
    return _page(_views(rows, viewer_id, found[0][0]), limit)


def comments_by_id(comment_ids: Collection[int]) -> dict[int, CommentView]:
    """Comments for frames, as nobody in particular sees them; those deleted meanwhile are missing. One query."""
    return {row.id: comment_of(row) for row in _for_nobody(comment_ids=list(comment_ids))}


def pinned_comments(post_ids: Collection[int]) -> dict[int, tuple[int, int] | None]:
    """The pinned comment of each of these posts, and who wrote it, for frames. One query."""
    rows = Post.objects.filter(pk__in=post_ids).values_list("id", "pinned_comment_id", "pinned_comment__author_id")
    return {post_id: (pinned, author) if pinned and author else None for post_id, pinned, author in rows}


def own_comment(viewer_id: int, comment_id: int, post_id: int) -> CommentView | None:
    """A comment of the viewer's own under a post, in one query."""
    found = _views(_own(viewer_id=viewer_id, comment_id=comment_id, post_id=post_id), viewer_id, viewer_id)
    return found[0] if found else None


@prepared
def _author_of(*, viewer_id: int | None, post_id: int) -> QuerySet[Post, tuple[int]]:
    return Post.objects.visible_to(viewer_id).filter(pk=post_id).values_list("author_id")


@prepared
def _author_above(*, viewer_id: int | None, comment_id: int) -> QuerySet[Comment, tuple[int]]:
    return Comment.objects.shown_to(viewer_id).filter(pk=comment_id).values_list("post__author_id")


@prepared
def _under(limit: int, *, viewer_id: int | None, post_id: int, since: int | None) -> CommentQuerySet:
    top = Comment.objects.visible_to(viewer_id).filter(post_id=post_id, parent=None)
    pinned = Q(post__pinned_comment=F("pk"))
    ids = top.exclude(pinned).filter(pk__gt=0 if since is None else since).order_by("pk").values("pk")[:limit]
    if since is None:
        ids = ids.union(top.filter(pinned).values("pk"))
    return _seen_by(viewer_id, Comment.objects.filter(pk__in=ids).order_by("id"))


@prepared
def _answers(limit: int, *, viewer_id: int | None, comment_id: int, since: int) -> CommentQuerySet:
    rows = Comment.objects.visible_to(viewer_id).filter(parent_id=comment_id, id__gt=since)
    return _seen_by(viewer_id, rows.order_by("id")[:limit])


@prepared
def _own(*, viewer_id: int, comment_id: int, post_id: int) -> CommentQuerySet:
    return _seen_by(viewer_id, Comment.objects.filter(pk=comment_id, post_id=post_id, author_id=viewer_id))


@prepared
def _for_nobody(*, comment_ids: list[int]) -> CommentQuerySet:
    return Comment.objects.visible_to(None).filter(AnyOf("pk", comment_ids)).select_related("author").only(*_FIELDS)


def _seen_by(viewer_id: int | None, rows: CommentQuerySet) -> CommentQuerySet:
    """With authors, whether the viewer likes it, and whether it is pinned."""
    pinned = ExpressionWrapper(Q(post__pinned_comment=F("pk")), output_field=BooleanField())
    return rows.select_related("author").only(*_FIELDS).annotate(liked=_liked_by(viewer_id), pinned=pinned)


def _views(rows: list[Any], viewer_id: int | None, post_author_id: int) -> list[CommentView]:
    return [
        comment_of(
            row,
            can_delete=viewer_id is not None and viewer_id in (row.author_id, post_author_id),
            liked=row.liked,
            pinned=bool(row.pinned),
        )
        for row in rows
    ]


def _page(found: list[CommentView], limit: int) -> Page[CommentView]:
    return page_of(found, limit, key=lambda view: view.id, make=lambda view: view)


def _liked_by(viewer_id: int | None) -> Combinable:
    if viewer_id is None:
        return Value(False, output_field=BooleanField())
    return Exists(CommentLike.objects.filter(comment=OuterRef("pk"), user_id=viewer_id))
