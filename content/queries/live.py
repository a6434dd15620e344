"""What the drain asks of content for every like: plain SQL, sent at once and read when it is needed.

Asks no policy: what comes of it goes to the authors of the posts.
"""

import json
from collections.abc import Callable, Collection

from content.cards import thumb_url
from core import sql

# For a statement that goes by posts or comments: `post`, and whether others must not see it; and `comment`.
WITH_POST = "LEFT JOIN content_post AS post ON post.id = {} "
POST_HIDDEN = "(post.deleted_at IS NOT NULL OR post.archived_at IS NOT NULL)"
WITH_COMMENT = "LEFT JOIN content_comment AS comment ON comment.id = {} "


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
