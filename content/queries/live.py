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

# What `thumb_url` takes, and the description, of a photo; and of the first photo of a post, for a lateral join.
_THUMB = "folder, CASE WHEN state = 'ready' THEN renditions::text ELSE '' END AS renditions, alt"
FIRST_PHOTO = (
    f"SELECT {_THUMB} FROM content_media WHERE post_id = {{}} AND deleted_at IS NULL ORDER BY position LIMIT 1"  # noqa: S608
)

_SEEN_THUMBS = f"""
SELECT DISTINCT ON (ask.viewer, ask.about) ask.viewer, ask.about, post.id, {_THUMB}
FROM unnest(%s::bigint[], %s::bigint[]) AS ask (viewer, about)
LEFT JOIN content_comment AS comment ON comment.id = ask.about
JOIN content_post AS post ON post.id = coalesce(comment.post_id, ask.about)
JOIN accounts_user AS author ON author.id = post.author_id
JOIN content_media AS media ON media.post_id = post.id AND media.deleted_at IS NULL
WHERE {SEEN_BY.format(viewer="ask.viewer")} ORDER BY ask.viewer, ask.about, media.position
"""  # noqa: S608 -- of constants


def seen_thumbs(asks: Collection[tuple[int, int]]) -> Callable[[], dict[tuple[int, int], tuple[int, str, str]]]:
    """Send for a post's id, and its first photo's address and description, for pairs of a viewer and the post, or a
    comment under it: if the viewer sees it."""
    found = sql.later(_SEEN_THUMBS, *sql.columns(2, asks))
    return lambda: {
        (viewer, about): (post_id, thumb_url(folder, renditions), alt)
        for viewer, about, post_id, folder, renditions, alt in found()
    }
