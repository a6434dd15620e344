"""Who opens a socket: a session cookie with an Origin of ours, a token in a header, a ticket. Never one in the URL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from accounts import policies, queries
from accounts.recognized import Proof as Shown
from accounts.recognized import recognized
from accounts.viewers import Viewer
from realtime import tickets
from realtime.protocol import Close, Error


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with the handshake, or with `hello`; at most one is used, in this order."""

    ticket: str = ""
    token: str = ""
    session_token: str = ""  # a session's key as a header, which no browser sends
    session_key: str = ""

    def with_ticket(self, ticket: str) -> "Credentials":
        """The same, with what `hello` brought."""
        return replace(self, ticket=ticket) if ticket else self


@dataclass(frozen=True, slots=True)
class Proof:
    """What credentials came to: a person, nobody, or a refusal with its reason."""

    viewer: Viewer | None = None
    hidden: frozenset[int] = frozenset()  # whose doings this person does not see
    error: Error | None = None
    close: Close | None = None
    detail: str = ""


BAD_TOKEN = Proof(error=Error.UNAUTHENTICATED, close=Close.UNAUTHENTICATED, detail="This token is not valid.")
BAD_TICKET = Proof(
    error=Error.TICKET_EXPIRED, close=Close.RENEW_TICKET, detail="This ticket was used, or is older than 60 seconds."
)


class ForeignOrigin(Exception):
    """A page of another site tries to use a person's cookie (cross-site WebSocket hijacking)."""


def credentials(scope: dict[str, Any]) -> Credentials:
    """Read the handshake's headers. With a token, cookies are ignored.

    Raises:
        ForeignOrigin: if there is an Origin that is not ours, or a cookie without any Origin.
    """
    headers = scope["headers"]
    scheme, _, token = _header(headers, b"authorization").partition(" ")
    if scheme.lower() == "bearer" and token:
        return Credentials(token=token.strip())
    if session_token := _header(headers, b"x-session-token"):
        return Credentials(session_token=session_token)
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    session_key = _session_key(_header(headers, b"cookie"))
    if len(origins) > 1 or (origins and not _ours(origins[0], _header(headers, b"host"))):
        raise ForeignOrigin(", ".join(origins)[:200])
    if session_key and not origins:
        raise ForeignOrigin("a cookie without an Origin")
    return Credentials(session_key=session_key)


def prove(given: Collection[Credentials]) -> dict[Credentials, Proof]:
    """Who many credentials prove to be whom, and from whom they hide: as `identify`, in one query more."""
    found = identify(given)
    hidden = policies.hidden_from([proof.viewer.id for proof in found.values() if proof.viewer])
    return {one: replace(p, hidden=hidden[p.viewer.id]) if p.viewer else p for one, p in found.items()}


def identify(given: Collection[Credentials]) -> dict[Credentials, Proof]:
    """Who many credentials prove to be whom, in a fixed number of queries. Tickets are used up by it.

    A token or ticket that is not good is refused; a cookie that is not good makes a visitor.
    """
    by_ticket = _behind_tickets([one.ticket for one in given if one.ticket])
    by_session, by_token = queries.viewers_by_credentials(
        [key for one in given if (key := one.session_token or one.session_key) and not one.ticket],
        [one.token for one in given if one.token and not one.ticket],
    )
    found: dict[Credentials, Proof] = {}
    for one in given:
        if one.ticket:
            found[one] = Proof(by_ticket[one.ticket]) if one.ticket in by_ticket else BAD_TICKET
        elif one.token:
            found[one] = Proof(by_token[one.token]) if one.token in by_token else BAD_TOKEN
        elif one.session_token:
            viewer = by_session.get(one.session_token)
            found[one] = Proof(replace(viewer, via="app")) if viewer else BAD_TOKEN
        else:
            found[one] = Proof(by_session.get(one.session_key))
    return found


def recognize(given: Credentials) -> Viewer | None:
    """Who showed the same to this process a moment ago, by whatever request; None if that is to be looked up."""
    shown = _shown(given)
    return recognized.by(shown) if shown else None


def keep(found: Mapping[Credentials, Proof], *, place: int, since: float) -> None:
    """Have `recognize` know whom `identify` has found; it began at `place` of `recognized`, and at `since`."""
    for given, proof in found.items():
        shown = _shown(given)
        if shown and proof.viewer is not None:
            recognized.keep(shown, proof.viewer, place=place, since=since)


def _shown(given: Credentials) -> Shown | None:
    """Credentials as every other request shows them; a ticket is good once only."""
    if given.ticket:
        return None
    if given.token:
        return Shown("token", given.token)
    if given.session_token:
        return Shown("app", given.session_token)
    return Shown("session", given.session_key) if given.session_key else None


def _behind_tickets(given: list[str]) -> dict[str, Viewer]:
    """Use tickets up; answer whom they prove, if the session or token behind them still does."""
    redeemed = tickets.redeem_many(given)
    by_session, by_token = queries.viewers_by_ids(
        [one.session_id for one in redeemed.values() if one.session_id is not None],
        [one.token_id for one in redeemed.values() if one.token_id is not None],
    )
    viewers = {}
    for ticket, one in redeemed.items():
        viewer = by_session.get(one.session_id or 0) or by_token.get(one.token_id or 0)
        if viewer is not None:
            viewers[ticket] = viewer
    return viewers


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
