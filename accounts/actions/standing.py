"""Whether an account stands: suspended by staff, deleted by its person, and both undone. Removal is purging's."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import GRACE, MAX_REASON, Session, Token, User
from accounts.recognized import forget_after_commit
from core import clock
from core.numbers import grouped
from core.problems import Invalid, NotFound
from events import outbox
from events.types import UserDeleted, UserReturned, UserSuspended

LONGEST = timedelta(days=3_650)  # of a suspension that ends by itself: what is longer has no end
BATCH = 200  # suspensions that end in one transaction
_SUSPENSION = ("suspended_at", "suspended_until", "suspension_reason", "is_active")


def suspend_user(*, username: str, reason: str = "", until: datetime | None = None) -> bool:
    """Suspend a person: they and all they made are hidden, and their sessions end; return whether this changed it.

    Their tokens are worthless while it lasts: until a moment, or until it is lifted. They are shown the reason.

    Raises:
        NotFound: if there is nobody of that name.
        Invalid: if the reason is too long, or the moment has passed or is too far.
    """
    if len(reason) > MAX_REASON:
        raise Invalid(_("At most %(limit)s characters.") % {"limit": MAX_REASON}, field="reason")
    if until is not None and not clock.now() < until <= clock.now() + LONGEST:
        reason = _("In the future, and at most %(days)s days from now.")
        raise Invalid(reason % {"days": grouped(LONGEST.days)}, field="until")
    with transaction.atomic():
        user = _locked(username=username.lower())
        if user.suspended_at is not None:
            return False
        user.suspended_at, user.suspended_until = clock.now(), until
        user.suspension_reason, user.is_active = reason, False
        user.save(update_fields=_SUSPENSION)
        _end_sessions(user)
        outbox.record(UserSuspended(user_id=user.id), for_user=user.id)
    return True


def unsuspend_user(*, username: str, suspended_at: datetime | None = None) -> bool:
    """Lift a suspension: they may sign in again, and all of it shows again; return whether there was one.

    With `suspended_at` only the suspension of that moment: whoever undoes one must not lift a later one.

    Raises:
        NotFound: if there is nobody of that name.
    """
    with transaction.atomic():
        user = _locked(username=username.lower())
        if user.suspended_at is None or suspended_at not in (None, user.suspended_at):
            return False
        _lift(user)
    return True


def end_suspensions() -> None:
    """Lift the suspensions whose time is over, a batch at a time; run by beat."""
    while _end_some() == BATCH:
        pass


def delete_account(*, user_id: int, password: str) -> None:
    """Mark one's account for deletion: hidden everywhere and signed out everywhere at once, tokens included.

    Raises:
        Invalid: if the password is wrong: a browser that was left open deletes nobody.
        NotFound: if it was deleted already.
    """
    with transaction.atomic():
        user = _locked(id=user_id, deleted_at=None)
        if not check_password(password, user.password):
            raise Invalid(_("This is not your password."), field="password")
        user.deleted_at, user.is_active = clock.now(), False
        user.save(update_fields=["deleted_at", "is_active"])
        _end_sessions(user)
        Token.objects.filter(user=user).end_unannounced_unsafe()
        outbox.record(UserDeleted(user_id=user.id), for_user=user.id)


def restore_account(*, username: str) -> bool:
    """Keep an account from its deletion; return whether that was possible. Tokens do not come back, nor does what
    has begun to be removed: once the grace is over it is too late.

    Raises:
        NotFound: if there is nobody of that name.
    """
    with transaction.atomic():
        user = _locked(username=username.lower())
        if user.deleted_at is None or user.deleted_at + GRACE <= clock.now():
            return False
        user.deleted_at = None
        _return(user)
    return True


def _end_some() -> int:
    """Lift a batch of them; one that staff changes just now is left to the next run."""
    with transaction.atomic():
        over = User.objects.filter(suspended_until__lte=clock.now()).order_by("id")
        people = list(over.select_for_update(no_key=True, skip_locked=True)[:BATCH])
        for user in people:
            _lift(user)
    return len(people)


def _locked(**which: object) -> User:
    user = User.objects.select_for_update(no_key=True).filter(**which).first()
    if user is None:
        raise NotFound(_("There is nobody of that name here."))
    return user


def _lift(user: User) -> None:
    user.suspended_at, user.suspended_until, user.suspension_reason = None, None, ""
    _return(user)


def _return(user: User) -> None:
    """Activate a person whom nothing else keeps away."""
    user.is_active = user.suspended_at is None and user.deleted_at is None
    user.save(update_fields=[*_SUSPENSION, "deleted_at"])
    outbox.record(UserReturned(user_id=user.id), for_user=user.id)


def _end_sessions(user: User) -> None:
    """Without a word for each: the person's own event closes every socket."""
    Session.objects.filter(user=user).end_unannounced_unsafe()
    forget_after_commit("user", user.id)
