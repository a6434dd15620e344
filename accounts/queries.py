"""What accounts can be asked: who is behind a session or a token. Writes nothing but when it was last seen."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from accounts.models import Session, Token, User
from accounts.people import avatar_url
from accounts.viewers import Viewer
from core import clock

SEEN_PERIOD = timedelta(minutes=5)  # how exact "last seen" is: at most one write a session in this time
USER_FIELDS = ("user__username", "user__name", "user__avatar", "user__is_staff", "user__is_active", "user__password")


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


def digest_of(token: str) -> bytes:
    """What is kept of a token. It is random and long, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


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
