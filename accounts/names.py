"""Which usernames people may take. The column's own pattern is in models; this adds what only sign-up refuses."""

from django.core.exceptions import ValidationError

from accounts.models import valid_username

# Words of our own addresses and offices: whoever bore one could pass for the site itself.
# fmt: off
RESERVED = frozenset({
    "about", "accounts", "admin", "administrator", "api", "comments", "contact", "developers", "events", "explore",
    "feed", "guest", "healthz", "help", "home", "instance", "legal", "live", "login", "logout", "me", "media",
    "metrics", "moderator", "new", "notifications", "official", "ops", "p", "photophore", "post", "posts",
    "privacy", "readyz", "register", "reports", "root", "rt", "search", "security", "settings", "sign_in", "signin",
    "signup", "staff", "static", "support", "system", "tags", "terms", "user", "users", "www",
})
# fmt: on


def not_reserved(username: str) -> None:
    """Refuse a name that belongs to the site.

    Raises:
        ValidationError: if it is reserved.
    """
    if username.lower() in RESERVED:
        raise ValidationError(f"The name {username} is reserved. Please choose another.", code="reserved")


username_validators = [valid_username, not_reserved]
