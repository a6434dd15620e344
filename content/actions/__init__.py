"""What people do with posts and photos. Each is one transaction of facts and their events; none changes a count."""

from .comment_likes import like_comment, unlike_comment
from .comments import comment
from .likes import like_post, unlike_post
from .media import create_media, delete_media, describe_media
from .mentions import mention
from .pins import pin_comment, unpin_comment
from .posts import create_post, delete_post, share
from .removal import purge
from .rendering import render, watch_media
from .uncomment import delete_comment

__all__ = [
    "comment",
    "create_media",
    "create_post",
    "delete_comment",
    "delete_media",
    "delete_post",
    "describe_media",
    "like_comment",
    "like_post",
    "mention",
    "pin_comment",
    "purge",
    "render",
    "share",
    "unlike_comment",
    "unlike_post",
    "unpin_comment",
    "watch_media",
]
