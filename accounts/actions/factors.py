"""What follows from a changed second factor; the factors are allauth's. Tokens, which never prove one, stay."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Session, User
from core.problems import NotFound


def second_factor_changed(*, user_id: int, keep_key: str | None) -> int:
    """Sign a person out everywhere but in the session with this key, which changed it; return how many ended."""
    deleted, _ = Session.objects.filter(user_id=user_id).exclude(session_key=keep_key or "").delete()
    return deleted


def reset_second_factor(*, username: str) -> int:
    """Take all second factors from a person who lost theirs, and sign them out; return how many there were.

    Doing it again changes nothing.

    Raises:
        NotFound: if nobody has this name.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(username=username).first()
        if user is None:
            raise NotFound(_("Nobody is called %(username)s.") % {"username": username})
        removed: int = Authenticator.objects.filter(user=user).delete()[0]
        if removed:
            second_factor_changed(user_id=user.id, keep_key=None)
    return removed
