"""What people do with posts and photos. Each is one transaction of facts and their events; none changes a count."""

from .comment_likes import like_comment, unlike_comment
from .comments import comment
from .editing import edit_post, rewrite_post
from .likes import like_post, unlike_post
from .media import create_media, delete_media, describe_media
from .mentions import mention
from .pins import pin_comment, unpin_comment
from .posts import create_post, share
from .putting_back import put_back_comment, put_back_post, remove_post
from .removal import hold_photos, purge, purge_post, purge_posts
from .rendering import render, watch_media
from .saves import save_post, unsave_post
from .shelving import archive_post, delete_post, restore_post, unarchive_post
from .uncomment import delete_comment, remove_comment

__all__ = [
    "archive_post",
    "comment",
    "create_media",
    "create_post",
    "delete_comment",
    "delete_media",
    "delete_post",
    "describe_media",
    "edit_post",
    "hold_photos",
    "like_comment",
    "like_post",
    "mention",
    "pin_comment",
    "purge",
    "purge_post",
    "purge_posts",
    "put_back_comment",
    "put_back_post",
    "remove_comment",
    "remove_post",
    "render",
    "restore_post",
    "rewrite_post",
    "save_post",
    "share",
    "unarchive_post",
    "unlike_comment",
    "unlike_post",
    "unpin_comment",
    "unsave_post",
    "watch_media",
]
