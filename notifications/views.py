"""Pages: the list of notifications, the form that marks them as read, and what one wants to hear of."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.viewers import ViewerRequest
from core import crossing
from core.web import back, login_required
from notifications import actions, queries
from notifications.models import Kind, Senders

# What the settings call each kind.
WORDS = {
    Kind.LIKE: "Likes of your photos",
    Kind.COMMENT: "Comments on your photos",
    Kind.FOLLOW: "New followers",
    Kind.REPLY: "Replies to your comments",
    Kind.MENTION: "Mentions of you",
    Kind.COMMENT_LIKE: "Likes of your comments",
}


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


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def preferences(request: ViewerRequest) -> HttpResponse:
    """From whom the viewer wants to hear: the form, and what it sends; what it does not know is passed over."""
    if request.method != "POST":
        wishes = await crossing.call(queries.preferences, request.viewer.id)
        rows = [(kind.value, WORDS[kind], senders.value) for kind, senders in wishes.items()]
        return render(request, "notifications/preferences.html", {"rows": rows, "choices": Senders.choices})
    wanted = {kind: Senders(request.POST[kind]) for kind in Kind if request.POST.get(kind) in Senders.values}
    await crossing.call(actions.set_preferences, user_id=request.viewer.id, wanted=wanted)
    return back(request, reverse("settings_notifications"))
