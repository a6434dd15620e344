"""What accounts can be asked: who is behind a session or a token, people, sessions. Decides nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.crypto import constant_time_compare

from accounts.agents import short_agent
from accounts.models import Follow, Session, Token, User
from accounts.people import PERSON_FIELDS, Person, Profile, Relation, avatar_url, person_of
from accounts.viewers import Viewer
from core import clock, cursors
from core.cursors import Page
from core.problems import NotFound

SEEN_PERIOD = timedelta(minutes=5)  # how exact "last seen" is: at most one write a session in this time
USER_FIELDS = ("user__username", "user__name", "user__avatar", "user__is_staff", "user__is_active", "user__password")

NEAR = 50  # of the people one follows, the latest; more would make suggestions slower, not better


@dataclass(frozen=True, slots=True)
class People:
    """A page of a person's followers, or of those they follow."""

    person: Person
    page: Page[Person]


@dataclass(frozen=True, slots=True)
class SessionView:
    """One signed-in browser, as its owner sees it."""

    id: int
    agent: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class TokenView:
    """One bearer token, as its owner sees it: never the token itself."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


def viewer_by_session(session_key: str) -> Viewer | None:
    """Who a session cookie belongs to; None if it has ended, expired, or its person's password has changed since."""
    now = clock.now()
    rows = Session.objects.filter(session_key=session_key, expire_date__gt=now).select_related("user")
    session = rows.only("id", "session_data", "last_seen_at", *USER_FIELDS).first()
    if session is None or session.user is None or not _proves(session, session.user):
        return None
    if session.last_seen_at < now - SEEN_PERIOD:
        Session.objects.filter(id=session.id).update(last_seen_at=now)
    return _viewer(session.user, session_id=session.id)


def viewer_by_token(token: str) -> Viewer | None:
    """Who a bearer token belongs to; None if it is unknown, revoked, or its person is not active."""
    now = clock.now()
    rows = Token.objects.filter(digest=digest_of(token), user__is_active=True).select_related("user")
    found = rows.only("id", "last_used_at", *USER_FIELDS).first()
    if found is None:
        return None
    if found.last_used_at is None or found.last_used_at < now - SEEN_PERIOD:
        Token.objects.filter(id=found.id).update(last_used_at=now)
    return _viewer(found.user, token_id=found.id)


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


def sessions(user_id: int, *, current_id: int | None) -> list[SessionView]:
    """A person's sessions that have not expired, the one seen latest first."""
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=clock.now()).defer("session_data")
    return [
        SessionView(row.id, short_agent(row.agent), row.created_at, row.last_seen_at, current=row.id == current_id)
        for row in rows.order_by("-last_seen_at", "-id")
    ]


def tokens(user_id: int) -> list[TokenView]:
    """A person's bearer tokens, the newest first."""
    rows = Token.objects.filter(user_id=user_id).order_by("-id")
    return [TokenView(row.id, row.name, row.created_at, row.last_used_at) for row in rows]


def digest_of(token: str) -> bytes:
    """What is kept of a token. It is random and long, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


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


def _proves(session: Session, user: User) -> bool:
    """Whether a session still proves that its bearer is this person, by the rules of django.contrib.auth.get_user."""
    data = session.get_decoded()
    if not user.is_active or data.get(SESSION_KEY) != str(user.pk):
        return False
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    signed = data.get(HASH_SESSION_KEY, "")
    wanted = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(signed, one) for one in wanted)


def _viewer(user: User, *, session_id: int | None = None, token_id: int | None = None) -> Viewer:
    return Viewer(
        id=user.id,
        username=user.username,
        name=user.name,
        avatar_url=avatar_url(user.avatar),
        is_staff=user.is_staff,
        via="token" if token_id else "session",
        session_id=session_id,
        token_id=token_id,
    )
