"""People in JSON: what REST bodies look like. The domain's own shapes are in people."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from ninja import Schema
from pydantic import ConfigDict, Field

from accounts.actions import NewToken
from accounts.people import Profile
from core.rest import Id


class PersonOut(Schema):
    """The public card of a person."""

    id: Id
    username: str
    name: str
    avatar_url: str
    url: str


class RelationOut(Schema):
    """How the viewer and another person stand to each other."""

    following: Literal["no", "yes"]
    followed_by: bool


class ProfileOut(PersonOut):
    """A person with what they say of themselves, their counts, and how the viewer stands to them."""

    bio: str
    post_count: int
    follower_count: int
    following_count: int
    following: Literal["no", "yes"]
    followed_by: bool
    is_self: bool

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Flatten the domain's profile."""
        counts = {name: getattr(profile, name) for name in ("post_count", "follower_count", "following_count")}
        return cls(
            **profile.person.as_dict(),
            bio=profile.bio,
            **counts,
            following=profile.relation.following,
            followed_by=profile.relation.followed_by,
            is_self=profile.is_self,
        )


class ProfileIn(Schema):
    """What to change of oneself; what is left out stays."""

    model_config = ConfigDict(extra="forbid")  # a misspelt name would seem to have been saved

    name: str | None = None
    bio: str | None = None


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


class TokenIn(Schema):
    """The token to make."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(description="What it is for, to know it by in the list.")] = ""


class NewTokenOut(TokenOut):
    """A token that was just made: the only answer that holds `token`."""

    token: str

    @classmethod
    def of(cls, new: NewToken) -> Self:
        """Put the token beside its place in the list."""
        values: dict[str, Any] = {name: getattr(new.view, name) for name in ("name", "created_at", "last_used_at")}
        return cls(id=str(new.view.id), token=new.token, **values)
