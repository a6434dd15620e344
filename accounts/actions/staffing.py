"""Who is staff: operators and moderators. What staff may do, the policies of each app say."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.recognized import forget_after_commit
from core.problems import NotFound
from events import outbox
from events.types import StaffRevoked


def grant_staff(*, username: str) -> bool:
    """Make a person staff; return whether this changed it. Nothing opens by itself: they ask for it.

    Raises:
        NotFound: if there is nobody of that name.
    """
    with transaction.atomic():
        return _changed(username, is_staff=True) is not None


def revoke_staff(*, username: str) -> bool:
    """Make a person staff no longer; return whether this changed it. Sockets of theirs lose what is for staff.

    Raises:
        NotFound: if there is nobody of that name.
    """
    with transaction.atomic():
        user_id = _changed(username, is_staff=False)
        if user_id is not None:
            outbox.record(StaffRevoked(user_id=user_id), for_user=user_id)
    return user_id is not None


def _changed(username: str, *, is_staff: bool) -> int | None:
    """Whom this changed, if it did, in the caller's transaction."""
    user = User.objects.select_for_update(no_key=True).filter(username=username.lower()).first()
    if user is None:
        raise NotFound(_("Nobody is called %(username)s.") % {"username": username})
    if user.is_staff == is_staff:
        return None
    user.is_staff = is_staff
    user.save(update_fields=["is_staff"])
    forget_after_commit("user", user.id)
    return user.id
