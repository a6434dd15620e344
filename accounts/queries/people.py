"""Reads people: one, a profile, who follows whom, whom one might follow. Decides no more than the policy does."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Block, Follow, FollowRequest, FormerUsername, Mute, User
from accounts.people import PERSON_FIELDS, Following, Person, Profile, Relation, person_of
from core import cursors
from core.cursors import Page
from core.prepared import prepared
from core.problems import NotFound


@dataclass(frozen=True, slots=True)
class People:
    """A page of a person's followers, or of those they follow."""

    person: Person
    page: Page[Person]


def person_by_username(username: str, *, viewer_id: int | None) -> Person:
    """The card of a person whom the viewer may name, in whatever case their name was typed.

    Raises:
        NotFound: if there is none, they are not active, or they have blocked the viewer.
    """
    return _found(_named_to(viewer_id=viewer_id, username=as_kept(username)))


def another(username: str, *, viewer_id: int) -> Person:
    """The card of somebody else whom the viewer may name.

    Raises:
        NotFound: if there is none, they are not active, have blocked the viewer, or are the viewer.
    """
    person = person_by_username(username, viewer_id=viewer_id)
    if person.id == viewer_id:
        raise nobody()
    return person


def open_person(username: str, *, viewer_id: int | None) -> Person:
    """The card of a person whose posts and people the viewer may see.

    Raises:
        NotFound: if there is none, or they are not open to the viewer.
    """
    return open_person_later(username, viewer_id=viewer_id)()


def open_person_later(username: str, *, viewer_id: int | None) -> Callable[[], Person]:
    """The same, sent for: call the answer for the card.

    Raises:
        NotFound: here or there, if there is none, or they are not open to the viewer.
    """
    users = _open_to.later(viewer_id=viewer_id, username=as_kept(username))
    return lambda: _found(users())


def username_after(former: str, *, viewer_id: int | None) -> str:
    """The username of today of a person who had this one until lately, and whom the viewer may name.

    Raises:
        NotFound: if there is none, they are not active, or they have blocked the viewer.
    """
    rows = FormerUsername.objects.kept().filter(policies.named_to(viewer_id, "user"), username=as_kept(former))
    present = rows.values_list("user__username", flat=True).first()
    if present is None:
        raise nobody()
    return present


def relation(viewer_id: int, person_id: int) -> Relation:
    """How two people stand to each other, in one query."""
    rows = _related(viewer_id=viewer_id, person_id=person_id)
    return _relation(rows[0]) if rows else Relation()


def relations(viewer_id: int | None, person_ids: Collection[int]) -> dict[int, tuple[Relation, bool]]:
    """How a viewer stands to each of these people, and whether they are private; one query."""
    rows = User.objects.filter(id__in=person_ids).annotate(**standing(viewer_id)).only("id", "is_private")
    return {row.id: (_relation(row), row.is_private) for row in rows}


def profile(username: str, *, viewer_id: int | None) -> Profile:
    """The head of a person's profile, in one query.

    Raises:
        NotFound: if there is none, they are not active, or they have blocked the viewer.
    """
    return profile_later(username, viewer_id=viewer_id)()


def profile_later(username: str, *, viewer_id: int | None) -> Callable[[], Profile]:
    """The same, sent for: call the answer for the head.

    Raises:
        NotFound: here or there, as `profile` does.
    """
    heads = _head_by_name.later(viewer_id=viewer_id, username=as_kept(username))
    return lambda: _profile(heads(), viewer_id)


def own_profile(user_id: int) -> Profile:
    """The head of one's own profile, in one query."""
    return _profile(_own_head(viewer_id=user_id), user_id)


def followers(username: str, *, viewer_id: int | None, after: str | None = None, limit: int = 20) -> People:
    """A page of those who follow a person, the latest first, in two queries; less those the viewer may not know of.

    Raises:
        NotFound: if there is no such person, or they are not open to the viewer.
        Invalid: if `after` is not a cursor.
    """
    return _people(username, viewer_id, side="follower", after=after, limit=limit)


def following(username: str, *, viewer_id: int | None, after: str | None = None, limit: int = 20) -> People:
    """A page of those whom a person follows, the latest first, in two queries; less those the viewer may not know of.

    Raises:
        NotFound: if there is no such person, or they are not open to the viewer.
        Invalid: if `after` is not a cursor.
    """
    return _people(username, viewer_id, side="followee", after=after, limit=limit)


def follow_requests(user_id: int, *, after: str | None = None, limit: int = 20) -> Page[Person]:
    """A page of those who ask to follow a person, the latest first, in one query."""
    rows = FollowRequest.objects.filter(policies.known_to(user_id, "follower"), followee_id=user_id)
    return _page(rows, side="follower", after=after, limit=limit)


def blocks(user_id: int, *, after: str | None = None, limit: int = 20) -> Page[Person]:
    """A page of those whom a person has blocked, the latest first, in one query; less those who have blocked them.

    Raises:
        Invalid: if `after` is not a cursor.
    """
    rows = Block.objects.filter(policies.named_to(user_id, "blocked"), blocker_id=user_id)
    return _page(rows, side="blocked", after=after, limit=limit)


