"""Whether an account stands: suspended by staff, deleted by its person, and both undone. Removal is purging's."""

from django.contrib.auth.hashers import check_password
from django.db import transaction

from accounts.models import GRACE, MAX_REASON, Session, Token, User
from core import clock
from core.problems import Invalid, NotFound
from events import outbox
from events.types import UserDeleted, UserReturned, UserSuspended


def suspend_user(*, username: str, reason: str = "") -> bool:
    """Suspend a person: they and all they made are hidden, and their sessions end; return whether this changed it.

    Their tokens are worthless while it lasts.

    Raises:
        NotFound: if there is nobody of that name.
        Invalid: if the reason is too long.
    """
    if len(reason) > MAX_REASON:
        raise Invalid(f"At most {MAX_REASON} characters.", field="reason")
    with transaction.atomic():
        user = _locked(username=username.lower())
        if user.suspended_at is not None:
            return False
        user.suspended_at, user.suspension_reason, user.is_active = clock.now(), reason, False
        user.save(update_fields=["suspended_at", "suspension_reason", "is_active"])
        _end_sessions(user)
        outbox.record(UserSuspended(user_id=user.id), for_user=user.id)
    return True


def unsuspend_user(*, username: str) -> bool:
    """Lift a suspension: they may sign in again, and all of it shows again; return whether there was one.

    Raises:
        NotFound: if there is nobody of that name.
    """
    with transaction.atomic():
        user = _locked(username=username.lower())
        if user.suspended_at is None:
            return False
        user.suspended_at, user.suspension_reason = None, ""
        _return(user)
    return True


def delete_account(*, user_id: int, password: str) -> None:
    """Mark one's account for deletion: hidden everywhere and signed out everywhere at once, tokens included.

    Raises:
        Invalid: if the password is wrong: a browser that was left open deletes nobody.
        NotFound: if it was deleted already.
    """
    with transaction.atomic():
        user = _locked(id=user_id, deleted_at=None)
        if not check_password(password, user.password):
            raise Invalid("This is not your password.", field="password")
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


def _locked(**which: object) -> User:
    user = User.objects.select_for_update(no_key=True).filter(**which).first()
    if user is None:
        raise NotFound("There is nobody of that name here.")
    return user


def _return(user: User) -> None:
    """Activate a person whom nothing else keeps away."""
    user.is_active = user.suspended_at is None and user.deleted_at is None
    user.save(update_fields=["suspended_at", "suspension_reason", "deleted_at", "is_active"])
    outbox.record(UserReturned(user_id=user.id), for_user=user.id)


def _end_sessions(user: User) -> None:
    """Without a word for each: the person's own event closes every socket."""
    Session.objects.filter(user=user).end_unannounced_unsafe()
