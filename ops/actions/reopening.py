"""Taking an outcome back: what it did is undone, and the case is open again, claimed by who took it back."""

from datetime import datetime
from typing import assert_never

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

import accounts.actions as people
import content.actions as content
from accounts.models import User
from content.text import cleaned
from core import clock
from core.problems import Conflict
from ops import queries
from ops.actions.recording import keep, locked, tell
from ops.cards import CaseCard
from ops.models import CLAIM, MAX_WHY, Case, Kind, Outcome, Report
from ops.policies import check_impartial


def reopen_case(*, case_id: int, actor_id: int, why: str = "") -> CaseCard:
    """Undo what closed a case, and work on it anew. What others have done meanwhile stays: a later suspension too.

    Raises:
        NotFound: if there is no such case.
        Forbidden: if it is about the actor.
        Conflict: if it is open, was withdrawn, there is a new one about the same, or what it did cannot be undone.
        Invalid: if `why` is too long.
    """
    why = cleaned(why, field="why", limit=MAX_WHY)
    with transaction.atomic():
        case = locked(case_id)
        check_impartial(case.person_id, actor_id)
        outcome = _reopenable(case)
        _undo(case, outcome)
        case.closed_at, case.closed_by, case.outcome, case.why = None, None, "", ""
        case.claimed_by_id, case.claimed_until = actor_id, clock.now() + CLAIM
        _save(case)
        keep(case, actor_id, "reopen", why)
        tell(case_id, "reopened", outcome)
    return queries.card(case_id)


def _reopenable(case: Case) -> Outcome:
    if case.closed_at is None:
        raise Conflict(_("This is open."))
    if case.outcome == Outcome.WITHDRAWN:
        raise Conflict(_("This was withdrawn by those who reported it."))
    return Outcome(case.outcome)


def _save(case: Case) -> None:
    """Of one thing there is one open case: whether there is another, its constraint knows for sure."""
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        raise Conflict(_("This was reported anew: decide that case.")) from error


def _undo(case: Case, outcome: Outcome) -> None:
    match outcome:
        case Outcome.REMOVE:
            if not _put_back(case):
                raise Conflict(_("It is gone for good."))
        case Outcome.SUSPEND if case.person is not None and case.effect_at is not None:
            people.unsuspend_user(username=case.person.username, suspended_at=case.effect_at)
        case Outcome.REINSTATE if case.person is not None:
            _suspend_again(case, case.person.username)
        case Outcome.DISMISS | Outcome.SUSPEND | Outcome.REINSTATE | Outcome.WITHDRAWN:
            return
        case _:
            assert_never(outcome)


def _put_back(case: Case) -> bool:
    if case.kind == Kind.COMMENT:
        return content.put_back_comment(comment_id=case.object_id)
    removed_at, case.effect_at = case.effect_at, None
    return removed_at is not None and content.put_back_post(post_id=case.object_id, removed_at=removed_at)


def _suspend_again(case: Case, username: str) -> None:
    """For the reason that the appeal was against; not if its time is over, or they are suspended anyway."""
    was = Report.objects.values_list("evidence", flat=True).get(case_id=case.id)
    until = datetime.fromisoformat(was["until"]) if was["until"] else None
    if until is None or until > clock.now():
        people.suspend_user(username=username, reason=was["reason"], until=until)
    case.effect_at = User.objects.values_list("suspended_at", flat=True).get(username=username)
