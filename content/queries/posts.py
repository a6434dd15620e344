"""Reads posts: one, many as cards, their thumbs and counts. Decides no order and no audience but `visible_to`."""

from collections.abc import Collection

from django.db.models import BooleanField, Exists, OuterRef, Prefetch, Value
from django.db.models.expressions import Combinable

from accounts.people import PERSON_FIELDS
from content.cards import PostCard, PostCounts, PostPage, card_of
from content.models import Like, Media, Post, PostQuerySet
from content.queries import comments
from core.problems import NotFound

_POST_FIELDS = ("author_id", "caption", "published_at", "like_count", "comment_count", "ver")
_AUTHOR_FIELDS = tuple(f"author__{name}" for name in PERSON_FIELDS)


def post_card(viewer_id: int | None, post_id: int) -> PostCard:
    """One post as a card, in two queries.

    Raises:
        NotFound: if the viewer may not see it.
    """
    found = cards(Post.objects.visible_to(viewer_id).filter(pk=post_id), viewer_id)
    if not found:
        raise NotFound("There is no such post.")
    return found[0]


def post_page(viewer_id: int | None, post_id: int, *, after: str | None = None) -> PostPage:
    """A post and a page of its comments, in three queries.

    Raises:
        NotFound: if the viewer may not see it.
        Invalid: if `after` is no cursor.
    """
    post = post_card(viewer_id, post_id)
    return PostPage(post, comments.page_under(post_id, viewer_id, post_author_id=post.author.id, after=after))


def cards(posts: PostQuerySet, viewer_id: int | None) -> list[PostCard]:
    """The posts of a queryset, with authors, photos and whether the viewer likes them, in two queries."""
    photos = Prefetch("media", Media.objects.kept().order_by("position", "id"), to_attr="photos")
    rows = (
        posts.select_related("author")
        .only(*_POST_FIELDS, *_AUTHOR_FIELDS)
        .annotate(liked=_liked_by(viewer_id))
        .prefetch_related(photos)
    )
    return [card_of(row, viewer_id, liked=row.liked, photos=row.photos) for row in rows]  # type: ignore[attr-defined]


def visible_counts(viewer_id: int | None, post_ids: Collection[int]) -> dict[int, PostCounts]:
    """Of these posts, those that the viewer may watch, with their counts; one query."""
    rows = Post.objects.visible_to(viewer_id).filter(pk__in=post_ids)
    found = rows.values_list("id", "ver", "like_count", "comment_count", "author_id")
    return {post_id: PostCounts(*counts) for post_id, *counts in found}


def _liked_by(viewer_id: int | None) -> Combinable:
    if viewer_id is None:
        return Value(False, output_field=BooleanField())
    return Exists(Like.objects.filter(post=OuterRef("pk"), user_id=viewer_id))
