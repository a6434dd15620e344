"""Pages of connections: find them, look at one, tail it, end some. Each parses, makes one domain call, answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.viewers import ViewerRequest
from core import crossing
from core.problems import Conflict, Invalid, Problem
from core.web import login_required
from ops import connections as domain
from ops import tails
from ops.choosing import FIELDS
from ops.guards import staff_only
from ops.models import MAX_WHY
from ops.words import GRANTS
from realtime.peers import TRANSPORTS


@require_safe
@login_required
@staff_only
async def connections(request: ViewerRequest) -> HttpResponse:
    """Search among all connections."""
    context: dict[str, Any] = {"typed": request.GET, "transports": TRANSPORTS}
    status = 200
    try:
        context["found"] = await crossing.call(domain.search, request.viewer, request.GET.dict())
    except Invalid as refusal:
        context["error"], status = refusal, refusal.status
    return render(request, "ops/connections.html", context, status=status)


@require_safe
@login_required
@staff_only
async def connection(request: ViewerRequest, node: str, connection: str) -> HttpResponse:
    """One connection, with all that is told of it."""
    return await _connection(request, node, connection)


@require_POST
@login_required
@staff_only
async def connection_tail(request: ViewerRequest, node: str, connection: str) -> HttpResponse:
    """Begin to tail a connection."""
    why = request.POST.get("why", "")
    try:
        tail_id = await crossing.call(domain.tail, request.viewer, node, connection, why=why)
    except (Conflict, Invalid) as refusal:
        return await _connection(request, node, connection, refusal)
    return redirect("tail", tail_id)


@require_safe
@login_required
@staff_only
async def tail(request: ViewerRequest, tail_id: str) -> HttpResponse:
    """What passes on a tailed connection."""
    about, rows = await crossing.call(domain.read_tail, request.viewer, tail_id)
    context = {"about": about, "rows": rows, "tail_id": tail_id, "topic": tails.topic_of(tail_id)}
    return render(request, "ops/tail.html", context)


@require_POST
@login_required
@staff_only
async def tail_stop(request: ViewerRequest, tail_id: str) -> HttpResponse:
    """End a tail before its time."""
    await crossing.call(domain.stop_tail, request.viewer, tail_id)
    return redirect("tail", tail_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@staff_only
async def disconnect(request: ViewerRequest) -> HttpResponse:
    """Disconnect: whom and why, then how many that is, then the deed."""
    if request.method != "POST":
        return _disconnect(request)
    post = request.POST
    why, how, proofs = post.get("why", ""), post.get("how", ""), bool(post.get("proofs"))
    act = domain.disconnect if post.get("sure") else domain.count
    try:
        found = await crossing.call(act, request.viewer, post.dict(), why=why, how=how, proofs=proofs)
    except Invalid as refusal:
        return _disconnect(request, error=refusal)
    if not post.get("sure"):
        return _disconnect(request, found=found)
    count = found.survey.count
    said = ngettext("%(count)s connection ends.", "%(count)s connections end.", count) % {"count": count}
    messages.success(request, said)
    if found.survey.silent:
        messages.warning(request, _silent(found))
    return redirect("connections")


async def _connection(request: ViewerRequest, node: str, name: str, error: Problem | None = None) -> HttpResponse:
    looked = await crossing.call(domain.look, request.viewer, node, name)
    granted = [(topic, GRANTS.get(topic.partition(":")[0], "")) for topic in looked.detail.topics]
    context = {"looked": looked, "granted": granted, "error": error, "typed": request.POST, "longest": MAX_WHY}
    return render(request, "ops/connection.html", context, status=error.status if error else 200)


def _disconnect(
    request: ViewerRequest, *, found: domain.Found | None = None, error: Invalid | None = None
) -> HttpResponse:
    typed = request.POST or request.GET
    chosen = [(name, typed[name]) for name in FIELDS if typed.get(name)]
    context = {"typed": typed, "chosen": chosen, "found": found, "error": error, "longest": MAX_WHY}
    return render(request, "ops/disconnect.html", context, status=error.status if error else 200)


def _silent(found: domain.Found) -> str:
    names = ", ".join(node.node for node in found.survey.silent)
    return _("No answer from %(nodes)s: there it may not have been done.") % {"nodes": names}
