"""The pages of the console. Each parses, makes one domain call, answers."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.viewers import ViewerRequest
from core import crossing
from core.problems import Busy
from core.web import login_required
from ops import console as live
from ops import figures
from ops import history as points
from ops.guards import staff_only
from ops.nodes import Away
from realtime import hub

AGAIN_SECONDS = 5


@require_safe
@login_required
@staff_only
async def console(request: ViewerRequest) -> HttpResponse:
    """Every number as it is now; the script keeps them so, and draws the charts."""
    context = {
        "shown": await crossing.call(live.opened, request.viewer),
        "broken": hub.broken(),
        "groups": figures.FIGURES,
        "charts": figures.CHARTS,
        "columns": figures.COLUMNS,
        "parts": figures.PARTS,
    }
    return render(request, "ops/console.html", context)


@require_safe
@login_required
@staff_only
async def history(request: ViewerRequest) -> HttpResponse:
    """The charts' last day, as columns."""
    try:
        columns = await crossing.call(points.load)
    except Away as error:
        raise Busy(_("Redis, which keeps the history, does not answer."), retry_after_seconds=AGAIN_SECONDS) from error
    return JsonResponse(columns, headers={"Cache-Control": "private, no-store"})
