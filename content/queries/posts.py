"""Reads posts: one, many as cards, their thumbs and counts. Decides no order and no audience but `visible_to`."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from content.cards import EditView, PostCard, PostCounts, PostPage, PostRow, card_of, edit_of, edited
from content.models import Like, Media, Post, PostEdit, PostQuerySet, Save, Visibility
from content.photos import MediaRow
from content.queries import comments
from content.queries.seen import SEEN_BY
from core import replica, sql
from core.cursors import NEWEST, Page, bounded, decode, page_of
from core.prepared import AnyOf, prepared
from core.problems import NotFound

PostRows = QuerySet[Post, tuple[Any, ...]]

_POST_COLUMNS = PostRow._fields[: PostRow._fields.index("username")]
_AUTHOR_COLUMNS = ("author__username", "author__name", "author__avatar")
_OF_POST = MediaRow._fields.index("post_id")
_MEDIA_COLUMNS = MediaRow._fields[: MediaRow._fields.index("renditions")]

NOBODY = 0  # no person's id: a visitor among viewers

_WATCHED = f"""
SELECT ask.viewer, post.id, post.ver, post.like_count, post.comment_count, post.author_id
FROM unnest(%s::bigint[], %s::bigint[]) AS ask (viewer, post)
JOIN content_post AS post ON post.id = ask.post
JOIN accounts_user AS author ON author.id = post.author_id
WHERE {SEEN_BY.format(viewer="ask.viewer")}
"""  # noqa: S608 -- of constants


def post_card(viewer_id: int | None, post_id: int) -> PostCard:
    """One post as a card, in two queries and one round trip; one in the archive to its author alone.

    Raises:
        NotFound: if the viewer may not see it.
    """
    with sql.pipeline(holds=True):
        rows = _readable.later(viewer_id=viewer_id, post_id=post_id)
        photos = _photos.later(post_ids=[post_id])
    found = _cards(rows(), photos(), viewer_id)
    if not found:
        raise NotFound(_("There is no such post."))
    return found[0]


def post_page(
    viewer_id: int | None,
    post_id: int,
    *,
    after: str | None = None,
    thread: int | None = None,
    since: str | None = None,
) -> PostPage:
    """A post and a page of its comments, in three queries; the answers to one of them, behind `since`, cost two more.

    Raises:
        NotFound: if the viewer may not see it.
        Invalid: if `after` or `since` is no cursor.
    """
    post = post_card(viewer_id, post_id)
    page = comments.page_under(post_id, viewer_id, post_author_id=post.author.id, after=after)
    opened = next((comment for comment in page.items if comment.id == thread), None)
    replies = comments.replies_page(viewer_id, opened.id, after=since) if opened else None
    return PostPage(post, page, opened, replies)


def post_edits(viewer_id: int | None, post_id: int) -> list[EditView]:
    """What a post's caption was before each of its edits, the latest first, in two queries; an action bounds them.

    Raises:
        NotFound: if the viewer may not see the post.
    """
    if not Post.objects.readable_by(viewer_id).filter(pk=post_id).exists():
        raise NotFound(_("There is no such post."))
    return [edit_of(edit) for edit in PostEdit.objects.filter(post_id=post_id).order_by("-id")]


def captions_of(post_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What an edit may have changed, for frames to those who were let in before; posts out of sight are missing."""
    rows = Post.objects.published().filter(pk__in=post_ids).only("caption", "comments_off", "edited_at")
    return {post.id: edited(post.caption, comments_off=post.comments_off, at=post.edited_at) for post in rows}


def visible_cards(viewer_id: int | None, post_ids: list[int]) -> list[PostCard]:
    """Those of these posts that the viewer may see, newest first; in two queries and one round trip."""
    if not post_ids:
        return []
    with sql.pipeline(holds=True):
        rows = _visible.later(viewer_id=viewer_id, post_ids=post_ids)
        photos = _photos.later(post_ids=post_ids)
    return _cards(rows(), photos(), viewer_id)


def cards(posts: PostQuerySet, viewer_id: int | None) -> list[PostCard]:
    """The posts of a queryset that is rarely asked, as cards; in two queries."""
    rows = list(_with_card(posts, viewer_id))
    return _cards(rows, _photos(post_ids=[row[0] for row in rows]) if rows else [], viewer_id)


