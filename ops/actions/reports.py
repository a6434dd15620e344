"""Reporting a person, a post or a comment, and taking it back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from content.actions import hold_photos
from content.text import cleaned
from core import clock
from core.problems import Conflict, Invalid, NotFound
from ops.actions.recording import locked, open_case, tell
from ops.cards import ReportCard, report_of
from ops.evidence import gather
from ops.models import EVIDENCE_KEPT, MAX_TEXT, Kind, Outcome, Report

MAX_REPORTS = 500  # in one case: it is looked at all the same, and each reporter is owed an answer


def report(*, kind: str, object_id: int, reporter_id: int, reason: str, text: str = "") -> ReportCard:
    """Report something that one sees, with what one sees of it; reporting it again while it is open answers the same.

    Raises:
        NotFound: if the reporter may not see it.
        Invalid: if it is theirs, or the text is too long.
        Conflict: if so many have reported it that no more are taken.
    """
    evidence = gather(kind, object_id, viewer_id=reporter_id)
    if evidence.person_id == reporter_id:
        raise Invalid(_("This is yours."), field="id")
    text = cleaned(text, field="text", limit=MAX_TEXT)
    with transaction.atomic():
        case_id, made = open_case(kind, object_id, evidence.person_id)
        if kind == Kind.POST:
            hold_photos(post_id=object_id, until=clock.now() + EVIDENCE_KEPT)
        row = add(case_id, reporter_id, reason, text, evidence.seen, made=made)
    return report_of(row)


def add(case_id: int, reporter_id: int, reason: str, text: str, seen: dict[str, Any], *, made: bool) -> Report:
    """Add a report to a locked case, or answer the one that is there, in the caller's transaction.

    Raises:
        Conflict: if there are too many.
    """
    standing = Report.objects.standing().filter(case_id=case_id)
    row = standing.filter(reporter_id=reporter_id).select_related("case").first()
    if row is not None:
        return row
    if standing.count() >= MAX_REPORTS:
        raise Conflict(_("Many have reported this already. It is being looked into."))
    row = Report(case_id=case_id, reporter_id=reporter_id, reason=reason, text=text, evidence=seen)
    row.save(force_insert=True)
    tell(case_id, "opened" if made else "reported")
    return row


def withdraw_report(*, report_id: int, reporter_id: int) -> ReportCard:
    """Take one's own report back; when nobody else stands by the case, it leaves the queue. Again, it changes nothing.

    Raises:
        NotFound: if the actor has made no such report.
        Conflict: if the case has been decided.
    """
    with transaction.atomic():
        own = Report.objects.filter(pk=report_id, reporter_id=reporter_id)
        case_id = own.values_list("case_id", flat=True).first()
        if case_id is None:
            raise NotFound(_("There is no such report."))
        case = locked(case_id)
        row = own.select_related("case").get()
        if row.withdrawn_at is None:
            if case.closed_at is not None:
                raise Conflict(_("This has been decided already."))
            row.withdrawn_at = clock.now()
            row.save(update_fields=["withdrawn_at"])
            if not Report.objects.standing().filter(case_id=case_id).exists():
                case.closed_at, case.outcome = row.withdrawn_at, Outcome.WITHDRAWN
                case.save(update_fields=["closed_at", "outcome"])
            tell(case_id, "withdrawn")
    return report_of(row)
