"""What the drain asks of content for every like: plain SQL, each one query, sent at once and read when it is needed.

Asks no policy: what comes of it goes to the authors of the posts.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass

from content.cards import thumb_url
from core import sql


@dataclass(frozen=True, slots=True)
class StillThere:
    """Of what was asked: the posts that nobody has deleted, and the comments with their texts."""

    posts: set[int]
    comments: dict[int, str]


def still_there(post_ids: Collection[int], comment_ids: Collection[int]) -> Callable[[], StillThere]:
    """Send for the posts and comments that are still there."""
    posts = sql.later("SELECT id FROM content_post WHERE id = ANY(%s::bigint[]) AND deleted_at IS NULL", list(post_ids))
    if not comment_ids:
        return lambda: StillThere({post_id for (post_id,) in posts()}, {})
    comments = sql.later("SELECT id, text FROM content_comment WHERE id = ANY(%s::bigint[])", list(comment_ids))
    return lambda: StillThere({post_id for (post_id,) in posts()}, dict(comments()))


def thumbs(post_ids: Collection[int]) -> Callable[[], dict[int, tuple[str, str]]]:
    """Send for the address and the description of each post's first photo."""
    found = sql.later(
        "SELECT DISTINCT ON (post_id) post_id, folder, state, renditions, alt FROM content_media "
        "WHERE post_id = ANY(%s::bigint[]) AND deleted_at IS NULL ORDER BY post_id, position",
        list(post_ids),
    )
    return lambda: {
        post_id: (thumb_url(folder, json.loads(renditions) if state == "ready" else {}), alt)
        for post_id, folder, state, renditions, alt in found()
    }
