"""Reads posts: one, many as cards, their thumbs and counts. Decides no order and no audience but `visible_to`."""

from collections.abc import Collection

from django.db import connection
from django.db.models import BooleanField, Exists, OuterRef, Prefetch, Value
from django.db.models.expressions import Combinable

from accounts.people import PERSON_FIELDS
from content.cards import PostCard, PostCounts, PostPage, card_of
from content.models import Like, Media, Post, PostQuerySet
from content.queries import comments
from core.problems import NotFound

_POST_FIELDS = ("author_id", "caption", "published_at", "like_count", "comment_count", "ver")
_AUTHOR_FIELDS = tuple(f"author__{name}" for name in PERSON_FIELDS)

NOBODY = 0  # no person's id: a visitor among viewers

# `Post.visible_to` for many viewers at once. Each line is a line of the policy there and in accounts.policies.
_WATCHED = """
SELECT ask.viewer, post.id, post.ver, post.like_count, post.comment_count, post.author_id
FROM unnest(%s::bigint[], %s::bigint[]) AS ask (viewer, post)
JOIN content_post AS post ON post.id = ask.post
JOIN accounts_user AS author ON author.id = post.author_id
WHERE post.deleted_at IS NULL
AND (post.published_at IS NOT NULL OR post.author_id = ask.viewer)
AND author.is_active
AND (NOT author.is_private OR author.id = ask.viewer OR EXISTS (
    SELECT FROM accounts_follow WHERE follower_id = ask.viewer AND followee_id = author.id))
AND NOT EXISTS (SELECT FROM accounts_block WHERE blocker_id = ask.viewer AND blocked_id = author.id)
AND NOT EXISTS (SELECT FROM accounts_block WHERE blocker_id = author.id AND blocked_id = ask.viewer)
"""


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


def visible_counts_for(asks: Collection[tuple[int | None, int]]) -> dict[tuple[int | None, int], PostCounts]:
    """Of these (viewer, post) pairs, those whose viewer may watch the post, with its counts; one query.

    For one viewer `visible_counts` says the same; a test holds the two equal.
    """
    pairs = list(set(asks))
    with connection.cursor() as cursor:
        cursor.execute(_WATCHED, [[viewer or NOBODY for viewer, _ in pairs], [post for _, post in pairs]])
        return {
            (viewer if viewer != NOBODY else None, post_id): PostCounts(*counts)
            for viewer, post_id, *counts in cursor.fetchall()
        }


def counts_of(post_ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """`(ver, likes, comments)` of posts, whoever asks: for sockets that were let in to them before; one query."""
    rows = Post.objects.filter(pk__in=post_ids, deleted_at__isnull=True)
    return {
        post_id: (ver, likes, comments)
        for post_id, ver, likes, comments in rows.values_list("id", "ver", "like_count", "comment_count")
    }


def _liked_by(viewer_id: int | None) -> Combinable:
    if viewer_id is None:
        return Value(False, output_field=BooleanField())
    return Exists(Like.objects.filter(post=OuterRef("pk"), user_id=viewer_id))
