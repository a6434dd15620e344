"""Pages of reporting: the form, what becomes of it, and one's own reports. Each parses, makes one call, answers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.viewers import ViewerRequest
from core import crossing
from core.problems import Conflict, Invalid, NotFound, Problem
from core.web import back, listing, login_required
from ops import actions, queries
from ops.models import MAX_TEXT, Kind
from ops.words import REASONS

KINDS = (Kind.USER, Kind.POST, Kind.COMMENT)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def report(request: ViewerRequest, kind: str, object_id: int) -> HttpResponse:
    """The form of a report, and what it sends; once it is made, what happens next."""
    if kind not in KINDS:
        raise NotFound
    if request.method != "POST":
        return await _report(request, kind, object_id)
    reason, text = request.POST.get("reason", ""), request.POST.get("text", "")
    if reason not in REASONS:
        return await _report(request, kind, object_id, Invalid(_("Choose what is wrong with it."), field="reason"))
    reporter_id = request.viewer.id
    try:
        await crossing.call(
            actions.report, kind=kind, object_id=object_id, reporter_id=reporter_id, reason=reason, text=text
        )
    except (Conflict, Invalid) as refusal:
        return await _report(request, kind, object_id, refusal)
    return back(request, reverse("report", args=[kind, object_id]))


@require_safe
@login_required
async def reports(request: ViewerRequest) -> HttpResponse:
    """What the viewer has reported, and what became of it."""
    page = await crossing.call(queries.own_reports, request.viewer.id, after=request.GET.get("after"))
    return listing(request, "ops/reports.html", rows="ops/_reports_items.html", context={"reports": page})


@require_POST
@login_required
async def report_withdraw(request: ViewerRequest, report_id: int) -> HttpResponse:
    """Take a report back."""
    await crossing.call(actions.withdraw_report, report_id=report_id, reporter_id=request.viewer.id)
    return back(request, reverse("reports"))


async def _report(request: ViewerRequest, kind: str, object_id: int, refusal: Problem | None = None) -> HttpResponse:
    thing = await crossing.call(queries.reportable, kind, object_id, viewer_id=request.viewer.id)
    context = {"thing": thing, "reasons": REASONS, "longest": MAX_TEXT, "error": refusal, "typed": request.POST}
    return render(request, "ops/report.html", context, status=refusal.status if refusal else 200)
