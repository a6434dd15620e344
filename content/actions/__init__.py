"""What people do with posts and photos. Each is one transaction of facts and their events; none changes a count."""

from .comments import comment, delete_comment
from .likes import like_post, unlike_post
from .media import create_media, delete_media, describe_media
from .posts import create_post, delete_post, share
from .removal import purge
from .rendering import render, watch_media

__all__ = [
    "comment",
    "create_media",
    "create_post",
    "delete_comment",
    "delete_media",
    "delete_post",
    "describe_media",
    "like_post",
    "purge",
    "render",
    "share",
    "unlike_post",
    "watch_media",
]
