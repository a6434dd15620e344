"""Who is looking: the small frozen value that every edge works with instead of a model."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person behind a request or a socket; `session_id` or `token_id` says by what right."""

    id: int
    username: str
    name: str
    avatar_url: str
    is_staff: bool
    via: Literal["session", "token"]
    session_id: int | None = None
    token_id: int | None = None
