"""What every hub must hear because somebody's rights shrank: the control log, person 0's. Decides no right itself.

A hub applies each entry once, in order: it closes sockets, or asks the rules of topics again, which read the facts. So
an entry may say too much, never too little, and entries about the same thing in one batch become one.
"""

from collections.abc import Collection
from typing import Any

from content import queries
from events import types
from events.outbox import Waiting
from realtime import log
from realtime.log import Told

EVENTS: tuple[type[types.Event], ...] = (
    types.SessionEnded,
    types.TokenRevoked,
    types.PasswordChanged,
    types.UserSuspended,
    types.UserDeleted,
    types.UserRenamed,
    types.StaffRevoked,
    types.AudienceNarrowed,
    types.UserUnfollowed,
    types.UserBlocked,
    types.UserUnblocked,
    types.PostDeleted,
    types.PostEdited,
)


def entries(waiting: list[Waiting]) -> list[Told]:
    """The entries of a batch, in the order of the last word on each; posts that are deleted share one."""
    last: dict[tuple[Any, ...], dict[str, Any]] = {}
    unfollowed = {item.event.followee_id for item in waiting if isinstance(item.event, types.UserUnfollowed)}
    closer = queries.authors_for_followers(unfollowed) if unfollowed else set()
    for item in waiting:
        data = _entry(item.event, closer)
        if data is not None:
            key = _subject(data)
            last.pop(key, None)
            last[key] = data
    topics = [f"post:{item.event.post_id}" for item in waiting if isinstance(item.event, types.PostDeleted)]
    told = [*last.values(), *([{"topics": topics, "reason": "deleted"}] if topics else [])]
    return [Told(log.CONTROL, "control", data) for data in told]


def _subject(data: dict[str, Any]) -> tuple[Any, ...]:
    """What an entry is about. Of a pair the last word is enough; a password and a suspension are two things."""
    match data:
        case {"pair": pair}:
            return ("pair", *pair)
        case {"user": user_id, "reason": reason}:
            return ("user", user_id, reason)
        case {"owner": owner_id}:
            return ("owner", owner_id)
        case _:
            return tuple(data.items())


def _entry(event: types.Event, closer: Collection[int]) -> dict[str, Any] | None:  # noqa: PLR0911 -- a table, and match narrows its rows
    match event:
        case types.SessionEnded(session_id=session_id, reason=reason):
            return {"session": session_id, "reason": reason}
        case types.TokenRevoked(token_id=token_id):
            return {"token": token_id, "reason": "ended"}
        case types.PasswordChanged(user_id=user_id, keep_id=keep_id):
            return {"user": user_id, "keep": keep_id, "reason": "password"}
        case types.UserSuspended(user_id=user_id):
            return {"user": user_id, "reason": "suspended"}
        case types.UserDeleted(user_id=user_id):
            return {"user": user_id, "reason": "deleted"}
        case types.UserRenamed(user_id=user_id):  # their own sockets come back under the new name
            return {"user": user_id, "reason": "renamed"}
        case types.StaffRevoked(user_id=user_id):
            return {"staff": user_id, "reason": "staff"}
        case types.AudienceNarrowed(user_id=user_id, reason=reason):
            return {"owner": user_id, "reason": reason}
        case types.PostEdited(author_id=author_id, narrowed=True):
            return {"owner": author_id, "reason": "followers"}
        case types.UserUnfollowed(follower_id=one, followee_id=other, cut=cut) if cut or other in closer:
            return {"pair": sorted((one, other)), "reason": "unfollowed"}
        case types.UserBlocked(blocker_id=one, blocked_id=other):
            return {"pair": sorted((one, other)), "reason": "blocked"}
        case types.UserUnblocked(blocker_id=one, blocked_id=other):
            return {"pair": sorted((one, other)), "reason": "unblocked"}
    return None
