"""Pages of people: who follows whom, settings, sessions. Each parses, makes one domain call, answers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, queries
from accounts.people import Profile
from accounts.renamed import follows_renames
from accounts.viewers import ViewerRequest
from core import crossing
from core.problems import Invalid
from core.web import back, login_required


@require_safe
@login_required
@follows_renames
async def followers(request: ViewerRequest, username: str) -> HttpResponse:
    """Who follows a person."""
    people = await crossing.call(
        queries.followers, username, viewer_id=request.viewer.id, after=request.GET.get("after")
    )
    return _people(request, people, title="Followers")


@require_safe
@login_required
@follows_renames
async def following(request: ViewerRequest, username: str) -> HttpResponse:
    """Whom a person follows."""
    people = await crossing.call(
        queries.following, username, viewer_id=request.viewer.id, after=request.GET.get("after")
    )
    return _people(request, people, title="Following")


@require_POST
@login_required
async def follow(request: ViewerRequest, username: str) -> HttpResponse:
    """The follow button without JavaScript; `undo` takes it back."""
    action = actions.unfollow_user if request.POST.get("undo") else actions.follow_user
    await crossing.call(action, username=username, actor_id=request.viewer.id)
    return back(request, reverse("profile", args=[username]))


@require_POST
@login_required
async def block(request: ViewerRequest, username: str) -> HttpResponse:
    """The block form of a profile; `undo` lifts it."""
    action = actions.unblock_user if request.POST.get("undo") else actions.block_user
    await crossing.call(action, username=username, actor_id=request.viewer.id)
    return back(request, reverse("profile", args=[username]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def privacy(request: ViewerRequest) -> HttpResponse:
    """Who sees the viewer's photos and presence: the form, and what it sends."""
    viewer_id = request.viewer.id
    if request.method != "POST":
        return _privacy(request, await crossing.call(queries.own_profile, viewer_id))
    private, shown = "private" in request.POST, "shows_presence" in request.POST
    await crossing.call(actions.update_profile, user_id=viewer_id, private=private, shows_presence=shown)
    return back(request, reverse("settings_privacy"))


@require_POST
@login_required
async def delete_account(request: ViewerRequest) -> HttpResponse:
    """Mark the viewer's account for deletion; nobody is signed in after it."""
    viewer_id, password = request.viewer.id, request.POST.get("password", "")
    try:
        await crossing.call(actions.delete_account, user_id=viewer_id, password=password)
    except Invalid as refusal:
        return _privacy(request, await crossing.call(queries.own_profile, viewer_id), refusal)
    return back(request, "/")


@require_safe
@login_required
async def requests(request: ViewerRequest) -> HttpResponse:
    """Who asks to follow the viewer."""
    people = await crossing.call(queries.follow_requests, request.viewer.id, after=request.GET.get("after"))
    template = "accounts/_requests_items.html" if request.GET.get("fragment") else "accounts/requests.html"
    return render(request, template, {"people": people})


@require_POST
@login_required
async def request_answer(request: ViewerRequest, username: str) -> HttpResponse:
    """Accept somebody who asks to follow; `undo` declines."""
    action = actions.reject_request if request.POST.get("undo") else actions.approve_request
    await crossing.call(action, username=username, actor_id=request.viewer.id)
    return back(request, reverse("settings_requests"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def settings(request: ViewerRequest) -> HttpResponse:
    """Name and bio: the form, and what it sends."""
    if request.method != "POST":
        return _settings(request, await crossing.call(queries.own_profile, request.viewer.id))
    typed = {"name": request.POST.get("name", ""), "bio": request.POST.get("bio", "")}
    try:
        await crossing.call(actions.update_profile, user_id=request.viewer.id, name=typed["name"], bio=typed["bio"])
    except Invalid as refusal:
        return _settings_refused(request, typed, refusal)
    return back(request, reverse("settings"))


@require_safe
@login_required
async def sessions(request: ViewerRequest) -> HttpResponse:
    """Where the viewer is signed in."""
    views = await crossing.call(queries.sessions, request.viewer.id, current_id=request.viewer.session_id)
    return render(request, "accounts/sessions.html", {"sessions": views})


@require_POST
@login_required
async def session_end(request: ViewerRequest, session_id: int) -> HttpResponse:
    """Sign one of the viewer's browsers out."""
    await crossing.call(actions.end_session, user_id=request.viewer.id, session_id=session_id)
    return back(request, reverse("settings_sessions"))


@require_POST
@login_required
async def sessions_end_others(request: ViewerRequest) -> HttpResponse:
    """Sign the viewer out everywhere but here."""
    viewer = request.viewer
    await crossing.call(actions.end_other_sessions, user_id=viewer.id, keep_id=viewer.session_id)
    return back(request, reverse("settings_sessions"))


def _people(request: ViewerRequest, people: queries.People, *, title: str) -> HttpResponse:
    template = "accounts/_people_items.html" if request.GET.get("fragment") else "accounts/people.html"
    return render(request, template, {"title": title, "person": people.person, "people": people.page})


def _privacy(request: ViewerRequest, profile: Profile, refusal: Invalid | None = None) -> HttpResponse:
    errors = {refusal.field: [refusal.detail]} if refusal else {}
    context = {"profile": profile, "errors": errors}
    return render(request, "accounts/privacy.html", context, status=refusal.status if refusal else 200)


def _settings(request: ViewerRequest, profile: Profile) -> HttpResponse:
    return render(request, "accounts/settings.html", {"person": profile.person, "bio": profile.bio, "errors": {}})


def _settings_refused(request: ViewerRequest, typed: dict[str, str], refusal: Invalid) -> HttpResponse:
    """Show the form again as it was typed, with the reason beside its field."""
    viewer = request.viewer
    person = {"id": viewer.id, "username": viewer.username, "avatar_url": viewer.avatar_url, "name": typed["name"]}
    context = {"person": person, "bio": typed["bio"], "errors": {refusal.field: [refusal.detail]}}
    return render(request, "accounts/settings.html", context, status=422)
