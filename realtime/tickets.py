"""Tickets: one-use rights to open a socket, for clients that can send no header. Decides nothing about people."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, connection

from core.problems import Unauthenticated

TTL_SECONDS = 60
MAX_LIVE = 20  # of a person; a client needs one for each connection, and ten of these are all it may have
TICKET_BYTES = 32  # 43 characters


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Whom a ticket was made for, and by what right: by a session or by a token, of which the other is None.

    Both were there a moment ago. Whether they still prove anybody (a password may have changed) is asked of accounts.
    """

    user_id: int
    session_id: int | None
    token_id: int | None


def issue(*, user_id: int, session_id: int | None, token_id: int | None) -> str:
    """Make a ticket and return it; only its digest is kept. A person's oldest make room for it past MAX_LIVE.

    Raises:
        Unauthenticated: if the session or token ended while it asked.
    """
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    try:
        _keep(_digest_of(ticket), user_id, session_id, token_id)
    except IntegrityError as error:
        raise Unauthenticated from error
    return ticket


def redeem_many(tickets: Collection[str]) -> dict[str, Redeemed]:
    """Use tickets up, all in one query; those that are unknown, used or expired are missing from the answer."""
    by_digest = {_digest_of(ticket): ticket for ticket in tickets}
    if not by_digest:
        return {}
    with connection.cursor() as cursor:
        # SKIP LOCKED: of two who come with the same ticket at once the second has none, and nobody waits in a circle.
        cursor.execute(
            "DELETE FROM realtime_ticket WHERE digest IN ("
            "SELECT digest FROM realtime_ticket WHERE digest = ANY(%s) AND expires_at > statement_timestamp() "
            "FOR UPDATE SKIP LOCKED) RETURNING digest, user_id, session_id, token_id",
            [list(by_digest)],
        )
        return {by_digest[bytes(digest)]: Redeemed(*right) for digest, *right in cursor.fetchall()}


def sweep() -> int:
    """Delete the tickets that have expired; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM realtime_ticket WHERE digest IN ("
            "SELECT digest FROM realtime_ticket WHERE expires_at <= statement_timestamp() FOR UPDATE SKIP LOCKED)"
        )
        return int(cursor.rowcount)


def _keep(digest: bytes, user_id: int, session_id: int | None, token_id: int | None) -> None:
    with connection.cursor() as cursor:
        # SKIP LOCKED: what is being redeemed at this moment is on its way out, and waiting for it could deadlock.
        cursor.execute(
            "WITH room AS (DELETE FROM realtime_ticket WHERE digest IN ("
            "SELECT digest FROM realtime_ticket WHERE user_id = %(user)s "
            "ORDER BY expires_at DESC OFFSET %(others)s FOR UPDATE SKIP LOCKED)) "
            "INSERT INTO realtime_ticket (digest, user_id, session_id, token_id, expires_at) "
            "VALUES (%(digest)s, %(user)s, %(session)s, %(token)s, "
            "statement_timestamp() + make_interval(secs => %(ttl)s))",
            {"user": user_id, "others": MAX_LIVE - 1, "digest": digest, "session": session_id,
             "token": token_id, "ttl": TTL_SECONDS},
        )  # fmt: skip


def _digest_of(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode(errors="replace")).digest()  # a lone surrogate is in no ticket of ours
