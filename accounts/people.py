"""A person as others see them: the one shape that pages, REST and frames share."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User

AVATAR_SIZE = 96  # pixels; the larger size is 320
PERSON_FIELDS = ("id", "username", "name", "avatar")


@dataclass(frozen=True, slots=True)
class Person:
    """The public card of a person."""

    id: int
    username: str
    name: str
    avatar_url: str

    @property
    def url(self) -> str:
        """The address of their profile."""
        return f"/@{self.username}/"

    def as_dict(self) -> dict[str, Any]:
        """The card as JSON members."""
        return {
            "id": str(self.id),
            "username": self.username,
            "name": self.name,
            "avatar_url": self.avatar_url,
            "url": self.url,
        }


def avatar_url(folder: str, size: int = AVATAR_SIZE) -> str:
    """The address of an avatar's rendition; empty when the person has none."""
    return f"/media/{folder}/{size}" if folder else ""


def person_of(user: User) -> Person:
    """Make the card of a user row that has PERSON_FIELDS loaded."""
    return Person(user.id, user.username, user.name, avatar_url(user.avatar))
