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


class PostSaved(Event, frozen=True, kw_only=True, tag="post.saved"):
    post_id: int
    user_id: int


class PostUnsaved(Event, frozen=True, kw_only=True, tag="post.unsaved"):
    post_id: int
    user_id: int


class CommentAdded(Event, frozen=True, kw_only=True, tag="comment.added"):
    comment_id: int
    post_id: int
    author_id: int  # of the post: the recipient
    actor_id: int  # of the comment
    parent_id: int | None = None  # the comment that it answers
    answered_id: int | None = None  # who wrote that one


class CommentDeleted(Event, frozen=True, kw_only=True, tag="comment.deleted"):
    comment_id: int
    post_id: int
    author_id: int
    actor_id: int
    parent_id: int | None = None
    answered_id: int | None = None


class CommentReplied(Event, frozen=True, kw_only=True, tag="comment.replied"):
    """Beside `CommentAdded`, for the author of the comment that is answered."""

    comment_id: int
    post_id: int
    parent_id: int
    recipient_id: int
    actor_id: int


class ReplyDeleted(Event, frozen=True, kw_only=True, tag="comment.reply.deleted"):
    comment_id: int
    post_id: int
    parent_id: int
    recipient_id: int
    actor_id: int


class CommentLiked(Event, frozen=True, kw_only=True, tag="comment.liked"):
    comment_id: int
    post_id: int
    recipient_id: int  # who wrote the comment
    actor_id: int


class CommentUnliked(Event, frozen=True, kw_only=True, tag="comment.unliked"):
    comment_id: int
    post_id: int
    recipient_id: int
    actor_id: int


class CommentGone(Event, frozen=True, kw_only=True, tag="comment.gone"):
    """Beside `CommentDeleted`, for who wrote the comment, if others liked it: what they did goes with it."""

    comment_id: int
    user_id: int


class CommentPinned(Event, frozen=True, kw_only=True, tag="comment.pinned"):
    """Another comment stands first under a post, or (None) none does."""

    post_id: int
    author_id: int
    comment_id: int | None = None


class UserMentioned(Event, frozen=True, kw_only=True, tag="user.mentioned"):
    """A caption (then there is no comment) or a comment names somebody who may see it."""

    user_id: int
    post_id: int
    actor_id: int
    comment_id: int | None = None


class UserUnmentioned(Event, frozen=True, kw_only=True, tag="user.unmentioned"):
    user_id: int
    post_id: int
    actor_id: int
    comment_id: int | None = None


class PostPublished(Event, frozen=True, kw_only=True, tag="post.published"):
    """A post came into sight: for the first time, or (`again`) out of the archive or back from its deletion."""

    post_id: int
    author_id: int
    again: bool = False


class PostEdited(Event, frozen=True, kw_only=True, tag="post.edited"):
    """A caption, who may comment, or the audience changed; `narrowed` if some who saw the post do not any more."""

    post_id: int
    author_id: int
    narrowed: bool = False


class PostDeleted(Event, frozen=True, kw_only=True, tag="post.deleted"):
    """A post went out of sight: deleted, or (`archived`) kept for its author alone; both can be undone."""

    post_id: int
    author_id: int
    published: bool  # it was in sight until now
    archived: bool = False


class PostPurged(Event, frozen=True, kw_only=True, tag="post.purged"):
    """A post's rows are gone for good."""

    post_id: int
    author_id: int


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


class UserRenamed(Event, frozen=True, kw_only=True, tag="user.renamed"):
    user_id: int
    old: str
    new: str


class AudienceNarrowed(Event, frozen=True, kw_only=True, tag="user.audience.narrowed"):
    """Somebody shows less from now on: `private`, posts to followers alone; `presence`, not that they are here."""

    user_id: int
    reason: Literal["private", "presence"]


class AudienceWidened(Event, frozen=True, kw_only=True, tag="user.audience.widened"):
    """Somebody who was private is public: what their posts have told others is in sight again."""

    user_id: int


class UserSuspended(Event, frozen=True, kw_only=True, tag="user.suspended"):
    user_id: int


class UserDeleted(Event, frozen=True, kw_only=True, tag="user.deleted"):
    """Marked for deletion: hidden everywhere now, removed for good later."""

    user_id: int


class UserReturned(Event, frozen=True, kw_only=True, tag="user.returned"):
    """No longer suspended, or kept from deletion; whether they are active now, their row says."""

    user_id: int


class StaffRevoked(Event, frozen=True, kw_only=True, tag="staff.revoked"):
    """Somebody is staff no longer."""

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


class HidingUnfinished(Event, frozen=True, kw_only=True, tag="notifications.hiding.unfinished"):
    """More went out of sight, or came into it, than one drain turns: what is left of this event (as `encode`)."""

    event: str


class PostMuted(Event, frozen=True, kw_only=True, tag="post.muted"):
    """A person wants to hear no more of a post."""

    post_id: int
    user_id: int


class PostUnmuted(Event, frozen=True, kw_only=True, tag="post.unmuted"):
    post_id: int
    user_id: int


class PreferenceChanged(Event, frozen=True, kw_only=True, tag="notifications.preference.changed"):
    """A person wants to hear of one kind of deed from others than before.

    What they were told of it is gone through in pieces, each an event: it begins below this object and actor.
    """

    user_id: int
    kind: str
    below: tuple[int, int] | None = None


class SenderChanged(Event, frozen=True, kw_only=True, tag="notifications.sender.changed"):
    """Somebody who wants to hear only of whom they follow has followed one, or left one; for their own shard."""

    user_id: int
    sender_id: int


class NotificationsSeen(Event, frozen=True, kw_only=True, tag="notifications.seen"):
    """Groups were on a screen."""

    user_id: int
    group_ids: list[int]


class NotificationsRead(Event, frozen=True, kw_only=True, tag="notifications.read"):
    """Groups were opened."""

    user_id: int
    group_ids: list[int]


class CaseChanged(Event, frozen=True, kw_only=True, tag="case.changed"):
    """Something became of a case that moderators decide; of which outcome, if it was closed or reopened."""

    case_id: int
    how: Literal["opened", "reported", "withdrawn", "claimed", "released", "closed", "reopened"]
    outcome: str = ""


class Pulsed(Event, frozen=True, kw_only=True, tag="pulsed"):
    """Nobody did anything: a web process sees whether what people do would reach it."""

    sender: str
    number: int


class Tested(Event, frozen=True, kw_only=True, tag="tested"):
    """Nobody did anything: an operator sees how an event goes from here to each device of a person."""

    user_id: int
    test_id: str


AnyEvent = (
    PostLiked
    | PostUnliked
    | CommentAdded
    | CommentDeleted
    | CommentReplied
    | ReplyDeleted
    | CommentLiked
    | CommentUnliked
    | CommentGone
    | CommentPinned
    | UserMentioned
    | UserUnmentioned
    | PostSaved
    | PostUnsaved
    | PostPublished
    | PostEdited
    | PostDeleted
    | PostPurged
    | UserFollowed
    | UserUnfollowed
    | FollowRequested
    | FollowRequestEnded
    | UserBlocked
    | UserUnblocked
    | SilenceChanged
    | UserRenamed
    | AudienceNarrowed
    | AudienceWidened
    | UserSuspended
    | UserDeleted
    | UserReturned
    | StaffRevoked
    | SessionEnded
    | TokenRevoked
    | PasswordChanged
    | MediaFinished
    | HidingUnfinished
    | PostMuted
    | PostUnmuted
    | PreferenceChanged
    | SenderChanged
    | NotificationsSeen
    | NotificationsRead
    | CaseChanged
    | Pulsed
    | Tested
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