@prepared
def _readable(*, viewer_id: int | None, post_id: int) -> PostRows:
    return _with_card(Post.objects.readable_by(viewer_id).filter(pk=post_id), viewer_id)


@prepared
def _visible(*, viewer_id: int | None, post_ids: list[int]) -> PostRows:
    return _with_card(Post.objects.visible_to(viewer_id).filter(AnyOf("pk", post_ids)).order_by("-id"), viewer_id)


@prepared
def _photos(*, post_ids: list[int]) -> QuerySet[Media, tuple[Any, ...]]:
    rows = Media.objects.kept().filter(AnyOf("post_id", post_ids)).order_by("position", "id")
    return rows.values_list(*_MEDIA_COLUMNS, _text("renditions"), _text("videos"))


def _text(column: str) -> Cast:
    """A column of JSON as it is: Django would make values of it that nobody looks at."""
    return Cast(column, TextField())


def _with_card(posts: PostQuerySet, viewer_id: int | None) -> PostRows:
    """The columns of PostRow: posts with their authors, and whether the viewer likes and keeps them."""
    rows = posts.with_public().annotate(
        published=_is(published_at__isnull=False),
        archived=_is(archived_at__isnull=False),
        liked=_done_by(viewer_id, Like),
        saved=_done_by(viewer_id, Save),
    )
    return rows.values_list(*_POST_COLUMNS, *_AUTHOR_COLUMNS)


def _cards(rows: list[tuple[Any, ...]], photos: list[tuple[Any, ...]], viewer_id: int | None) -> list[PostCard]:
    by_post: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for photo in photos:
        by_post[photo[_OF_POST]].append(photo)
    return [card_of(post, tuple(by_post[post.id]), viewer_id) for post in map(PostRow._make, rows)]


def grid(
    posts: PostQuerySet, viewer_id: int | None, *, after: str | None, limit: int, late: bool = True
) -> Page[PostCard]:
    """A page of a queryset's posts, newest first, in two queries; one more goes to the replica.

    Args:
        late: whether the last second's may be missing.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit = bounded(limit)
    posts = posts.filter(id__lt=decode(after) or NEWEST).order_by("-id")
    if late:
        found = replica.first(posts, limit + 1, read=lambda rows: cards(rows, viewer_id))  # type: ignore[arg-type]
    else:
        found = cards(posts[: limit + 1], viewer_id)
    return page_of(found, limit, key=lambda card: card.id, make=lambda card: card)


def visible_counts(viewer_id: int | None, post_ids: Collection[int]) -> dict[int, PostCounts]:
    """Of these posts, those that the viewer may watch, with their counts; one query."""
    found = _counted(viewer_id=viewer_id, post_ids=list(post_ids))
    return {post_id: PostCounts(*counts) for post_id, *counts in found}


@prepared
def _counted(*, viewer_id: int | None, post_ids: list[int]) -> QuerySet[Post, tuple[int, ...]]:
    rows = Post.objects.visible_to(viewer_id).filter(AnyOf("pk", post_ids))
    return rows.values_list("id", "ver", "like_count", "comment_count", "author_id")


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
    rows = Post.objects.kept().filter(pk__in=post_ids, archived_at__isnull=True)
    return {
        post_id: (ver, likes, comments)
        for post_id, ver, likes, comments in rows.values_list("id", "ver", "like_count", "comment_count")
    }


def for_followers(post_ids: Collection[int]) -> set[int]:
    """Of these posts, those that are for followers alone, whatever became of them since; one query."""
    posts = Post.objects.filter(pk__in=post_ids, visibility=Visibility.FOLLOWERS)
    return set(posts.values_list("id", flat=True))


def authors_for_followers(author_ids: Collection[int]) -> set[int]:
    """Of these people, those who have posts in sight that are for followers alone; one query."""
    posts = Post.objects.published().filter(author_id__in=author_ids, visibility=Visibility.FOLLOWERS)
    return set(posts.values_list("author_id", flat=True).distinct())


def _is(**condition: object) -> Combinable:
    return ExpressionWrapper(Q(**condition), output_field=BooleanField())


def _done_by(viewer_id: int | None, deed: type[Like | Save]) -> Combinable:
    if viewer_id is None:
        return Value(False, output_field=BooleanField())
    return Exists(deed._default_manager.filter(post=OuterRef("pk"), user_id=viewer_id))
