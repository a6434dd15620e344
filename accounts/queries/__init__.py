"""What accounts can be asked. Returns finished values, each list in a fixed number of SQL queries."""

from .people import (
    People,
    followers,
    following,
    own_profile,
    person_by_username,
    profile,
    relation,
    suggestions,
)
from .proofs import (
    SessionView,
    StillValid,
    TokenView,
    digest_of,
    sessions,
    still_valid,
    tokens,
    viewer_by_session,
    viewer_by_token,
    viewers_by_credentials,
    viewers_by_ids,
)

__all__ = [
    "People",
    "SessionView",
    "StillValid",
    "TokenView",
    "digest_of",
    "followers",
    "following",
    "own_profile",
    "person_by_username",
    "profile",
    "relation",
    "sessions",
    "still_valid",
    "suggestions",
    "tokens",
    "viewer_by_session",
    "viewer_by_token",
    "viewers_by_credentials",
    "viewers_by_ids",
]
