"""Pages that show where an event is, as links and forms. Each parses, makes one domain call, answers."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.viewers import ViewerRequest
from core import crossing
from core.problems import Invalid
from core.web import login_required
from ops import trace as traces
from ops import why as reasons
from ops.guards import staff_only
from ops.models import MAX_WHY
from ops.words import ABOUT


@require_safe
@login_required
@staff_only
async def why(request: ViewerRequest) -> HttpResponse:
    """The question why somebody was told of something, or not; and its answer."""
    context = {"about": ABOUT, "typed": request.GET}
    if not request.GET:
        return render(request, "ops/why.html", context)
    asked = {name: request.GET.get(name, "") for name in ("person", "about", "number")}
    try:
        found = await crossing.call(reasons.ask, request.viewer, **asked)
    except Invalid as refusal:
        return render(request, "ops/why.html", context | {"error": refusal}, status=refusal.status)
    return render(request, "ops/why.html", context | {"found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@staff_only
async def trace(request: ViewerRequest) -> HttpResponse:
    """The trace of a like or of a test event; and what sends one."""
    if request.method == "POST":
        return await _send(request)
    person = request.GET.get("person", "")
    try:
        if test_id := request.GET.get("test", ""):
            found = await crossing.call(traces.of_test, request.viewer, person=person, test_id=test_id)
        elif post := request.GET.get("post", ""):
            found = await crossing.call(traces.of_like, request.viewer, post=post, person=person)
        else:
            found = None
    except Invalid as refusal:
        return _trace(request, error=refusal)
    return _trace(request, found=found)


async def _send(request: ViewerRequest) -> HttpResponse:
    person, reason = request.POST.get("person", ""), request.POST.get("why", "")
    try:
        test_id = await crossing.call(traces.send_test, request.viewer, person=person, why_sent=reason)
    except Invalid as refusal:
        return _trace(request, error=refusal)
    return HttpResponseRedirect(f"{reverse('trace')}?{urlencode({'test': test_id, 'person': person})}")


def _trace(request: ViewerRequest, *, found: traces.Trace | None = None, error: Invalid | None = None) -> HttpResponse:
    """The page with its two forms; what was typed, and what is wrong with it, is in the one that was sent."""
    sent = request.method == "POST"
    typed = request.POST if sent else request.GET
    is_like = "post" in typed
    context = {
        "found": found, "typed": typed, "longest": MAX_WHY, "here": request.get_full_path(),
        "to": request.viewer.username if is_like else typed.get("person", request.viewer.username),
        "fan": typed.get("person") if is_like else "",
        "refused": None if is_like else error, "unread": error if is_like else None,
    }  # fmt: skip
    return render(request, "ops/trace.html", context, status=error.status if error else 200)
