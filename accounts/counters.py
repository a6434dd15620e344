"""The counts of followers and followed, derived from events when the outbox is drained. Never changed by an action."""

from collections import Counter
from collections.abc import Iterable, Sequence

from core import sql
from events.recount import Count, Counted
from events.types import Event, UserFollowed, UserUnfollowed

_FOLLOWS: dict[type[Event], int] = {UserFollowed: 1, UserUnfollowed: -1}

# What the counts should be.
PEOPLE = Counted(
    "accounts_user",
    (
        Count(
            "followers",
            "follower_count",
            "SELECT count(*) FROM accounts_follow WHERE followee_id = counted.id",
            "followee_id",
            _FOLLOWS,
        ),
        Count(
            "following",
            "following_count",
            "SELECT count(*) FROM accounts_follow WHERE follower_id = counted.id",
            "follower_id",
            _FOLLOWS,
        ),
    ),
)


def apply(events: Sequence[UserFollowed | UserUnfollowed]) -> None:
    """Add the events to both people's counts, in the caller's transaction: two statements, however many events.

    An event is applied once: its outbox row goes in the same transaction.
    """
    followers: Counter[int] = Counter()
    following: Counter[int] = Counter()
    for event in events:
        change = 1 if isinstance(event, UserFollowed) else -1
        followers[event.followee_id] += change
        following[event.follower_id] += change
    changed = sorted(person for person in {*followers, *following} if followers[person] or following[person])
    if changed:
        lock(changed)
        _add(changed, [followers[person] for person in changed], [following[person] for person in changed])


def lock(people: Iterable[int]) -> None:
    """Lock people's rows in id order until the transaction ends, so that two drains never wait for each other.

    Not against new follows, whose foreign keys lock these very rows: hence NO KEY.
    """
    sql.later("SELECT FROM accounts_user WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", list(people))


def _add(people: list[int], followers: list[int], following: list[int]) -> None:
    """Change the counts; one that had drifted stops at 0, and is the recount's: it must not hold an event up."""
    sql.later(
        "UPDATE accounts_user AS person "
        "SET follower_count = greatest(0, follower_count + change.followers), "
        "following_count = greatest(0, following_count + change.following), ver = ver + 1 "
        "FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS change (id, followers, following) "
        "WHERE person.id = change.id",
        people,
        followers,
        following,
    )
