"""What follows, requests and blocks share: the other person, and a lock on the two. Announces nothing by itself."""

from typing import Literal

from django.db import connection

from accounts import queries
from accounts.models import Follow, FollowRequest, User
from core.problems import Invalid
from core.statement import Statement
from events import outbox
from events.types import FollowRequestEnded, UserUnfollowed

Ending = Literal["withdrawn", "refused", "granted"]

LOCK_CLASS = 0x7070  # "pp": keeps these advisory locks apart from the outbox's


# Of somebody and whoever has a name, in one transaction with what follows it.
LOCK = Statement(
    f"SELECT pg_advisory_xact_lock({LOCK_CLASS}, "  # noqa: S608 -- of constants
    "hashtext(least(id, %(actor)s::bigint) || ':' || greatest(id, %(actor)s::bigint))) "
    "FROM accounts_user WHERE username = %(username)s"
)


def other(username: str, actor_id: int, *, otherwise: str) -> int:
    """The id of another person whom the actor may name.

    Raises:
        NotFound: if there is nobody of that name, or they have blocked the actor.
        Invalid: if it is the actor; `otherwise` tells them.
    """
    other_id = queries.person_by_username(username, viewer_id=actor_id).id
    if other_id == actor_id:
        raise Invalid(otherwise, field="username")
    return other_id


def lock(one_id: int, other_id: int) -> None:
    """Let one transaction at a time change how two people stand to each other.

    Else a follow that found no block could be written after the block has removed every follow. Not by their rows:
    those a drain holds while it counts, and a popular person's followers would queue behind it.
    """
    low, high = sorted((one_id, other_id))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_CLASS, f"{low}:{high}"])


def drop_follow(follower_id: int, followee_id: int, *, mut: str | None = None) -> bool:
    """Remove a follow and announce it, in the caller's transaction; return whether there was one."""
    cut = _opens(follower_id, followee_id)
    deleted, _ = Follow.objects.filter(follower_id=follower_id, followee_id=followee_id).delete()
    if deleted:
        event = UserUnfollowed(follower_id=follower_id, followee_id=followee_id, cut=cut, mut=mut)
        outbox.record(event, for_user=followee_id)
    return bool(deleted)


def drop_request(follower_id: int, followee_id: int, *, how: Ending, mut: str | None = None) -> bool:
    """Remove a request and announce it, in the caller's transaction; return whether there was one."""
    deleted, _ = FollowRequest.objects.filter(follower_id=follower_id, followee_id=followee_id).delete()
    if deleted:
        event = FollowRequestEnded(follower_id=follower_id, followee_id=followee_id, how=how, mut=mut)
        outbox.record(event, for_user=followee_id)
    return bool(deleted)


def _opens(follower_id: int, followee_id: int) -> bool:
    """Whether a follow gives sight of what others do not see: private posts, or the presence of one who follows back.

    Asked where the follow is removed and not later: of two who unfollow each other at once, both must find it so.
    """
    private = User.objects.filter(id=followee_id, is_private=True)
    return private.exists() or Follow.objects.filter(follower_id=followee_id, followee_id=follower_id).exists()
