"""Pages: the list of notifications, the form that marks them as read, what one wants to hear of, and of which post."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.viewers import ViewerRequest
from core import crossing
from core.web import back, login_required
from notifications import actions, queries
from notifications.models import Kind, Senders

# What the settings call each kind.
WORDS = {
    Kind.LIKE: _("Likes of your photos"),
    Kind.COMMENT: _("Comments on your photos"),
    Kind.FOLLOW: _("New followers"),
    Kind.REPLY: _("Replies to your comments"),
    Kind.MENTION: _("Mentions of you"),
    Kind.COMMENT_LIKE: _("Likes of your comments"),
}
SENDERS = {
    Senders.EVERYONE.value: _("From everybody"),
    Senders.FOLLOWING.value: _("From people I follow"),
    Senders.NOBODY.value: _("From nobody"),
}


@require_GET
@login_required
async def notification_list(request: ViewerRequest) -> HttpResponse:
    """The viewer's notifications; with `?fragment=1` only further rows."""
    after = request.GET.get("after")
    if request.GET.get("fragment"):
        groups = await crossing.read(queries.notification_page, request.viewer.id, after=after)
        return render(request, "notifications/_items.html", {"groups": groups})
    page = await crossing.read(queries.opened, request.viewer.id, after=after)
    return render(request, "notifications/list.html", {"groups": page.groups, "page": page})


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
        return render(request, "notifications/preferences.html", {"rows": rows, "choices": SENDERS.items()})
    wanted = {kind: Senders(request.POST[kind]) for kind in Kind if request.POST.get(kind) in Senders.values}
    await crossing.call(actions.set_preferences, user_id=request.viewer.id, wanted=wanted)
    messages.success(request, _("Saved."))
    return back(request, reverse("settings_notifications"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def post_notifications(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Whether the viewer hears of a post: the form, and what it sends; `undo` has them hear of it again."""
    if request.method != "POST":
        muted = await crossing.call(queries.is_muted, request.viewer.id, post_id)
        return render(request, "notifications/post.html", {"muted": muted, "post_id": post_id})
    action = actions.unmute_post if request.POST.get("undo") else actions.mute_post
    await crossing.call(action, post_id=post_id, actor_id=request.viewer.id)
    return back(request, reverse("post_notifications", args=[post_id]))
