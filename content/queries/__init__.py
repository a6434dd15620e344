"""What content can be asked. Returns finished values, each list in a fixed number of SQL queries; writes nothing."""

from .comments import comments_by_id, comments_page, own_comment, pinned_comments, replies_page
from .explore import explore, explore_page
from .feed import home_feed, home_page, latest_public
from .live import FIRST_PHOTO, POST_HIDDEN, WITH_COMMENT, WITH_POST, seen_thumbs
from .media import MediaFile, held_photo, held_video, media_by_id, media_file, media_view, video_file
from .own import archived_posts, deleted_posts, own_post, saved_posts
from .people import likes_page, profile_page, user_posts
from .posts import (
    authors_for_followers,
    captions_of,
    counts_of,
    for_followers,
    post_card,
    post_edits,
    post_page,
    visible_counts,
    visible_counts_for,
)
from .search import MAX_QUERY, Sought, search
from .seen import SEES
from .tags import tag_page, tag_posts

__all__ = [
    "FIRST_PHOTO",
    "MAX_QUERY",
    "POST_HIDDEN",
    "SEES",
    "WITH_COMMENT",
    "WITH_POST",
    "MediaFile",
    "Sought",
    "archived_posts",
    "authors_for_followers",
    "captions_of",
    "comments_by_id",
    "comments_page",
    "counts_of",
    "deleted_posts",
    "explore",
    "explore_page",
    "for_followers",
    "held_photo",
    "held_video",
    "home_feed",
    "home_page",
    "latest_public",
    "likes_page",
    "media_by_id",
    "media_file",
    "media_view",
    "own_comment",
    "own_post",
    "pinned_comments",
    "post_card",
    "post_edits",
    "post_page",
    "profile_page",
    "replies_page",
    "saved_posts",
    "search",
    "seen_thumbs",
    "tag_page",
    "tag_posts",
    "user_posts",
    "video_file",
    "visible_counts",
    "visible_counts_for",
]
