"""Cases and reports as people read them: the shapes that pages, REST and frames share. Reads nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.people import Person, Relation, person_of
from accounts.suspension import Suspension
from content.cards import rfc3339
from content.photos import MediaView
from core import ids
from ops.models import Act, Case, Report


@dataclass(frozen=True, slots=True)
class ReportCard:
    """A report as its reporter sees it: what they said, and what became of it, not by whom."""

    id: int
    kind: str
    object_id: int
    reason: str
    text: str
    at: datetime
    state: str  # open | closed | withdrawn
    outcome: str | None

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON members."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "object": str(self.object_id),
            "reason": self.reason,
            "text": self.text,
            "at": rfc3339(self.at),
            "state": self.state,
            "outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True)
class Reportable:
    """What somebody sees and may report, whose it is, the page it is on, how they stand to them, and their own open
    report of it."""

    kind: str
    object_id: int
    person: Person
    url: str
    words: str
    media: tuple[MediaView, ...]
    relation: Relation
    report: ReportCard | None


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A case in the queue, the same in a list and in a frame. `claimed_until` runs out by itself: no frame says so."""

    id: int
    kind: str
    object_id: int
    person: Person | None
    at: datetime
    report_count: int
    reasons: list[str]
    claimed_by: Person | None
    claimed_until: datetime | None
    closed_by: Person | None
    closed_at: datetime | None
    outcome: str | None
    why: str

    def as_dict(self) -> dict[str, Any]:
        """The case as JSON members."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "object": str(self.object_id),
            "person": _person(self.person),
            "at": rfc3339(self.at),
            "report_count": self.report_count,
            "reasons": self.reasons,
            "claimed_by": _person(self.claimed_by),
            "claimed_until": _time(self.claimed_until),
            "closed_by": _person(self.closed_by),
            "closed_at": _time(self.closed_at),
            "outcome": self.outcome,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """A report as moderators read it: who said what, and what they saw."""

    id: int
    reporter: Person | None
    reason: str
    text: str
    at: datetime
    withdrawn: bool
    evidence: dict[str, Any]

    @property
    def words(self) -> list[str]:
        """What they read: a caption, a comment, what a profile says, or why somebody is suspended."""
        return [self.evidence[name] for name in ("caption", "text", "bio", "reason") if self.evidence.get(name)]


@dataclass(frozen=True, slots=True)
class ActView:
    """What a moderator did, and when."""

    case_id: int
    actor: str
    what: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case with its evidence, what was done in it, and what was decided about its person before."""

    case: CaseCard
    statements: list[Statement]
    acts: list[ActView]
    history: list[ActView]


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """What a suspended person sees: the suspension, and what became of their appeal against it."""

    suspension: Suspension
    appeal: ReportCard | None


def report_of(report: Report) -> ReportCard:
    """Make the card of a report whose case is loaded."""
    case = report.case
    state = "withdrawn" if report.withdrawn_at else "closed" if case.closed_at else "open"
    return ReportCard(
        id=report.id,
        kind=case.kind,
        object_id=case.object_id,
        reason=report.reason,
        text=report.text,
        at=ids.created_at(report.id),
        state=state,
        outcome=case.outcome if state == "closed" else None,
    )


def case_of(case: Case, *, report_count: int, reasons: list[str]) -> CaseCard:
    """Make the card of a case whose people are loaded."""
    held = case.held_by() is not None
    return CaseCard(
        id=case.id,
        kind=case.kind,
        object_id=case.object_id,
        person=person_of(case.person) if case.person else None,
        at=ids.created_at(case.id),
        report_count=report_count,
        reasons=reasons,
        claimed_by=person_of(case.claimed_by) if held and case.claimed_by else None,
        claimed_until=case.claimed_until if held else None,
        closed_by=person_of(case.closed_by) if case.closed_by else None,
        closed_at=case.closed_at,
        outcome=case.outcome or None,
        why=case.why,
    )


def statement_of(report: Report) -> Statement:
    """Make what moderators read of a report whose reporter is loaded."""
    return Statement(
        id=report.id,
        reporter=person_of(report.reporter) if report.reporter else None,
        reason=report.reason,
        text=report.text,
        at=ids.created_at(report.id),
        withdrawn=report.withdrawn_at is not None,
        evidence=report.evidence,
    )


def act_of(act: Act) -> ActView:
    """Make the view of an act."""
    return ActView(act.case_id, act.actor_name, act.what, act.why, ids.created_at(act.id))


def _person(person: Person | None) -> dict[str, Any] | None:
    return person.as_dict() if person else None


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
