"""Who is behind a session or a token, one or thousands at a time; and the lists of both. Ends nothing."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from accounts.agents import short_agent
from accounts.models import Session, Token, User
from accounts.people import avatar_url
from accounts.viewers import Viewer
from core import clock
from core.prepared import AnyOf, prepared

PROVEN_USER_KEY = "account_authentication_methods_user"  # of allauth, which has no public name for it
SEEN_PERIOD = timedelta(minutes=5)  # how exact "last seen" is: at most one write a session in this time
USER_FIELDS = tuple(
    f"user__{name}" for name in ("username", "name", "avatar", "is_staff", "is_active", "password", "language")
)


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


@dataclass(frozen=True, slots=True)
class StillValid:
    """Of the sessions, tokens and people that were asked about, those that still prove somebody, or still are."""

    session_ids: frozenset[int]
    token_ids: frozenset[int]
    user_ids: frozenset[int]


def viewer_by_session(session_key: str) -> Viewer | None:
    """Who a session cookie belongs to; None if it has ended, expired, or its person's password has changed since."""
    return viewers_by_credentials([session_key], [])[0].get(session_key)


def viewer_by_session_token(token: str) -> Viewer | None:
    """Who an app's `X-Session-Token` belongs to; it is the key of a session, but no cookie that a page may send."""
    viewer = viewer_by_session(token)
    return replace(viewer, via="app") if viewer else None


def viewer_by_token(token: str) -> Viewer | None:
    """Who a bearer token belongs to; None if it is unknown, revoked, or its person is not active."""
    return viewers_by_credentials([], [token])[1].get(token)


def viewers_by_credentials(
    session_keys: Collection[str], tokens: Collection[str]
) -> tuple[dict[str, Viewer], dict[str, Viewer]]:
    """Who is behind each of these sessions, by key, and tokens, by token; what proves nobody is missing.

    One query for all sessions and one for all tokens, and one write for each kind that was last seen long ago.
    """
    return _by_session(session_keys), _by_token(tokens)


def still_valid(session_ids: Collection[int], token_ids: Collection[int], user_ids: Collection[int]) -> StillValid:
    """Of these sessions, tokens and people, those that still hold; by the rules of a handshake, one query a kind.

    Nothing is marked as seen: a socket that stays open asks this on its own.
    """
    rows = Session.objects.filter(id__in=session_ids, expire_date__gt=clock.now()).select_related("user")
    sessions = rows.only("id", "session_data", *USER_FIELDS)
    kept = Token.objects.filter(id__in=token_ids, user__is_active=True)
    active = User.objects.filter(id__in=user_ids, is_active=True)
    return StillValid(
        frozenset(row.id for row in sessions if row.user and _proof(row, row.user)),
        frozenset(kept.values_list("id", flat=True)),
        frozenset(active.values_list("id", flat=True)),
    )


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


def viewers_by_ids(
    session_ids: Collection[int], token_ids: Collection[int]
) -> tuple[dict[int, Viewer], dict[int, Viewer]]:
    """Who is behind each of these sessions and tokens, by their ids: for proofs that were made from them."""
    sessions = _sessions("id", session_ids)
    tokens = _tokens("id", token_ids)
    return {row.id: viewer for row, viewer in sessions.items()}, {row.id: viewer for row, viewer in tokens.items()}


def _by_session(keys: Collection[str]) -> dict[str, Viewer]:
    return {row.session_key: viewer for row, viewer in _sessions("session_key", keys).items()}


def _sessions(column: str, values: Collection[object]) -> dict[Session, Viewer]:
    now = clock.now()
    rows = _live_sessions(column, values=list(values)) if values else []
    looked_at = [(row, row.user, _proof(row, row.user)) for row in rows if row.user]
    proven = [(row, user, data) for row, user, data in looked_at if data]
    stale = [row.id for row, _, _ in proven if row.last_seen_at < now - SEEN_PERIOD]
    if stale:
        Session.objects.filter(id__in=stale).update(last_seen_at=now)
    return {
        row: _viewer(user, session_id=row.id, expires_at=row.expire_date, second_factor=_second_factor(data, user))
        for row, user, data in proven
    }


def _by_token(tokens: Collection[str]) -> dict[str, Viewer]:
    by_digest = {digest_of(token): token for token in tokens}
    found = _tokens("digest", by_digest)
    return {by_digest[bytes(row.digest)]: viewer for row, viewer in found.items()}


def _tokens(column: str, values: Collection[object]) -> dict[Token, Viewer]:
    now = clock.now()
    found = _live_tokens(column, values=list(values)) if values else []
    stale = [row.id for row in found if row.last_used_at is None or row.last_used_at < now - SEEN_PERIOD]
    if stale:
        Token.objects.filter(id__in=stale).update(last_used_at=now)
    return {row: _viewer(row.user, token_id=row.id) for row in found}


@prepared
def _live_sessions(column: str, *, values: list[object]) -> QuerySet[Session]:
    rows = Session.objects.filter(AnyOf(column, values), expire_date__gt=Now()).select_related("user")
    return rows.only("id", "session_data", "expire_date", "last_seen_at", *USER_FIELDS)


@prepared
def _live_tokens(column: str, *, values: list[object]) -> QuerySet[Token]:
    rows = Token.objects.filter(AnyOf(column, values), user__is_active=True).select_related("user")
    return rows.only("id", "digest", "last_used_at", *USER_FIELDS)


def _proof(session: Session, user: User) -> dict[str, Any] | None:
    """A session's data, if it still proves that its bearer is this person, by the rules of auth.get_user."""
    data: dict[str, Any] = session.get_decoded()
    if not user.is_active or data.get(SESSION_KEY) != str(user.pk):
        return None
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    signed = data.get(HASH_SESSION_KEY, "")
    wanted = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return data if any(constant_time_compare(signed, one) for one in wanted) else None


def _second_factor(data: dict[str, Any], user: User) -> bool:
    """Whether this person proved a second factor in this session; allauth keeps there whose proofs it lists."""
    if data.get(PROVEN_USER_KEY) != str(user.pk):
        return False
    return any(proof.get("method") == "mfa" for proof in data.get(AUTHENTICATION_METHODS_SESSION_KEY, ()))


def _viewer(
    user: User,
    *,
    session_id: int | None = None,
    token_id: int | None = None,
    expires_at: datetime | None = None,
    second_factor: bool = False,
) -> Viewer:
    return Viewer(
        id=user.id,
        username=user.username,
        name=user.name,
        avatar_url=avatar_url(user.avatar),
        is_staff=user.is_staff,
        via="token" if token_id else "session",
        session_id=session_id,
        token_id=token_id,
        expires_at=expires_at,
        language=user.language,
        second_factor=second_factor,
    )
