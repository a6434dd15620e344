"""The event vocabulary: everything that can have happened. Not the frames that sockets get (realtime.protocol).

An event names facts that are already in the database, in the same transaction. Handlers decide by those facts,
so that handling an event twice does nothing more.
"""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something that happened. `mut` is the mutation id that the acting client sent, echoed to its devices."""

    mut: str | None = None


class PostLiked(Event, frozen=True, kw_only=True, tag="post.liked"):
    post_id: int
    author_id: int
    actor_id: int


class PostUnliked(Event, frozen=True, kw_only=True, tag="post.unliked"):
    post_id: int
    author_id: int
    actor_id: int


class CommentAdded(Event, frozen=True, kw_only=True, tag="comment.added"):
    comment_id: int
    post_id: int
    author_id: int  # of the post: the recipient
    actor_id: int  # of the comment


class CommentDeleted(Event, frozen=True, kw_only=True, tag="comment.deleted"):
    comment_id: int
    post_id: int
    author_id: int
    actor_id: int


class PostPublished(Event, frozen=True, kw_only=True, tag="post.published"):
    post_id: int
    author_id: int


class PostDeleted(Event, frozen=True, kw_only=True, tag="post.deleted"):
    post_id: int
    author_id: int
    published: bool


class UserFollowed(Event, frozen=True, kw_only=True, tag="user.followed"):
    follower_id: int
    followee_id: int


class UserUnfollowed(Event, frozen=True, kw_only=True, tag="user.unfollowed"):
    follower_id: int
    followee_id: int


class MediaFinished(Event, frozen=True, kw_only=True, tag="media.finished"):
    """A photo is ready, or failed for good; its row says which."""

    media_id: int
    owner_id: int


class NotificationsRead(Event, frozen=True, kw_only=True, tag="notifications.read"):
    user_id: int
    group_ids: list[int]


AnyEvent = (
    PostLiked
    | PostUnliked
    | CommentAdded
    | CommentDeleted
    | PostPublished
    | PostDeleted
    | UserFollowed
    | UserUnfollowed
    | MediaFinished
    | NotificationsRead
)

_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_encoder = msgspec.json.Encoder()


def encode(event: Event) -> str:
    """Write an event as the JSON text that the outbox keeps."""
    return _encoder.encode(event).decode()


def decode(text: str) -> AnyEvent:
    """Read an event back.

    Raises:
        msgspec.ValidationError: if a field is missing or the type is unknown to this version.
    """
    return _decoder.decode(text)
