"""Changing one's username: the old one leads to the new one for a while, and nobody else may take it meanwhile."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import names
from accounts.models import FormerUsername, User
from accounts.recognized import forget_after_commit
from core import clock
from core.problems import Conflict, Invalid
from events import outbox
from events.types import UserRenamed

PAUSE = timedelta(days=14)  # between two changes: nobody collects names, nor slips away under ever new ones
BATCH = 500  # names that are set free in one statement

LOCK_CLASS = 0x706E  # "pn": keeps this advisory lock apart from the others


def rename_user(*, user_id: int, username: str, mut: str | None = None) -> None:
    """Give a person another username. The one they have changes and announces nothing.

    One's own former names may be taken back.

    Raises:
        Invalid: if it is no username, or belongs to the site.
        Conflict: if it is somebody's, or was until lately, or the last change is less than PAUSE ago.
    """
    new = _cleaned(username)
    try:
        with transaction.atomic():
            # Not NO KEY: the name is a key, and who asks for the stronger lock only later may meet a deadlock.
            user = User.objects.select_for_update().get(id=user_id)
            if user.username != new:
                _check_pause(user)
                _rename(user, new, mut=mut)
    except IntegrityError as error:  # somebody has it, maybe since a moment ago: the unique column decides
        raise _taken() from error


def forget_names() -> None:
    """Set names free that were given up long ago, a batch at a time; run by beat."""
    forgotten = FormerUsername.objects.forgotten().order_by("left_at").values("pk")[:BATCH]
    while FormerUsername.objects.filter(pk__in=forgotten).delete()[0] == BATCH:
        pass


def _cleaned(username: str) -> str:
    new = username.strip().lower()
    try:
        for validator in names.rules:
            validator(new)
    except ValidationError as error:
        raise Invalid(error.messages[0], field="username") from error
    return new


def _check_pause(user: User) -> None:
    if user.renamed_at and user.renamed_at + PAUSE > clock.now():
        again = user.renamed_at + PAUSE
        told = {"time": date_format(again, "DATETIME_FORMAT")}
        raise Conflict(_("You can change it again from %(time)s UTC on.") % told, field="username")


def _rename(user: User, new: str, *, mut: str | None) -> None:
    old = user.username
    _lock()
    if names.is_kept(new, but_for=user.id):
        raise _taken()
    FormerUsername.objects.filter(username=new).delete()
    FormerUsername.objects.update_or_create(username=old, defaults={"user": user, "left_at": clock.now()})
    user.username, user.renamed_at = new, clock.now()
    user.save(update_fields=["username", "renamed_at"])
    forget_after_commit("user", user.id)
    outbox.record(UserRenamed(user_id=user.id, old=old, new=new, mut=mut), for_user=user.id)


def _lock() -> None:
    """Let names change hands one at a time, or one that is just given up could be taken before it is kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK_CLASS])


def _taken() -> Conflict:
    return Conflict(_("This name is taken. Please choose another."), field="username")
