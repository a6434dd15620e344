"""Limits, times, and the codes of errors and closes."""

from enum import IntEnum

PROTOCOL = 1

MAX_FRAME_BYTES = 4 * 1024
MAX_TOPICS = 128
MAX_TOPICS_A_MESSAGE = 50
MAX_VIEWED = 200
MAX_SOCKETS_A_USER = 10
MAX_SOCKETS_AN_ADDRESS = 20  # of people who are not signed in
BURST_MESSAGES = 60  # in ten seconds …
MESSAGES_A_SECOND = 2.0  # … and 120 a minute sustained

LIMITS = {
    "frame_bytes": MAX_FRAME_BYTES,
    "topics": MAX_TOPICS,
    "topics_a_message": MAX_TOPICS_A_MESSAGE,
    "viewed": MAX_VIEWED,
    "sockets_a_user": MAX_SOCKETS_A_USER,
    "sockets_an_address": MAX_SOCKETS_AN_ADDRESS,
    "messages_in_10_s": BURST_MESSAGES,
    "messages_a_minute": int(MESSAGES_A_SECOND * 60),
}

HELLO_WITHIN_SECONDS = 10.0
HEARTBEAT_SECONDS = 25.0
HEARTBEAT_WITHIN_SECONDS = 10.0
TYPING_SECONDS = 3.0  # between two `typing` of one socket
TYPING_TTL_SECONDS = 5.0  # after it a reader may take the hint away


class Error(IntEnum):
    """Codes of `err`."""

    INTERNAL = 100
    UNAUTHENTICATED = 101
    FORBIDDEN = 103
    UNKNOWN_TYPE = 104
    LIMIT = 106
    BAD_REQUEST = 107
    TICKET_EXPIRED = 109
    UNKNOWN_TOPIC = 110
    RATE_LIMITED = 111
    UNRECOVERABLE_CURSOR = 112


class Close(IntEnum):
    """Close codes. The band is the advice: 40xx come back at once, 41xx back off, 44xx stop until the person acts."""

    DRAIN = 4001
    AGE = 4002
    REBALANCE = 4003
    POSITION_LOST = 4004
    INTERNAL = 4100
    SLOW = 4108
    HEARTBEAT_MISSED = 4109
    RATE_LIMITED = 4110
    NODE_FULL = 4111
    RENEW_TICKET = 4112
    MALFORMED = 4400
    UNAUTHENTICATED = 4401
    SUSPENDED = 4403
    PROTOCOL = 4406
    TOO_MANY = 4409
    TOO_BIG = 4413
    SESSION_REVOKED = 4423


class BadFrame(Exception):
    """A client sent what cannot be read; says why in words."""

    def __init__(self, detail: str, code: Error = Error.BAD_REQUEST) -> None:
        super().__init__(detail)
        self.code = code
