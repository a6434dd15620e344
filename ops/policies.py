"""Who may moderate and operate: the one place that decides. What one may report, the domain's own policies say."""

from django.utils.translation import gettext as _

from accounts.viewers import Viewer
from core.problems import Forbidden
from ops.models import Case, Report


def is_trusted(viewer: Viewer) -> bool:
    """Whether somebody may see and decide cases, and operate: staff, in a session that proved a second factor."""
    return viewer.is_staff and viewer.second_factor


def check_impartial(person_id: int | None, moderator_id: int) -> None:
    """See that nobody judges themselves, nor reads who reported them.

    Raises:
        Forbidden: if the case is about the moderator.
    """
    if person_id == moderator_id:
        raise Forbidden(_("This is about you: leave it to somebody else."))


def can_view_photo(moderator_id: int, case_id: int, media_id: int) -> bool:
    """Whether a moderator may see a photo whosesoever it is, deleted or not: it was reported in a case they claimed.

    Who claimed which case is on record, and so is with it who may have seen what.
    """
    held = Case.objects.claimed().filter(pk=case_id, claimed_by_id=moderator_id)
    return Report.objects.filter(case__in=held, evidence__media__contains=[{"id": str(media_id)}]).exists()
