"""Reports, appeals and moderation over REST. Each operation parses, makes one domain call, answers."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from accounts.viewers import ViewerRequest
from core import crossing
from core.rest import After, IdPath, Limit, PageOut, link_next
from ops import actions, queries
from ops.guards import staff_only
from ops.models import MAX_WHY
from ops.queries import State
from ops.schemas import AppealIn, CaseDetailOut, CaseOut, OutcomeIn, ReportIn, ReportOut

router = Router()

Body = dict[str, Any]
Reopening = Annotated[str, Query("", max_length=MAX_WHY, description="Why, for the record.")]


@router.post("/reports", response={201: ReportOut}, tags=["safety"])
async def report(request: ViewerRequest, body: ReportIn) -> Status[Body]:
    """Report a person, a post or a comment to the moderators; again while it is open, it answers the same."""
    made = await crossing.call(
        actions.report,
        kind=body.kind,
        object_id=body.id,
        reporter_id=request.viewer.id,
        reason=body.reason,
        text=body.text,
    )
    return Status(201, made.as_dict())


@router.get("/reports", response=PageOut[ReportOut], tags=["safety"])
async def own_reports(request: ViewerRequest, response: HttpResponse, after: After = None, limit: Limit = 20) -> Any:
    """What the viewer has reported and what became of it, the latest first."""
    page = await crossing.call(queries.own_reports, request.viewer.id, after=after, limit=limit)
    link_next(request, response, page)
    return {"items": [one.as_dict() for one in page.items], "next": page.next}


@router.delete("/reports/{report_id}", response=ReportOut, tags=["safety"])
async def withdraw_report(request: ViewerRequest, report_id: IdPath) -> Body:
    """Take one's report back, as long as it is not decided; doing it again changes nothing."""
    kept = await crossing.call(actions.withdraw_report, report_id=report_id, reporter_id=request.viewer.id)
    return kept.as_dict()


@router.post("/appeals", response={201: ReportOut}, auth=None, tags=["safety"])
async def appeal(request: HttpRequest, body: AppealIn) -> Status[Body]:
    """Appeal against one's suspension, once; needs no sign-in, but what the log-in of a suspended person gave."""
    made = await crossing.call(actions.appeal, proof=body.proof, text=body.text)
    return Status(201, made.as_dict())


@router.get("/ops/moderation/cases", response=PageOut[CaseOut], tags=["moderation"])
@staff_only
async def cases(
    request: ViewerRequest, response: HttpResponse, state: State = "open", after: After = None, limit: Limit = 20
) -> Any:
    """The queue: open, the oldest first; claimed by the viewer; or closed, the latest first."""
    page = await crossing.call(queries.cases, state, viewer_id=request.viewer.id, after=after, limit=limit)
    link_next(request, response, page)
    return {"items": [card.as_dict() for card in page.items], "next": page.next}


@router.get("/ops/moderation/cases/{case_id}", response=CaseDetailOut, tags=["moderation"])
@staff_only
async def get_case(request: ViewerRequest, case_id: IdPath) -> Body:
    """One case: its evidence, what was done in it, and what was decided about its person before."""
    view = await crossing.call(queries.case, case_id, viewer_id=request.viewer.id)
    return {
        "case": view.case.as_dict(),
        "statements": view.statements,
        "acts": view.acts,
        "history": view.history,
    }


@router.put("/ops/moderation/cases/{case_id}/claim", response=CaseOut, tags=["moderation"])
@staff_only
async def claim_case(request: ViewerRequest, case_id: IdPath) -> Body:
    """Claim a case for 15 minutes; again, for 15 more. 409 names who has it."""
    card = await crossing.call(actions.claim_case, case_id=case_id, actor_id=request.viewer.id)
    return card.as_dict()


@router.delete("/ops/moderation/cases/{case_id}/claim", response=CaseOut, tags=["moderation"])
@staff_only
async def release_case(request: ViewerRequest, case_id: IdPath) -> Body:
    """Let a case go; doing it again changes nothing."""
    card = await crossing.call(actions.release_case, case_id=case_id, actor_id=request.viewer.id)
    return card.as_dict()


@router.put("/ops/moderation/cases/{case_id}/outcome", response=CaseOut, tags=["moderation"])
@staff_only
async def close_case(request: ViewerRequest, case_id: IdPath, body: OutcomeIn) -> Body:
    """Decide a case that one has claimed."""
    wanted = body.model_dump()
    card = await crossing.call(actions.close_case, case_id=case_id, actor_id=request.viewer.id, **wanted)
    return card.as_dict()


@router.delete("/ops/moderation/cases/{case_id}/outcome", response=CaseOut, tags=["moderation"])
@staff_only
async def reopen_case(request: ViewerRequest, case_id: IdPath, why: Reopening = "") -> Body:
    """Undo what a case came to; it is open again, and claimed by the viewer."""
    card = await crossing.call(actions.reopen_case, case_id=case_id, actor_id=request.viewer.id, why=why)
    return card.as_dict()
