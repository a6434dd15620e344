"""Closing a case with an outcome: what it does to a person, a post or a comment, in one transaction with the record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import accounts.actions as people
import content.actions as content
from accounts.models import User
from content.text import cleaned
from core import clock
from core.problems import Conflict, Invalid
from ops import queries
from ops.actions.claims import claimed
from ops.actions.recording import keep, tell
from ops.cards import CaseCard
from ops.models import MAX_WHY, Case, Kind, Outcome

# What a moderator may decide, by what the case is about.
OUTCOMES = {
    Kind.USER: (Outcome.DISMISS, Outcome.SUSPEND),
    Kind.POST: (Outcome.DISMISS, Outcome.REMOVE, Outcome.SUSPEND),
    Kind.COMMENT: (Outcome.DISMISS, Outcome.REMOVE, Outcome.SUSPEND),
    Kind.APPEAL: (Outcome.DISMISS, Outcome.REINSTATE),
}


def close_case(*, case_id: int, actor_id: int, outcome: str, why: str = "", until: datetime | None = None) -> CaseCard:
    """Decide a case that one has claimed: do what the outcome says, and tell who reported it.

    A suspension ends at `until`, or when it is lifted; `why` is what the suspended person is told.

    Raises:
        NotFound: if there is no such case.
        Forbidden: if it is about the actor.
        Conflict: if the actor has not claimed it, it is closed, or what is to be done cannot be done any more.
        Invalid: if the case cannot have that outcome, `why` is too long or missing, or `until` has passed.
    """
    why = cleaned(why, field="why", limit=MAX_WHY, required=outcome in (Outcome.REMOVE, Outcome.SUSPEND))
    if until is not None and outcome != Outcome.SUSPEND:
        raise Invalid(_("Only a suspension has an end."), field="until")
    with transaction.atomic():
        case = claimed(case_id, actor_id)
        if outcome not in OUTCOMES[Kind(case.kind)]:
            raise Invalid(_("A case of this kind has no such outcome."), field="outcome")
        _take_effect(case, outcome, why, until)
        case.closed_at, case.closed_by_id = clock.now(), actor_id
        case.outcome, case.why = outcome, why
        case.claimed_by, case.claimed_until = None, None
        case.save()
        keep(case, actor_id, outcome, why)
        tell(case_id, "closed", outcome)
    return queries.card(case_id)


def _take_effect(case: Case, outcome: str, why: str, until: datetime | None) -> None:
    match outcome:
        case Outcome.REMOVE if case.kind == Kind.POST:
            case.effect_at = content.remove_post(post_id=case.object_id)
            _done(case.effect_at is not None, _("This post is gone already."))
        case Outcome.REMOVE:
            _done(content.remove_comment(comment_id=case.object_id), _("This comment is gone already."))
        case Outcome.SUSPEND:
            username = _username(case)
            suspended = people.suspend_user(username=username, reason=why, until=until)
            _done(suspended, _("This person is suspended already."))
            case.effect_at = User.objects.values_list("suspended_at", flat=True).get(username=username)
        case Outcome.REINSTATE:
            lifted = people.unsuspend_user(username=_username(case), suspended_at=case.effect_at)
            _done(lifted, _("This suspension is over already."))


def _done(changed: bool, otherwise: str) -> None:
    if not changed:
        raise Conflict(otherwise)


def _username(case: Case) -> str:
    if case.person is None:
        raise Conflict(_("This person is gone."))
    return case.person.username
