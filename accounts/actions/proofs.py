"""Ending sessions, making and revoking tokens, changing the password. Whatever ends, its sockets are told."""

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions.profile import cleaned
from accounts.models import Session, Token, User
from accounts.recognized import forget_after_commit
from core import clock
from core.problems import NotFound
from events import outbox
from events.types import PasswordChanged

TOKEN_PREFIX = "pho_"  # noqa: S105 -- lets scanners of leaked secrets know one of ours
TOKEN_BYTES = 32  # 43 characters
BATCH = 500  # expired sessions that go in one transaction


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that has just been made; the only moment at which it can be read."""

    view: queries.TokenView
    token: str


def end_session(*, user_id: int, session_id: int) -> None:
    """Sign one browser of a person out.

    Raises:
        NotFound: if the session has ended already, or is somebody else's.
    """
    deleted, _rows = Session.objects.filter(user_id=user_id, id=session_id).delete()
    if not deleted:
        raise NotFound(_("This session has ended already."))


def end_other_sessions(*, user_id: int, keep_id: int | None) -> int:
    """Sign a person out everywhere but in the session `keep_id`; return how many ended."""
    deleted, _rows = Session.objects.filter(user_id=user_id).exclude(id=keep_id or 0).delete()
    return deleted


def change_password(*, user: User, password: str, keep_key: str | None) -> None:
    """Set a person's password; every session ends but the one with this key, from which they do it. Tokens stay."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions = Session.objects.filter(user=user)
        keep_id = sessions.filter(session_key=keep_key).values_list("id", flat=True).first() if keep_key else None
        sessions.exclude(id=keep_id or 0).end_unannounced_unsafe()
        forget_after_commit("user", user.id)
        outbox.record(PasswordChanged(user_id=user.id, keep_id=keep_id), for_user=user.id)


def make_token(*, user_id: int, name: str = "") -> str:
    """Make a bearer token and return it; it can never be read again. Each call makes another.

    Raises:
        Invalid: if the name is too long.
    """
    return issue_token(user_id=user_id, name=name).token


def issue_token(*, user_id: int, name: str = "") -> NewToken:
    """Make a bearer token, like `make_token`; return its place in the list too.

    Raises:
        Invalid: if the name is too long.
    """
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = Token(user_id=user_id, digest=queries.digest_of(token), name=cleaned("name", name.strip()))
    row.save()
    row.refresh_from_db(fields=["created_at"])
    return NewToken(queries.TokenView(row.id, row.name, row.created_at, None), token)


def revoke_token(*, user_id: int, token_id: int) -> None:
    """Make a token worthless at once.

    Raises:
        NotFound: if it was revoked already, or is somebody else's.
    """
    deleted, _rows = Token.objects.filter(user_id=user_id, id=token_id).delete()
    if not deleted:
        raise NotFound(_("This token is unknown or was revoked already."))


def forget_sessions() -> None:
    """Remove the sessions that have expired, a batch at a time; nobody is told, as they proved nobody any more."""
    expired = Session.objects.filter(expire_date__lte=clock.now()).values_list("pk", flat=True)[:BATCH]
    while Session.objects.filter(pk__in=list(expired)).delete()[0]:
        expired = expired.all()
