"""Who may see whom: the one place that decides, as filters for rows of people, or of what belongs to them."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import GRACE, Block, Follow, Mute, User
from core import clock


def are_mutual(one_id: int, other_id: int) -> bool:
    """Whether two people follow each other."""
    pair = (one_id, other_id)
    return Follow.objects.filter(follower_id__in=pair, followee_id__in=pair).count() == len(pair)


def may_return(user_id: int) -> bool:
    """Whether a person may keep their account from its deletion, by signing in: not suspended, nor after the grace."""
    return User.objects.filter(~overdue(), id=user_id, deleted_at__isnull=False, suspended_at=None).exists()


def overdue() -> Q:
    """A filter: people whose account was deleted so long ago that it is to be removed."""
    return Q(deleted_at__lte=clock.now() - GRACE)


def hidden_from(user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Whom each of these people has blocked or is blocked by; one query."""
    wanted = set(user_ids)
    silence: dict[int, set[int]] = defaultdict(set)
    blocks = Block.objects.filter(Q(blocker_id__in=wanted) | Q(blocked_id__in=wanted))
    for blocker_id, blocked_id in blocks.values_list("blocker_id", "blocked_id"):
        silence[blocker_id].add(blocked_id)
        silence[blocked_id].add(blocker_id)
    return {user_id: frozenset(silence[user_id]) for user_id in wanted}


def named_to(viewer_id: int | None, person: str = "") -> Q:
    """A filter: rows whose `person` (a path to a user; empty: the row itself) the viewer may see a name and face of.

    They are active and have not blocked the viewer. One whom the viewer has blocked is named, or nobody could unblock.
    """
    active = Q(**{_path(person, "is_active"): True})
    return active if viewer_id is None else active & ~Q(Exists(_blocks(person, "blocker").filter(blocked=viewer_id)))


def known_to(viewer_id: int | None, person: str = "") -> Q:
    """A filter: rows whose `person` is not silent to the viewer: named, and not blocked by the viewer either."""
    named = named_to(viewer_id, person)
    return named if viewer_id is None else named & ~Q(Exists(_blocks(person, "blocked").filter(blocker=viewer_id)))


def open_to(viewer_id: int | None, person: str = "") -> Q:
    """A filter: rows whose `person` lets the viewer see what they post: public, followed, or the viewer themselves."""
    public = Q(**{_path(person, "is_private"): False})
    if viewer_id is None:
        return known_to(None, person) & public
    own = Q(**{_key(person): viewer_id})
    return known_to(viewer_id, person) & (public | own | followed_by(viewer_id, person))


def followed_by(viewer_id: int, person: str = "") -> Q:
    """A filter: rows whose `person` the viewer follows; silence between the two is asked elsewhere."""
    return Q(Exists(Follow.objects.filter(follower=viewer_id, followee=OuterRef(_key(person)))))


def unmuted_by(viewer_id: int, person: str = "") -> Q:
    """A filter: rows whose `person` the viewer has not muted. No right: what they muted they may still look up."""
    return ~Q(Exists(Mute.objects.standing().filter(muter=viewer_id, muted=OuterRef(_key(person)))))


def _blocks(person: str, side: str) -> QuerySet[Block]:
    return Block.objects.filter(**{side: OuterRef(_key(person))})


def _path(person: str, field: str) -> str:
    return f"{person}__{field}" if person else field


def _key(person: str) -> str:
    return f"{person}_id" if person else "pk"
