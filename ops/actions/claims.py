"""Claiming a case, so that no two moderators work on one, and letting it go. A claim runs out by itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.problems import Conflict
from ops import queries
from ops.actions.recording import keep, locked, name_of, tell
from ops.cards import CaseCard
from ops.models import CLAIM, Case
from ops.policies import check_impartial


def claim_case(*, case_id: int, actor_id: int) -> CaseCard:
    """Claim an open case; doing it again gives one more time.

    Raises:
        NotFound: if there is no such case.
        Forbidden: if it is about the actor.
        Conflict: if somebody else has it, who is named, or if it is closed.
    """
    with transaction.atomic():
        case = _free(case_id, actor_id)
        if case.held_by() is None:
            keep(case, actor_id, "claim")
        case.claimed_by_id, case.claimed_until = actor_id, clock.now() + CLAIM
        case.save(update_fields=["claimed_by", "claimed_until"])
        tell(case_id, "claimed")
    return queries.card(case_id)


def release_case(*, case_id: int, actor_id: int) -> CaseCard:
    """Let a case go that one has claimed; without a claim it changes and announces nothing.

    Raises:
        NotFound: if there is no such case.
        Forbidden: if it is about the actor.
        Conflict: if somebody else has it, who is named, or if it is closed.
    """
    with transaction.atomic():
        case = _free(case_id, actor_id)
        if case.held_by() is not None:
            case.claimed_by, case.claimed_until = None, None
            case.save(update_fields=["claimed_by", "claimed_until"])
            keep(case, actor_id, "release")
            tell(case_id, "released")
    return queries.card(case_id)


def claimed(case_id: int, actor_id: int) -> Case:
    """Lock and return an open case that the actor has claimed, in the caller's transaction.

    Raises:
        NotFound: if there is no such case.
        Forbidden: if it is about the actor.
        Conflict: if they have not claimed it, or if it is closed.
    """
    case = _free(case_id, actor_id)
    if case.held_by() is None:
        raise Conflict(_("Claim this first."))
    return case


def _free(case_id: int, actor_id: int) -> Case:
    """Lock and return an open case that nobody but the actor has claimed."""
    case = locked(case_id)
    check_impartial(case.person_id, actor_id)
    if case.closed_at is not None:
        by = name_of(case.closed_by_id) if case.closed_by_id else _("those who reported it")
        raise Conflict(_("This was closed by %(who)s: %(outcome)s.") % {"who": by, "outcome": case.outcome})
    holder = case.held_by()
    if holder not in (None, actor_id):
        raise Conflict(_("%(who)s has claimed this.") % {"who": name_of(holder)})
    return case
