"""What a person says of themselves and to whom they show it. Knows nothing of how others stand to them."""

import unicodedata

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions.renaming import rename_user
from accounts.models import MAX_BIO, MAX_NAME, User
from accounts.people import Profile
from accounts.recognized import forget_after_commit
from core.problems import Invalid
from events import outbox
from events.types import AudienceNarrowed, AudienceWidened

LIMITS = {"name": MAX_NAME, "bio": MAX_BIO}

# They turn the direction of all text after them, a neighbour's name included. Joiners, which emoji need, are allowed.
DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def update_profile(
    *,
    user_id: int,
    name: str | None = None,
    bio: str | None = None,
    private: bool | None = None,
    shows_presence: bool | None = None,
    language: str | None = None,
    username: str | None = None,
    mut: str | None = None,
) -> Profile:
    """Change what a person says of themselves, and who sees it; None leaves a part as it is. The name is one line.

    Going private keeps the followers there are. Going public grants no request that waits: see `follow_user`.

    Raises:
        Invalid: naming the field that is too long, holds control characters, or is no language or username.
        Conflict: if the username may not be taken, see `rename_user`.
    """
    changes: dict[str, str] = {}
    if name is not None:
        changes["name"] = cleaned("name", " ".join(name.split()))
    if bio is not None:
        changes["bio"] = cleaned("bio", bio.replace("\r\n", "\n").strip())
    if language is not None:
        changes["language"] = _known_language(language)
    with transaction.atomic():
        if username is not None:  # first: it takes the strongest lock on the row
            rename_user(user_id=user_id, username=username, mut=mut)
        if changes:
            User.objects.filter(id=user_id).update(**changes)
            forget_after_commit("user", user_id)
        if private is not None:
            _set_private(user_id, private=private)
        if shows_presence is not None:
            _set_presence(user_id, shown=shows_presence)
    return queries.own_profile(user_id)


def set_avatar(*, user_id: int, folder: str) -> None:
    """Show the renditions in this folder (below MEDIA_ROOT) as a person's avatar; the empty one takes it away."""
    User.objects.filter(id=user_id).update(avatar=folder)
    forget_after_commit("user", user_id)


def cleaned(field: str, text: str) -> str:
    """The text, if it keeps to the field's limits.

    Raises:
        Invalid: naming the field that is too long or holds control characters.
    """
    limit = LIMITS[field]
    if len(text) > limit:
        raise Invalid(_("At most %(limit)s characters.") % {"limit": limit}, field=field)
    if any(_is_unsafe(character) for character in text):
        raise Invalid(_("Control characters are not allowed."), field=field)
    return text


def _known_language(tag: str) -> str:
    """The language by its tag (BCP 47) in whatever case; the empty one leaves it to the browser."""
    known = tag.lower()
    if known and known not in dict(settings.LANGUAGES):
        raise Invalid(_("This is not a language that we know."), field="language")
    return known


def _set_private(user_id: int, *, private: bool) -> None:
    changed = User.objects.filter(id=user_id, is_private=not private).update(is_private=private)
    if changed:
        event = AudienceNarrowed(user_id=user_id, reason="private") if private else AudienceWidened(user_id=user_id)
        outbox.record(event, for_user=user_id)


def _set_presence(user_id: int, *, shown: bool) -> None:
    changed = User.objects.filter(id=user_id, shows_presence=not shown).update(shows_presence=shown)
    if changed and not shown:
        outbox.record(AudienceNarrowed(user_id=user_id, reason="presence"), for_user=user_id)


def _is_unsafe(character: str) -> bool:
    is_control = unicodedata.category(character) == "Cc" and character != "\n"
    return is_control or character in DIRECTION_OVERRIDES
