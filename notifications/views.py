"""Pages: the list of notifications, and the form that marks them as read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.viewers import ViewerRequest
from core import crossing
from core.web import back, login_required
from notifications import actions, queries


@require_GET
@login_required
async def notification_list(request: ViewerRequest) -> HttpResponse:
    """The viewer's notifications; with `?fragment=1` only further rows."""
    groups = await crossing.call(queries.notification_page, request.viewer.id, after=request.GET.get("after"))
    template = "notifications/_items.html" if request.GET.get("fragment") else "notifications/list.html"
    return render(request, template, {"groups": groups})


@require_POST
@login_required
async def read(request: ViewerRequest) -> HttpResponse:
    """Mark everything as read, up to the group that the form names, then back to the list."""
    shown = request.POST.get("up_to", "")
    up_to = int(shown) if shown.isdecimal() else None
    await crossing.call(actions.mark_read, user_id=request.viewer.id, up_to=up_to)
    return back(request, reverse("notifications"))
