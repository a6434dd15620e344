"""Reports and cases in JSON: what REST bodies look like. The domain's own shapes are in cards."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from accounts.schemas import PersonOut
from core.rest import BodyIn, Id, IdIn
from ops.models import MAX_TEXT, MAX_WHY

Text = Annotated[str, Field(max_length=MAX_TEXT)]
Why = Annotated[str, Field(max_length=MAX_WHY)]


class ReportIn(BodyIn):
    """What is reported, and why."""

    kind: Literal["user", "post", "comment"]
    id: IdIn
    reason: Literal[
        "spam", "harassment", "hate", "violence", "nudity", "self_harm", "impersonation", "copyright", "other"
    ]
    text: Text = ""


class AppealIn(BodyIn):
    """An appeal against one's suspension; `proof` is what the log-in of a suspended person gave."""

    proof: Annotated[str, Field(max_length=300)]
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class ReportOut(Schema):
    """A report of one's own. `outcome` once it was decided; what `object` is an id of, `kind` says."""

    id: Id
    kind: Literal["user", "post", "comment", "appeal"]
    object: str
    reason: str
    text: str
    at: datetime
    state: Literal["open", "closed", "withdrawn"]
    outcome: str | None


class CaseOut(Schema):
    """A case in the queue. A claim runs out at `claimed_until`, by itself."""

    id: Id
    kind: Literal["user", "post", "comment", "appeal"]
    object: str
    person: PersonOut | None
    at: datetime
    report_count: int
    reasons: list[str]
    claimed_by: PersonOut | None
    claimed_until: datetime | None
    closed_by: PersonOut | None
    closed_at: datetime | None
    outcome: str | None
    why: str


class StatementOut(Schema):
    """Who reported it and what they saw: `evidence` has the words, and ids of photos, of that moment."""

    id: Id
    reporter: PersonOut | None
    reason: str
    text: str
    at: datetime
    withdrawn: bool
    evidence: dict[str, Any]


class ActOut(Schema):
    """What a moderator did: claim, release, reopen, or an outcome."""

    case_id: Id
    actor: str
    what: str
    why: str
    at: datetime


class CaseDetailOut(Schema):
    """A case with its first 50 reports, its latest acts, and what was decided about its person in others."""

    case: CaseOut
    statements: list[StatementOut]
    acts: list[ActOut]
    history: list[ActOut]


class OutcomeIn(BodyIn):
    """A decision. `why` is told to the person whom it concerns; `until` is the end of a suspension."""

    outcome: Literal["dismiss", "remove", "suspend", "reinstate"]
    why: Why = ""
    until: AwareDatetime | None = None
