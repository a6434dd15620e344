"""Reads the lists of posts on the front page: the home feed, and the latest for people who are not signed in."""

from django.db import connection

from accounts import queries as accounts
from accounts.cards import UNMUTED
from content.cards import HomePage, PostCard
from content.models import Post
from content.queries.posts import cards
from core.cursors import Page, bounded, decode, encode

POSTS = 12  # a page
SUGGESTIONS = 5
LATEST = 12

# For each author a few rows off the index (author, -id), then the newest of those: the cost follows the number of
# people followed, not the number of posts on the instance.
_FEED = f"""
SELECT post.id
FROM (
    SELECT followee_id AS id FROM accounts_follow WHERE follower_id = %(viewer)s UNION ALL SELECT %(viewer)s
) AS chosen
JOIN accounts_user AS author ON author.id = chosen.id AND author.is_active
    AND {UNMUTED.format(muter="%(viewer)s", muted="author.id")}
CROSS JOIN LATERAL (
    SELECT id FROM content_post
    WHERE author_id = author.id AND id < %(before)s AND published_at IS NOT NULL AND deleted_at IS NULL
        AND archived_at IS NULL
    ORDER BY id DESC LIMIT %(limit)s
) AS post
ORDER BY post.id DESC LIMIT %(limit)s
"""  # noqa: S608 -- of constants
_NEWEST = 2**63 - 1


def home_page(viewer_id: int, *, after: str | None = None) -> HomePage:
    """The viewer's feed and people they might follow."""
    return HomePage(home_feed(viewer_id, after=after), accounts.suggestions(viewer_id, limit=SUGGESTIONS))


def home_feed(viewer_id: int, *, after: str | None = None, limit: int = POSTS) -> Page[PostCard]:
    """One page of what the viewer and the people they follow have published, newest first, in three queries.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit = bounded(limit)
    ids = _feed_ids(viewer_id, before=decode(after) or _NEWEST, limit=limit + 1)
    shown = ids[:limit]
    # The policy is asked again: a feed may come from elsewhere later, and must not show more than the policy allows.
    posts = Post.objects.visible_to(viewer_id).filter(pk__in=shown).order_by("-id")
    return Page(cards(posts, viewer_id), encode(shown[-1]) if len(ids) > limit else None)


def latest_public(limit: int = LATEST) -> list[PostCard]:
    """The latest posts that anybody may see, in two queries."""
    return cards(Post.objects.visible_to(None).order_by("-id")[: bounded(limit)], None)


def _feed_ids(viewer_id: int, *, before: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_FEED, {"viewer": viewer_id, "before": before, "limit": limit})
        return [row[0] for row in cursor.fetchall()]
