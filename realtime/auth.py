"""Who opens a socket: the session cookie with an allowed Origin, or a bearer token. Never a token in the URL."""

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from accounts import queries
from accounts.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with the handshake; at most one of the two is used, the token first."""

    token: str = ""
    session_key: str = ""


class ForeignOrigin(Exception):
    """A page of another site tries to use a person's cookie (cross-site WebSocket hijacking)."""


class BadToken(Exception):
    """The bearer token is unknown or was revoked."""


def credentials(scope: dict[str, Any]) -> Credentials:
    """Read the handshake's headers. With a token, cookies are ignored.

    Raises:
        ForeignOrigin: if there is an Origin that is not ours, or a cookie without any Origin.
    """
    headers = scope["headers"]
    scheme, _, token = _header(headers, b"authorization").partition(" ")
    if scheme.lower() == "bearer" and token:
        return Credentials(token=token.strip())
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    session_key = _session_key(_header(headers, b"cookie"))
    if len(origins) > 1 or (origins and not _ours(origins[0], _header(headers, b"host"))):
        raise ForeignOrigin(", ".join(origins)[:200])
    if session_key and not origins:
        raise ForeignOrigin("a cookie without an Origin")
    return Credentials(session_key=session_key)


def viewer_of(given: Credentials) -> Viewer | None:
    """The person whom credentials prove; None for nobody.

    Raises:
        BadToken: if a token was given and is not good. A cookie that is not good makes a visitor.
    """
    if given.token:
        viewer = queries.viewer_by_token(given.token)
        if viewer is None:
            raise BadToken
        return viewer
    return queries.viewer_by_session(given.session_key) if given.session_key else None


def _header(headers: list[tuple[bytes, bytes]], wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == wanted), "")


def _session_key(cookie: str) -> str:
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _ours(origin: str, host: str) -> bool:
    """Whether an Origin is on the list, or, where no list is set, is the very host that was asked."""
    if settings.ORIGINS:
        return origin in settings.ORIGINS
    parts = urlsplit(origin)
    allowed = validate_host(urlsplit(f"//{host}").hostname or "", settings.ALLOWED_HOSTS)
    return allowed and parts.scheme in {"http", "https"} and parts.netloc == host
