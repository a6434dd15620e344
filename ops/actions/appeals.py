"""A suspended person's appeal: a case in the same queue, once for each suspension."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.suspension import proven
from content.cards import rfc3339
from content.text import cleaned
from core import clock
from core.problems import Conflict
from ops.actions.recording import open_case, tell
from ops.actions.reports import add
from ops.cards import ReportCard, report_of
from ops.models import MAX_TEXT, Case, Kind, Outcome, Reason


def appeal(*, proof: str, text: str) -> ReportCard:
    """Ask moderators to look at one's suspension again; `proof` is what the log-in gave.

    Raises:
        Forbidden: if the proof is none, too old, or the suspension is over.
        Invalid: if the text is empty or too long.
        Conflict: if there was an appeal against this suspension already.
    """
    suspension = proven(proof)
    text = cleaned(text, field="text", limit=MAX_TEXT, required=True)
    seen = {
        "since": rfc3339(suspension.since),
        "reason": suspension.reason,
        "until": rfc3339(suspension.until) if suspension.until else None,
    }
    user_id = suspension.user_id
    with transaction.atomic():
        _close_overtaken(user_id, suspension.since)
        case_id, made = open_case(Kind.APPEAL, user_id, user_id, suspension.since)
        same = Case.objects.appeals(user_id, suspension.since)
        if not made or same.exclude(pk=case_id).exists():
            raise Conflict(_("You have appealed against this already."))
        row = add(case_id, user_id, Reason.APPEAL, text, seen, made=True)
    return report_of(row)


def _close_overtaken(user_id: int, since: datetime) -> None:
    """Take an appeal out of the queue whose suspension has ended by itself: it would stand in the way of this one."""
    before = Case.objects.open().filter(kind=Kind.APPEAL, object_id=user_id, effect_at__lt=since)
    for case in before.select_for_update(no_key=True):
        case.closed_at, case.outcome = clock.now(), Outcome.WITHDRAWN
        case.save(update_fields=["closed_at", "outcome"])
        tell(case.id, "withdrawn")
