"""Pages of the web processes and of the record. Each parses, makes one domain call, answers."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.viewers import ViewerRequest
from core import crossing
from core.problems import Invalid
from core.web import listing, login_required
from ops import audit, fleet
from ops.guards import staff_only
from ops.models import MAX_WHY


@require_safe
@login_required
@staff_only
async def nodes(request: ViewerRequest) -> HttpResponse:
    """The web processes, what they have, and how far one has come that was told to drain."""
    again = request.GET.get("fragment")
    found = await (crossing.call(fleet.roll) if again else crossing.call(fleet.nodes, request.viewer))
    of = request.GET.get("of", "")
    moving = (request.GET.get("node", ""), int(of) if of.isascii() and of.isdecimal() and len(of) < 9 else 0)
    context = {"nodes": found, "moving": moving}
    return listing(request, "ops/nodes.html", rows="ops/_nodes_items.html", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@staff_only
async def node_order(request: ViewerRequest, node: str) -> HttpResponse:
    """Drain a process, or let it serve again: why, then what that comes to, then the deed."""
    asked = {name: request.POST.get(name, "") for name in ("do", "why", "seconds")}
    typed = request.POST or request.GET
    context = {"node_id": node, "typed": typed, "longest": MAX_WHY, "window": settings.DRAIN_SECONDS}
    if request.method != "POST":
        return render(request, "ops/node_order.html", context)
    act = fleet.order if request.POST.get("sure") else fleet.plan
    try:
        plan = await crossing.call(act, request.viewer, node, **asked)
    except Invalid as refusal:
        return render(request, "ops/node_order.html", context | {"error": refusal}, status=refusal.status)
    if not request.POST.get("sure"):
        return render(request, "ops/node_order.html", context | {"plan": plan})
    query = urlencode({"node": node, "of": str(plan.node.sockets)})
    response = HttpResponseRedirect(f"{reverse('nodes')}?{query}")
    response.status_code = 303
    return response


@require_safe
@login_required
@staff_only
async def record(request: ViewerRequest) -> HttpResponse:
    """What operators did and looked at, the latest first."""
    actor, after = request.GET.get("actor", "").strip(), request.GET.get("after")
    page = await crossing.call(audit.read, request.viewer, actor=actor, after=after)
    return render(request, "ops/audit.html", {"entries": page, "actor": actor})
