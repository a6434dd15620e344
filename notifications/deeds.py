"""What the events of a batch come to: deeds that are done or undone, and the groups they belong to. Asks nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from events import types
from events.outbox import Waiting
from notifications.models import Kind


class Key(NamedTuple):
    """What makes two deeds the same: there is at most one entry with it."""

    recipient_id: int
    kind: str
    object_id: int
    actor_id: int


class GroupKey(NamedTuple):
    """Which group a deed belongs to; a function of the event, so that no race can split a group."""

    recipient_id: int
    kind: str
    target: int


@dataclass(frozen=True, slots=True)
class Deed:
    """How things stand after the batch: the deed is done, or it is undone."""

    key: Key
    group: GroupKey
    done: bool


def deeds_of(waiting: Iterable[Waiting]) -> list[Deed]:
    """The last word on each deed, in the order of the last words; nobody is told of what they did themselves."""
    last: dict[Key, Deed] = {}
    for item in waiting:
        deed = _deed(item)
        if deed is not None and deed.key.actor_id != deed.key.recipient_id:
            last.pop(deed.key, None)
            last[deed.key] = deed
    return list(last.values())


def _deed(item: Waiting) -> Deed | None:
    match item.event:
        case types.PostLiked() | types.PostUnliked() as event:
            key = Key(event.author_id, Kind.LIKE, event.post_id, event.actor_id)
            target, done = event.post_id, isinstance(event, types.PostLiked)
        case types.CommentAdded() | types.CommentDeleted() as event:
            key = Key(event.author_id, Kind.COMMENT, event.comment_id, event.actor_id)
            target, done = event.post_id, isinstance(event, types.CommentAdded)
        case types.CommentReplied() | types.ReplyDeleted() as event:
            key = Key(event.recipient_id, Kind.REPLY, event.comment_id, event.actor_id)
            target, done = event.parent_id, isinstance(event, types.CommentReplied)
        case types.CommentLiked() | types.CommentUnliked() as event:
            key = Key(event.recipient_id, Kind.COMMENT_LIKE, event.comment_id, event.actor_id)
            target, done = event.comment_id, isinstance(event, types.CommentLiked)
        case types.UserMentioned() | types.UserUnmentioned() as event:
            key = Key(event.user_id, Kind.MENTION, event.comment_id or event.post_id, event.actor_id)
            target, done = event.post_id, isinstance(event, types.UserMentioned)
        case types.UserFollowed() | types.UserUnfollowed() as event:
            key = Key(event.followee_id, Kind.FOLLOW, 0, event.follower_id)
            target, done = item.recorded_at.toordinal(), isinstance(event, types.UserFollowed)
        case _:
            return None
    return Deed(key, GroupKey(key.recipient_id, key.kind, target), done)


def groups_of_posts(events: Iterable[types.PostPurged | types.PostDeleted | types.PostPublished]) -> set[GroupKey]:
    """The groups of their authors that come, hide and go with posts."""
    return {key for event in events for key in groups_of_post(event.author_id, event.post_id)}


def groups_of_post(author_id: int, post_id: int) -> set[GroupKey]:
    """The groups of a post's author that are about all of it."""
    return {GroupKey(author_id, kind, post_id) for kind in (Kind.LIKE, Kind.COMMENT)}


def groups_gone(waiting: Iterable[Waiting]) -> set[GroupKey]:
    """The groups that go with the rows of their posts, and with their comments."""
    events = [item.event for item in waiting]
    comments = [event for event in events if isinstance(event, types.CommentGone)]
    gone = {GroupKey(event.user_id, Kind.COMMENT_LIKE, event.comment_id) for event in comments}
    return gone | groups_of_posts([event for event in events if isinstance(event, types.PostPurged)])
