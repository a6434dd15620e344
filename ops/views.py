"""Pages of moderation, and of who is suspended, as links and forms. Each parses, makes one domain call, answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.suspension import PROOF_KEY
from accounts.viewers import ViewerRequest
from content import streaming
from content.views import MEDIA_HEADERS
from core import crossing
from core.problems import Conflict, Invalid, Problem
from core.web import back, login_required
from ops import actions, queries
from ops.actions.closing import OUTCOMES
from ops.cards import SuspensionView
from ops.guards import staff_only
from ops.models import MAX_TEXT, MAX_WHY, Kind

STATES: tuple[queries.State, ...] = get_args(queries.State)
UNSAVED = {"Cache-Control": "private, no-store"}  # evidence is looked at, not kept


@require_safe
@login_required
@staff_only
async def moderation(request: ViewerRequest) -> HttpResponse:
    """The queue: what is open, what the viewer has claimed, or what is closed."""
    state: queries.State = next((state for state in STATES if state == request.GET.get("state")), "open")
    after = request.GET.get("after")
    page = await crossing.call(queries.cases, state, viewer_id=request.viewer.id, after=after)
    return render(request, "ops/moderation.html", {"cases": page, "state": state, "states": STATES})


@require_safe
@login_required
@staff_only
async def moderation_case(request: ViewerRequest, case_id: int) -> HttpResponse:
    """One case, and the forms to decide it."""
    return await _case(request, case_id)


@require_POST
@login_required
@staff_only
async def moderation_claim(request: ViewerRequest, case_id: int) -> HttpResponse:
    """Claim a case; `undo` lets it go."""
    action = actions.release_case if request.POST.get("undo") else actions.claim_case
    return await _done(request, case_id, action)


@require_POST
@login_required
@staff_only
async def moderation_outcome(request: ViewerRequest, case_id: int) -> HttpResponse:
    """Decide a case; `undo` takes the decision back."""
    why = request.POST.get("why", "")
    if request.POST.get("undo"):
        return await _done(request, case_id, actions.reopen_case, why=why)
    outcome, until = request.POST.get("outcome", ""), request.POST.get("until", "")
    try:
        wanted = {"outcome": outcome, "why": why, "until": _midnight(until)}
    except Invalid as refusal:
        return await _case(request, case_id, refusal)
    return await _done(request, case_id, actions.close_case, **wanted)


@require_safe
@login_required
@staff_only
async def moderation_photo(request: ViewerRequest, case_id: int, media_id: int) -> HttpResponse:
    """A photo that was reported, for who has claimed the case."""
    content = await crossing.call(queries.photo, case_id, media_id, viewer_id=request.viewer.id)
    return HttpResponse(content, "image/webp", headers=MEDIA_HEADERS | UNSAVED)


@require_safe
@login_required
@staff_only
async def moderation_video(request: ViewerRequest, case_id: int, media_id: int) -> HttpResponseBase:
    """A video that was reported, or a range of it, for who has claimed the case."""
    file = await crossing.call(queries.video, case_id, media_id, viewer_id=request.viewer.id)
    path = Path(settings.MEDIA_ROOT) / file.path
    response = streaming.answer(request, path, size=file.size, etag=file.etag, content_type="video/mp4")
    for name, value in (MEDIA_HEADERS | UNSAVED).items():
        response[name] = value
    return response


@require_http_methods(["GET", "HEAD", "POST"])
async def suspended(request: HttpRequest) -> HttpResponse:
    """Why and until when somebody is suspended, for whom the log-in has sent here; and their appeal."""
    text = request.POST.get("text", "")
    if request.method != "POST":
        return _suspended(request, await crossing.call(_suspension, request.session))
    try:
        await crossing.call(_appeal, request.session, text)
    except Invalid as refusal:
        view = await crossing.call(_suspension, request.session)
        return _suspended(request, view, error=refusal, text=text)
    return back(request, reverse("suspended"))


async def _done(request: ViewerRequest, case_id: int, action: Callable[..., Any], **wanted: Any) -> HttpResponse:
    """Act on a case, and go back to it; what was refused is said there."""
    try:
        await crossing.call(action, case_id=case_id, actor_id=request.viewer.id, **wanted)
    except (Conflict, Invalid) as refusal:
        return await _case(request, case_id, refusal)
    return back(request, reverse("moderation_case", args=[case_id]))


async def _case(request: ViewerRequest, case_id: int, refusal: Problem | None = None) -> HttpResponse:
    view = await crossing.call(queries.case, case_id, viewer_id=request.viewer.id)
    mine = view.case.claimed_by is not None and view.case.claimed_by.id == request.viewer.id
    context = {
        "view": view,
        "mine": mine,
        "outcomes": OUTCOMES[Kind(view.case.kind)],
        "longest": MAX_WHY,
        "error": refusal,
        "typed": request.POST,
    }
    return render(request, "ops/case.html", context, status=refusal.status if refusal else 200)


def _midnight(date: str) -> datetime | None:
    """The beginning of a day, in UTC; None for none."""
    try:
        return datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC) if date else None
    except ValueError:
        raise Invalid(_("A date, as 2026-12-31."), field="until") from None


def _suspension(session: SessionBase) -> SuspensionView:
    """Read the proof, and what it is of, in one crossing: the session is in the database, too."""
    return queries.suspension(session.get(PROOF_KEY, ""))


def _appeal(session: SessionBase, text: str) -> None:
    actions.appeal(proof=session.get(PROOF_KEY, ""), text=text)


def _suspended(
    request: HttpRequest, view: SuspensionView, *, error: Invalid | None = None, text: str = ""
) -> HttpResponse:
    context = {"view": view, "error": error, "text": text, "longest": MAX_TEXT}
    return render(request, "ops/suspended.html", context, status=error.status if error else 200)
