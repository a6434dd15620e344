"""Reads the lists of posts on the front page: the home feed, and the latest for people who are not signed in."""

from typing import Any

import redis

from accounts import queries as accounts
from accounts.cards import UNMUTED
from content import feedlists
from content.cards import HomePage, PostCard
from content.models import Post
from content.queries.posts import cards, visible_cards
from core import sql
from core.cursors import NEWEST, Page, bounded, decode, encode

POSTS = 12  # a page
SUGGESTIONS = 5
LATEST = 12
SPARE = 4  # times a page: of so many posts off a list enough are still to be seen, or SQL is asked for the page

_FOLLOWED = """
SELECT followee_id AS id FROM accounts_follow WHERE follower_id = %(viewer)s UNION ALL SELECT %(viewer)s
"""
# Whose posts a feed shows, whichever way it is read.
_CHOSEN = f"""
SELECT author.id, author.is_pulled FROM ({_FOLLOWED}) AS followed
JOIN accounts_user AS author ON author.id = followed.id AND author.is_active
WHERE {UNMUTED.format(muter="%(viewer)s", muted="followed.id")}
"""  # noqa: S608 -- of constants
_SHOWN = "post.published_at IS NOT NULL AND post.deleted_at IS NULL AND post.archived_at IS NULL"

# For each author a few rows off the index (author, -id), then the newest of those: the cost follows the number of
# people followed, not the number of posts on the instance.
_BY_AUTHOR = f"""
SELECT post.id FROM chosen CROSS JOIN LATERAL (
    SELECT id FROM content_post AS post WHERE author_id = chosen.id AND id < %(before)s AND {_SHOWN}
    ORDER BY id DESC LIMIT %(limit)s
) AS post
"""  # noqa: S608 -- of constants
_FEED = f"WITH chosen AS ({_CHOSEN}) {_BY_AUTHOR} ORDER BY post.id DESC LIMIT %(limit)s"

# Names whom one follows: no follow can come or go and leave both the same, as no follow's id comes again.
_FOLLOWS = "SELECT count(*) || ':' || coalesce(sum(id), 0) FROM accounts_follow WHERE follower_id = %(viewer)s"

# What a list is filled with, seen or not. Of one snapshot with the followees' name.
_FILLING = f"""
SELECT ({_FOLLOWS}), ARRAY(
    SELECT post.id FROM ({_FOLLOWED}) AS followed CROSS JOIN LATERAL (
        SELECT id FROM content_post WHERE author_id = followed.id ORDER BY id DESC LIMIT %(limit)s
    ) AS post
    ORDER BY post.id DESC LIMIT %(limit)s
)
"""  # noqa: S608 -- of constants
# Of a list what is to be seen, and with it the posts of those who are pulled: so many follow them that nobody is handed
# their posts. One's own come in the same way, or one would wait for the fan-out to see them.
# `IS TRUE` has PostgreSQL look each post up in a hash of the chosen, in the order of the posts, and stop at the limit;
# as a join it would read all that are listed, and sort them.
_LISTED = f"""
WITH chosen AS MATERIALIZED ({_CHOSEN})
SELECT ({_FOLLOWS}), ARRAY(
    SELECT id FROM (
        (
            SELECT post.id FROM content_post AS post
            WHERE post.id = ANY(%(listed)s::bigint[]) AND post.id < %(before)s AND {_SHOWN}
            AND (post.author_id IN (SELECT id FROM chosen)) IS TRUE
            ORDER BY post.id DESC LIMIT %(limit)s
        )
        UNION
        {_BY_AUTHOR} WHERE chosen.is_pulled OR chosen.id = %(viewer)s
    ) AS found
    ORDER BY id DESC LIMIT %(limit)s
)
"""  # noqa: S608 -- of constants


def home_page(viewer_id: int, *, after: str | None = None) -> HomePage:
    """The viewer's feed and people they might follow, in two round trips where the feed's list is enough."""
    with sql.pipeline(holds=True):
        people = accounts.suggestions_later(viewer_id, limit=SUGGESTIONS)
        page = home_feed(viewer_id, after=after)
    return HomePage(page, tuple(people()))


def home_feed(viewer_id: int, *, after: str | None = None, limit: int = POSTS) -> Page[PostCard]:
    """One page of what the viewer and the people they follow have published, newest first.

    In three queries; where the list in Redis is missing, old or too short, in up to five.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit = bounded(limit)
    ids = _feed_ids(viewer_id, before=decode(after) or NEWEST, limit=limit + 1)
    shown = ids[:limit]
    # The policy is asked again: a feed comes from a list too, and must not show more than the policy allows.
    return Page(visible_cards(viewer_id, shown), encode(shown[-1]) if len(ids) > limit else None)


def latest_public(limit: int = LATEST) -> list[PostCard]:
    """The latest posts that anybody may see, in two queries."""
    return cards(Post.objects.visible_to(None).order_by("-id")[: bounded(limit)], None)


def _feed_ids(viewer_id: int, *, before: int, limit: int) -> list[int]:
    try:
        found = _from_list(viewer_id, before=before, limit=limit)
    except redis.RedisError:
        feedlists.pause()
        found = None
    return _row(f"SELECT ARRAY({_FEED})", viewer=viewer_id, before=before, limit=limit)[0] if found is None else found


def _from_list(viewer_id: int, *, before: int, limit: int) -> list[int] | None:
    """The feed as the viewer's list has it; None if the list does not reach so far, or is of other followees."""
    whole = feedlists.read(viewer_id) or _filled(viewer_id)
    listed = whole.near(before, limit * SPARE)
    follows, found = _row(_LISTED, viewer=viewer_id, before=before, limit=limit, listed=listed.ids)
    if follows != listed.follows:
        _filled(viewer_id)
        return None
    certain = [post_id for post_id in found if post_id >= listed.floor]
    return certain if len(certain) == limit or not listed.floor else None


def _filled(viewer_id: int) -> feedlists.Listed:
    feedlists.begin(viewer_id)
    follows, ids = _row(_FILLING, viewer=viewer_id, limit=feedlists.FILLED)
    return feedlists.fill(viewer_id, follows, ids)


def _row(query: str, **values: Any) -> tuple[Any, ...]:
    """The limit is written out: PostgreSQL plans for a few rows, as it would not for any number of them."""
    limit = values.pop("limit")
    return sql.named(query.replace("%(limit)s", str(limit)), **values)[0]