def overdue_people(*, limit: int) -> list[tuple[int, str]]:
    """Ids and usernames of people whose account is to be removed, the longest gone first."""
    rows = User.objects.filter(policies.overdue()).order_by("deleted_at", "id")
    return list(rows.values_list("id", "username")[:limit])


def request_counts(user_ids: Collection[int]) -> dict[int, int]:
    """How many ask to follow each of these people, in one query."""
    counts = dict.fromkeys(user_ids, 0)
    rows = FollowRequest.objects.filter(followee_id__in=list(counts), follower__is_active=True)
    counts.update(rows.order_by().values_list("followee_id").annotate(Count("id")))
    return counts


@prepared
def _named_to(*, viewer_id: int | None, username: str) -> QuerySet[User]:
    return User.objects.filter(policies.named_to(viewer_id), username=username).only(*PERSON_FIELDS)


@prepared
def _open_to(*, viewer_id: int | None, username: str) -> QuerySet[User]:
    return User.objects.filter(policies.open_to(viewer_id), username=username).only(*PERSON_FIELDS)


def as_kept(username: str) -> str:
    """A username as it is kept.

    Raises:
        NotFound: if nobody can have it, as PostgreSQL keeps no NUL.
    """
    if "\0" in username:
        raise nobody()
    return username.lower()


def _found(users: list[User]) -> Person:
    if not users:
        raise nobody()
    return person_of(users[0])


def nobody() -> NotFound:
    """What whoever may not name a person is told."""
    return NotFound(_("There is nobody of that name here."))


@prepared
def _related(*, viewer_id: int, person_id: int) -> QuerySet[User]:
    return User.objects.filter(id=person_id).annotate(**standing(viewer_id)).only("id")


def standing(viewer_id: int | None) -> dict[str, Exists]:
    """What `_relation` reads off a person's row: how a viewer stands to them, and they to the viewer."""
    return {
        "follows": Exists(Follow.objects.filter(follower_id=viewer_id, followee=OuterRef("pk"))),
        "asks": Exists(FollowRequest.objects.filter(follower_id=viewer_id, followee=OuterRef("pk"))),
        "followed_by": Exists(Follow.objects.filter(follower=OuterRef("pk"), followee_id=viewer_id)),
        "blocking": Exists(Block.objects.filter(blocker_id=viewer_id, blocked=OuterRef("pk"))),
        "muting": Exists(Mute.objects.standing().filter(muter_id=viewer_id, muted=OuterRef("pk"))),
    }


def _relation(row: Any) -> Relation:
    following: Following = "yes" if row.follows else "requested" if row.asks else "no"
    return Relation(following, followed_by=row.followed_by, blocking=row.blocking, muting=row.muting)


@prepared
def _head_by_name(*, viewer_id: int | None, username: str) -> QuerySet[User]:
    return _heads(User.objects.filter(username=username), viewer_id)


@prepared
def _own_head(*, viewer_id: int) -> QuerySet[User]:
    return _heads(User.objects.filter(id=viewer_id), viewer_id)


def _heads(users: QuerySet[User], viewer_id: int | None) -> QuerySet[User]:
    is_open = ExpressionWrapper(policies.open_to(viewer_id), output_field=BooleanField())
    return users.filter(policies.named_to(viewer_id)).annotate(is_open=is_open, **standing(viewer_id))


def _profile(heads: list[Any], viewer_id: int | None) -> Profile:
    if not heads:
        raise nobody()
    user = heads[0]
    return Profile(
        person=person_of(user),
        bio=user.bio if user.is_open else "",
        post_count=user.post_count if user.is_open else None,
        follower_count=user.follower_count if user.is_open else None,
        following_count=user.following_count if user.is_open else None,
        relation=_relation(user),
        is_self=user.id == viewer_id,
        is_private=user.is_private,
        is_open=user.is_open,
        shows_presence=user.shows_presence or user.id != viewer_id,
        language=user.language if user.id == viewer_id else "",
    )


def _people(
    username: str, viewer_id: int | None, *, side: Literal["follower", "followee"], after: str | None, limit: int
) -> People:
    """One side of a person's follows; the person is on the other."""
    other = "followee" if side == "follower" else "follower"
    person = open_person(username, viewer_id=viewer_id)
    rows = Follow.objects.filter(policies.known_to(viewer_id, side), **{f"{other}_id": person.id})
    return People(person, _page(rows, side=side, after=after, limit=limit))


def _page(rows: QuerySet[Any], *, side: str, after: str | None, limit: int) -> Page[Person]:
    limit = cursors.bounded(limit)
    if before := cursors.decode(after):
        rows = rows.filter(id__lt=before)
    rows = rows.select_related(side).only("id", *(f"{side}__{field}" for field in PERSON_FIELDS)).order_by("-id")
    return cursors.page_of(
        list(rows[: limit + 1]), limit, key=lambda row: row.id, make=lambda row: person_of(getattr(row, side))
    )
