"""The event vocabulary: everything that can have happened. Not the frames that sockets get (realtime.protocol).

An event names facts that are already in the database, in the same transaction. Handlers decide by those facts,
so that handling an event twice does nothing more.
"""

from typing import Literal

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
    """A follow is gone; `cut` if with it went the sight of private posts, or of each other's presence."""

    follower_id: int
    followee_id: int
    cut: bool = False


class FollowRequested(Event, frozen=True, kw_only=True, tag="follow.requested"):
    follower_id: int
    followee_id: int


class FollowRequestEnded(Event, frozen=True, kw_only=True, tag="follow.request.ended"):
    """A request waits no longer; when it was granted a `UserFollowed` beside it says so too."""

    follower_id: int
    followee_id: int
    how: Literal["withdrawn", "refused", "granted"]


class UserBlocked(Event, frozen=True, kw_only=True, tag="user.blocked"):
    blocker_id: int
    blocked_id: int


class UserUnblocked(Event, frozen=True, kw_only=True, tag="user.unblocked"):
    blocker_id: int
    blocked_id: int


class SilenceChanged(Event, frozen=True, kw_only=True, tag="user.silence.changed"):
    """Two people fell silent, or speak again; one event for each of them, in their own shard: what others did to them
    is derived there, and so none of it slips past this."""

    user_id: int
    other_id: int


class AudienceNarrowed(Event, frozen=True, kw_only=True, tag="user.audience.narrowed"):
    """Somebody shows less from now on: `private`, posts to followers alone; `presence`, not that they are here."""

    user_id: int
    reason: Literal["private", "presence"]


class UserSuspended(Event, frozen=True, kw_only=True, tag="user.suspended"):
    user_id: int


class UserDeleted(Event, frozen=True, kw_only=True, tag="user.deleted"):
    """Marked for deletion: hidden everywhere now, removed for good later."""

    user_id: int


class UserReturned(Event, frozen=True, kw_only=True, tag="user.returned"):
    """No longer suspended, or kept from deletion; whether they are active now, their row says."""

    user_id: int


class SessionEnded(Event, frozen=True, kw_only=True, tag="session.ended"):
    """A session's row is gone; `renewed` if another has taken its place in the same browser."""

    session_id: int
    user_id: int
    reason: Literal["signed_out", "ended", "renewed"]


class TokenRevoked(Event, frozen=True, kw_only=True, tag="token.revoked"):
    token_id: int
    user_id: int


class PasswordChanged(Event, frozen=True, kw_only=True, tag="user.password.changed"):
    """Every session of a person ended, but the one in which they changed it."""

    user_id: int
    keep_id: int | None = None


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
    | FollowRequested
    | FollowRequestEnded
    | UserBlocked
    | UserUnblocked
    | SilenceChanged
    | AudienceNarrowed
    | UserSuspended
    | UserDeleted
    | UserReturned
    | SessionEnded
    | TokenRevoked
    | PasswordChanged
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
