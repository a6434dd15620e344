"""Which usernames people may take. The column's own pattern is in models; this adds who else has a say."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import FormerUsername, valid_username

# Words of our own addresses and offices: whoever bore one could pass for the site itself.
# fmt: off
RESERVED = frozenset({
    "about", "accounts", "admin", "administrator", "api", "archive", "comments", "contact", "csp", "deleted",
    "developers", "events", "explore", "feed", "guest", "healthz", "help", "home", "instance", "legal", "live", "login",
    "logout", "me", "media", "metrics", "moderator", "new", "notifications", "official", "offline", "ops", "p",
    "photophore", "post", "posts", "privacy", "readyz", "register", "report", "reports", "root", "rt", "saved",
    "search", "security", "settings", "share", "sign_in", "signin", "signup", "staff", "static", "support", "system",
    "tags", "terms", "user", "users", "www",
})
# fmt: on


def not_reserved(username: str) -> None:
    """Refuse a name that belongs to the site.

    Raises:
        ValidationError: if it is reserved.
    """
    if username.lower() in RESERVED:
        raise ValidationError(
            _("The name %(username)s is reserved. Please choose another.") % {"username": username}, code="reserved"
        )


def not_kept(username: str) -> None:
    """Refuse a name that somebody has given up lately: its address still leads to them.

    Raises:
        ValidationError: if it is kept.
    """
    if is_kept(username.lower()):
        raise ValidationError(
            _("The name %(username)s is taken. Please choose another.") % {"username": username}, code="kept"
        )


def is_kept(username: str, *, but_for: int = 0) -> bool:
    """Whether a name is kept for somebody who had it; `but_for` is a person who may take their own back."""
    return FormerUsername.objects.kept().filter(username=username).exclude(user_id=but_for).exists()


rules: list[Callable[[str], None]] = [valid_username, not_reserved]
username_validators = [*rules, not_kept]  # of sign-up
