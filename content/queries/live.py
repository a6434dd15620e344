"""What the drain asks of content for every like: plain SQL, sent at once and read when it is needed.

Asks no policy for what goes to the authors of the posts; for what goes to others, the one for posts.
"""

from collections.abc import Callable, Collection

from content.photos import thumb_url
from content.queries.seen import SEEN_BY
from core import sql

# For a statement that goes by posts or comments: `post`, and whether others must not see it; and `comment`.
WITH_POST = "LEFT JOIN content_post AS post ON post.id = {} "
POST_HIDDEN = "(post.deleted_at IS NOT NULL OR post.archived_at IS NOT NULL)"
WITH_COMMENT = "LEFT JOIN content_comment AS comment ON comment.id = {} "

_SEEN_THUMBS = f"""
SELECT DISTINCT ON (ask.viewer, ask.about) ask.viewer, ask.about, post.id, folder, state, renditions, alt
FROM unnest(%s::bigint[], %s::bigint[]) AS ask (viewer, about)
LEFT JOIN content_comment AS comment ON comment.id = ask.about
JOIN content_post AS post ON post.id = coalesce(comment.post_id, ask.about)
JOIN accounts_user AS author ON author.id = post.author_id
JOIN content_media AS media ON media.post_id = post.id AND media.deleted_at IS NULL
WHERE {SEEN_BY.format(viewer="ask.viewer")} ORDER BY ask.viewer, ask.about, media.position
"""  # noqa: S608 -- of constants


def thumbs(post_ids: Collection[int]) -> Callable[[], dict[int, tuple[str, str]]]:
    """Send for the address and the description of each post's first photo."""
    found = sql.later(
        "SELECT DISTINCT ON (post_id) post_id, folder, state, renditions, alt FROM content_media "
        "WHERE post_id = ANY(%s::bigint[]) AND deleted_at IS NULL ORDER BY post_id, position",
        list(post_ids),
    )
    return lambda: {
        post_id: (thumb_url(folder, renditions if state == "ready" else {}), alt)
        for post_id, folder, state, renditions, alt in found()
    }


def seen_thumbs(asks: Collection[tuple[int, int]]) -> Callable[[], dict[tuple[int, int], tuple[int, str, str]]]:
    """The same for pairs of a viewer and a post, or a comment under it, with the post's id: if the viewer sees it."""
    found = sql.later(_SEEN_THUMBS, *sql.columns(2, asks))
    return lambda: {
        (viewer, about): (post_id, thumb_url(folder, renditions if state == "ready" else {}), alt)
        for viewer, about, post_id, folder, state, renditions, alt in found()
    }
