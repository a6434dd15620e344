"""People in JSON: what REST bodies look like. The domain's own shapes are in people."""

from datetime import datetime
from typing import Annotated, Any, Self

from ninja import Schema
from pydantic import Field, StrictBool

from accounts.actions import NewToken
from accounts.people import Following, Profile
from accounts.queries import Muted
from core.rest import BodyIn, Id


class PersonOut(Schema):
    """The public card of a person."""

    id: Id
    username: str
    name: str
    avatar_url: str
    url: str


class RelationOut(Schema):
    """How the viewer and another person stand to each other."""

    following: Following
    followed_by: bool
    blocking: bool
    muting: bool


class ProfileOut(PersonOut):
    """A person with what they say of themselves, their counts, and how the viewer stands to them.

    Of a private person whom the viewer does not follow, or one whom the viewer blocks, no bio and no counts.
    """

    bio: str
    post_count: int | None
    follower_count: int | None
    following_count: int | None
    private: bool
    following: Following
    followed_by: bool
    blocking: bool
    muting: bool
    is_self: bool

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Flatten the domain's profile."""
        return cls(**_flat(profile))


class MeOut(ProfileOut):
    """Oneself, with what nobody else is told."""

    shows_presence: bool
    language: str

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Flatten the domain's profile."""
        return cls(**_flat(profile), shows_presence=profile.shows_presence, language=profile.language)


class ProfileIn(BodyIn):
    """What to change of oneself; what is left out stays."""

    name: str | None = None
    bio: str | None = None
    private: StrictBool | None = None
    shows_presence: StrictBool | None = None
    language: str | None = None
    username: str | None = None


class MuteIn(BodyIn):
    """How to mute somebody."""

    notifications: Annotated[StrictBool, Field(description="Whether to hear nothing of what they do either.")] = False
    hours: Annotated[int | None, Field(description="For how long; null until it is lifted.")] = None


class MutedOut(PersonOut):
    """Somebody whom the viewer has muted."""

    notifications: bool
    until: datetime | None

    @classmethod
    def of(cls, muted: Muted) -> Self:
        """Put the mute beside the card."""
        return cls(**muted.person.as_dict(), notifications=muted.notifications, until=muted.until)


class DeletionIn(BodyIn):
    """What a person must know to delete their account."""

    password: str


class SessionOut(Schema):
    """One signed-in browser."""

    id: Id
    agent: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


class TokenOut(Schema):
    """One bearer token, without itself."""

    id: Id
    name: str
    created_at: datetime
    last_used_at: datetime | None


class TokenIn(BodyIn):
    """The token to make."""

    name: Annotated[str, Field(description="What it is for, to know it by in the list.")] = ""


class NewTokenOut(TokenOut):
    """A token that was just made: the only answer that holds `token`."""

    token: str

    @classmethod
    def of(cls, new: NewToken) -> Self:
        """Put the token beside its place in the list."""
        values: dict[str, Any] = {name: getattr(new.view, name) for name in ("name", "created_at", "last_used_at")}
        return cls(id=str(new.view.id), token=new.token, **values)


def _flat(profile: Profile) -> dict[str, Any]:
    relation = profile.relation
    return {
        **profile.person.as_dict(),
        "bio": profile.bio,
        "post_count": profile.post_count,
        "follower_count": profile.follower_count,
        "following_count": profile.following_count,
        "private": profile.is_private,
        "following": relation.following,
        "followed_by": relation.followed_by,
        "blocking": relation.blocking,
        "muting": relation.muting,
        "is_self": profile.is_self,
    }
