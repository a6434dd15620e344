"""Pages: the list of notifications, and the form that marks them as read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core import crossing
from core.web import back
from notifications import actions, queries


@require_GET
async def notification_list(request: HttpRequest) -> HttpResponse:
    """The viewer's notifications; with `?fragment=1` only further rows."""
    if request.viewer is None:
        return redirect(f"{reverse('account_login')}?next={request.path}")
    groups = await crossing.call(queries.notification_page, request.viewer.id, after=request.GET.get("after"))
    template = "notifications/_items.html" if request.GET.get("fragment") else "notifications/list.html"
    return render(request, template, {"groups": groups})


@require_POST
async def read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read, up to the group that the form names, then back to the list."""
    shown = request.POST.get("up_to", "")
    if request.viewer is not None:
        up_to = int(shown) if shown.isdecimal() else None
        await crossing.call(actions.mark_read, user_id=request.viewer.id, up_to=up_to)
    return back(request, reverse("notifications"))
