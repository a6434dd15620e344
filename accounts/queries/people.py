"""Reads people: one, a profile, who follows whom, whom one might follow. Decides no more than the policy does."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.models import Follow, User
from accounts.people import PERSON_FIELDS, Person, Profile, Relation, person_of
from core import cursors
from core.cursors import Page
from core.problems import NotFound

NEAR = 50  # of the people one follows, the latest; more would make suggestions slower, not better


@dataclass(frozen=True, slots=True)
class People:
    """A page of a person's followers, or of those they follow."""

    person: Person
    page: Page[Person]


def person_by_username(username: str) -> Person:
    """The card of an active person, in whatever case their name was typed.

    Raises:
        NotFound: if there is none, or they are not active.
    """
    return person_of(_active(username))


def relation(viewer_id: int, person_id: int) -> Relation:
    """Who of the two follows whom, in one query."""
    pairs = Follow.objects.filter(follower_id__in=(viewer_id, person_id), followee_id__in=(viewer_id, person_id))
    followers = set(pairs.values_list("follower_id", flat=True))
    return Relation("yes" if viewer_id in followers else "no", followed_by=person_id in followers)


def profile(username: str, *, viewer_id: int | None) -> Profile:
    """The head of a person's profile, in one query.

    Raises:
        NotFound: if there is none, or they are not active.
    """
    return _profile(User.objects.filter(username=username.lower()), viewer_id)


def own_profile(user_id: int) -> Profile:
    """The head of one's own profile, in one query."""
    return _profile(User.objects.filter(id=user_id), user_id)


def followers(username: str, *, after: str | None = None, limit: int = 20) -> People:
    """A page of those who follow a person, the latest first, in two queries.

    Raises:
        NotFound: if there is no such person.
        Invalid: if `after` is not a cursor.
    """
    return _people(username, side="follower", after=after, limit=limit)


def following(username: str, *, after: str | None = None, limit: int = 20) -> People:
    """A page of those whom a person follows, the latest first, in two queries.

    Raises:
        NotFound: if there is no such person.
        Invalid: if `after` is not a cursor.
    """
    return _people(username, side="followee", after=after, limit=limit)


def suggestions(viewer_id: int, *, limit: int = 5) -> list[Person]:
    """People to follow: first those whom most of one's latest followees follow, then the newest. Two queries."""
    mine = Follow.objects.filter(follower_id=viewer_id)
    near = mine.order_by("-id").values("followee_id")[:NEAR]
    strangers = User.objects.filter(is_active=True).exclude(id=viewer_id)
    strangers = strangers.exclude(Exists(mine.filter(followee=OuterRef("pk")))).only(*PERSON_FIELDS)
    friends_of_friends = strangers.filter(followers__follower_id__in=near).annotate(paths=Count("followers"))
    found = {user.id: person_of(user) for user in friends_of_friends.order_by("-paths", "-id")[:limit]}
    for user in strangers.order_by("-id")[:limit]:
        found.setdefault(user.id, person_of(user))
    return list(found.values())[:limit]


def _active(username: str) -> User:
    user = User.objects.filter(username=username.lower(), is_active=True).only(*PERSON_FIELDS).first()
    if user is None:
        raise NotFound("There is nobody of that name here.")
    return user


def _profile(users: QuerySet[User], viewer_id: int | None) -> Profile:
    follows = Follow.objects.filter(follower_id=viewer_id, followee=OuterRef("pk"))
    followed_by = Follow.objects.filter(follower=OuterRef("pk"), followee_id=viewer_id)
    user = users.filter(is_active=True).annotate(follows=Exists(follows), followed_by=Exists(followed_by)).first()
    if user is None:
        raise NotFound("There is nobody of that name here.")
    return Profile(
        person=person_of(user),
        bio=user.bio,
        post_count=user.post_count,
        follower_count=user.follower_count,
        following_count=user.following_count,
        relation=Relation("yes" if user.follows else "no", followed_by=user.followed_by),
        is_self=user.id == viewer_id,
    )


def _people(username: str, *, side: Literal["follower", "followee"], after: str | None, limit: int) -> People:
    """One side of a person's follows; the person is on the other."""
    other = "followee" if side == "follower" else "follower"
    user = _active(username)
    limit = cursors.bounded(limit)
    rows = Follow.objects.filter(**{other: user, f"{side}__is_active": True}).select_related(side)
    if before := cursors.decode(after):
        rows = rows.filter(id__lt=before)
    rows = rows.only("id", *(f"{side}__{field}" for field in PERSON_FIELDS)).order_by("-id")
    page = cursors.page_of(
        list(rows[: limit + 1]), limit, key=lambda row: row.id, make=lambda row: person_of(getattr(row, side))
    )
    return People(person_of(user), page)
