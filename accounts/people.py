"""A person as others see them: the shapes that pages, REST and frames share. Reads nothing."""

from dataclasses import dataclass
from typing import Any, Literal

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


Following = Literal["no", "requested", "yes"]


@dataclass(frozen=True, slots=True)
class Relation:
    """How a viewer and another person stand to each other. Whether they block the viewer is nobody's business."""

    following: Following = "no"
    followed_by: bool = False
    blocking: bool = False
    muting: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A person in a list, how the viewer stands to them, and whether to follow them is to ask."""

    person: Person
    relation: Relation
    is_private: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """The head of a profile page, as one viewer sees it; without bio and counts unless it `is_open` to them."""

    person: Person
    bio: str
    post_count: int | None
    follower_count: int | None
    following_count: int | None
    relation: Relation
    is_self: bool
    is_private: bool = False
    is_open: bool = True
    shows_presence: bool = True  # told to themselves only, as is the language
    language: str = ""


def avatar_url(folder: str, size: int = AVATAR_SIZE) -> str:
    """The address of an avatar's rendition; empty when the person has none."""
    return f"/media/{folder}/{size}" if folder else ""


def person_of(user: User) -> Person:
    """Make the card of a user row that has PERSON_FIELDS loaded."""
    return Person(user.id, user.username, user.name, avatar_url(user.avatar))
