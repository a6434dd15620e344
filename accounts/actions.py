"""What people do to their account and to each other: follows, profile, sessions, tokens. Facts and events only."""

import secrets
import unicodedata
from dataclasses import dataclass

from django.db import transaction

from accounts import queries
from accounts.models import MAX_BIO, MAX_NAME, Follow, Session, Token, User
from accounts.people import Profile, Relation
from core.problems import Invalid, NotFound
from events import outbox
from events.types import UserFollowed, UserUnfollowed

TOKEN_PREFIX = "pho_"  # noqa: S105 -- lets scanners of leaked secrets know one of ours
TOKEN_BYTES = 32  # 43 characters
LIMITS = {"name": MAX_NAME, "bio": MAX_BIO}

# They turn the direction of all text after them, a neighbour's name included. Joiners, which emoji need, are allowed.
DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that has just been made; the only moment at which it can be read."""

    view: queries.TokenView
    token: str


def follow_user(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Follow a person; return how the two stand then. Following again changes and announces nothing.

    Raises:
        NotFound: if there is no such person.
        Invalid: if it is the actor.
    """
    followee_id = _other(username, actor_id)
    with transaction.atomic():
        _, created = Follow.objects.get_or_create(follower_id=actor_id, followee_id=followee_id)
        if created:  # the counts are derived when the outbox is drained
            event = UserFollowed(follower_id=actor_id, followee_id=followee_id, mut=mut)
            outbox.record(event, for_user=followee_id)
    return queries.relation(actor_id, followee_id)


def unfollow_user(*, username: str, actor_id: int, mut: str | None = None) -> Relation:
    """Take a follow back; return how the two stand then. Without a follow it changes and announces nothing.

    Raises:
        NotFound: if there is no such person.
        Invalid: if it is the actor.
    """
    followee_id = _other(username, actor_id)
    with transaction.atomic():
        deleted, _ = Follow.objects.filter(follower_id=actor_id, followee_id=followee_id).delete()
        if deleted:
            event = UserUnfollowed(follower_id=actor_id, followee_id=followee_id, mut=mut)
            outbox.record(event, for_user=followee_id)
    return queries.relation(actor_id, followee_id)


def update_profile(*, user_id: int, name: str | None = None, bio: str | None = None) -> Profile:
    """Change what a person says of themselves; None leaves a part as it is. The name is one line.

    Raises:
        Invalid: naming the field that is too long or holds control characters.
    """
    changes = {}
    if name is not None:
        changes["name"] = _cleaned("name", " ".join(name.split()))
    if bio is not None:
        changes["bio"] = _cleaned("bio", bio.replace("\r\n", "\n").strip())
    if changes:
        User.objects.filter(id=user_id).update(**changes)
    return queries.own_profile(user_id)


def set_avatar(*, user_id: int, folder: str) -> None:
    """Show the renditions in this folder (below MEDIA_ROOT) as a person's avatar; the empty one takes it away."""
    User.objects.filter(id=user_id).update(avatar=folder)


def end_session(*, user_id: int, session_id: int) -> None:
    """Sign one browser of a person out.

    Raises:
        NotFound: if the session has ended already, or is somebody else's.
    """
    deleted, _ = Session.objects.filter(user_id=user_id, id=session_id).delete()
    if not deleted:
        raise NotFound("This session has ended already.")


def end_other_sessions(*, user_id: int, keep_id: int | None) -> int:
    """Sign a person out everywhere but in the session `keep_id`; return how many ended."""
    deleted, _ = Session.objects.filter(user_id=user_id).exclude(id=keep_id or 0).delete()
    return deleted


def make_token(*, user_id: int, name: str = "") -> str:
    """Make a bearer token and return it; it can never be read again. Each call makes another.

    Raises:
        Invalid: if the name is too long.
    """
    return issue_token(user_id=user_id, name=name).token


def issue_token(*, user_id: int, name: str = "") -> NewToken:
    """Make a bearer token, like `make_token`; return its place in the list too.

    Raises:
        Invalid: if the name is too long.
    """
    token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = Token(user_id=user_id, digest=queries.digest_of(token), name=_cleaned("name", name.strip()))
    row.save()
    row.refresh_from_db(fields=["created_at"])
    return NewToken(queries.TokenView(row.id, row.name, row.created_at, None), token)


def revoke_token(*, user_id: int, token_id: int) -> None:
    """Make a token worthless at once.

    Raises:
        NotFound: if it was revoked already, or is somebody else's.
    """
    deleted, _ = Token.objects.filter(user_id=user_id, id=token_id).delete()
    if not deleted:
        raise NotFound("This token is unknown or was revoked already.")


def _other(username: str, actor_id: int) -> int:
    followee_id = queries.person_by_username(username).id
    if followee_id == actor_id:
        raise Invalid("You cannot follow yourself.", field="username")
    return followee_id


def _cleaned(field: str, text: str) -> str:
    limit = LIMITS[field]
    if len(text) > limit:
        raise Invalid(f"At most {limit} characters.", field=field)
    if any(_is_unsafe(character) for character in text):
        raise Invalid("Control characters are not allowed.", field=field)
    return text


def _is_unsafe(character: str) -> bool:
    is_control = unicodedata.category(character) == "Cc" and character != "\n"
    return is_control or character in DIRECTION_OVERRIDES
