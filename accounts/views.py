"""Pages of people: who follows whom, settings, sessions. Each parses, makes one domain call, answers."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, queries
from accounts.people import Person, Profile
from accounts.renamed import follows_renames
from accounts.viewers import ViewerRequest
from core import crossing
from core.problems import Conflict, Invalid, Problem
from core.web import back, listing, login_required

SAVED = _("Saved.")
# For how long one may mute somebody here, in hours; REST takes any number of them.
LASTING = (("", _("Until I unmute them")), ("8", _("For 8 hours")), ("24", _("For a day")), ("168", _("For a week")))


@require_safe
@login_required
@follows_renames
async def followers(request: ViewerRequest, username: str) -> HttpResponse:
    """Who follows a person."""
    after = request.GET.get("after")
    return _people(
        request, await crossing.call(queries.known_followers, username, viewer_id=request.viewer.id, after=after)
    )


@require_safe
@login_required
@follows_renames
async def following(request: ViewerRequest, username: str) -> HttpResponse:
    """Whom a person follows."""
    after = request.GET.get("after")
    return _people(
        request, await crossing.call(queries.known_following, username, viewer_id=request.viewer.id, after=after)
    )


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
async def mute(request: ViewerRequest, username: str) -> HttpResponse:
    """How to mute a person: the form, and what it sends; `undo` lifts it."""
    viewer_id = request.viewer.id
    if request.method != "POST":
        return _mute(request, await crossing.call(queries.another, username, viewer_id=viewer_id))
    if request.POST.get("undo"):
        await crossing.call(actions.unmute_user, username=username, actor_id=viewer_id)
        return back(request, reverse("profile", args=[username]))
    hours, silent = request.POST.get("hours", ""), "notifications" in request.POST
    lasts = int(hours) if hours and hours in dict(LASTING) else None
    await crossing.call(actions.mute_user, username=username, actor_id=viewer_id, notifications=silent, hours=lasts)
    return back(request, reverse("profile", args=[username]))


@require_POST
@login_required
async def follower_remove(request: ViewerRequest, username: str) -> HttpResponse:
    """Take a follower away."""
    await crossing.call(actions.remove_follower, username=username, actor_id=request.viewer.id)
    return back(request, reverse("followers", args=[request.viewer.username]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def privacy(request: ViewerRequest) -> HttpResponse:
    """Who sees the viewer's photos and presence: the form, and what it sends."""
    viewer_id = request.viewer.id
    if request.method != "POST":
        profile = await crossing.call(queries.own_profile, viewer_id)
        return render(request, "accounts/privacy.html", {"profile": profile})
    private, shown = "private" in request.POST, "shows_presence" in request.POST
    await crossing.call(actions.update_profile, user_id=viewer_id, private=private, shows_presence=shown)
    messages.success(request, SAVED)
    return back(request, reverse("settings_privacy"))


@require_safe
@login_required
async def requests(request: ViewerRequest) -> HttpResponse:
    """Who asks to follow the viewer."""
    people = await crossing.call(queries.follow_requests, request.viewer.id, after=request.GET.get("after"))
    return listing(request, "accounts/requests.html", rows="accounts/_requests_items.html", context={"people": people})


@require_POST
@login_required
async def request_answer(request: ViewerRequest, username: str) -> HttpResponse:
    """Accept somebody who asks to follow; `undo` declines."""
    action = actions.reject_request if request.POST.get("undo") else actions.approve_request
    await crossing.call(action, username=username, actor_id=request.viewer.id)
    return back(request, reverse("settings_requests"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def profile_settings(request: ViewerRequest) -> HttpResponse:
    """Username, name, bio and language: the form, and what it sends."""
    viewer_id = request.viewer.id
    if request.method != "POST":
        return show_settings(request, await crossing.call(queries.own_profile, viewer_id))
    username, name, bio, language = (request.POST.get(field) for field in ("username", "name", "bio", "language"))
    try:
        await crossing.call(
            actions.update_profile, user_id=viewer_id, username=username, name=name, bio=bio, language=language
        )
    except (Conflict, Invalid) as refusal:
        return show_settings(request, await crossing.call(queries.own_profile, viewer_id), refusal)
    messages.success(request, SAVED)
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


def show_settings(request: ViewerRequest, profile: Profile, refusal: Problem | None = None) -> HttpResponse:
    """The form of one's profile as it was typed, with the reason of a refusal beside its field; else as it is kept."""
    person = profile.person
    kept = {"username": person.username, "name": person.name, "bio": profile.bio, "language": profile.language}
    context = {
        "person": person,
        "typed": {field: request.POST.get(field, value) for field, value in kept.items()},
        "errors": {refusal.field: [refusal.detail]} if refusal else {},
        "languages": [(code, get_language_info(code)["name_local"]) for code in dict(settings.LANGUAGES)],
    }
    return render(request, "accounts/settings.html", context, status=refusal.status if refusal else 200)


def _people(request: ViewerRequest, people: queries.KnownPeople) -> HttpResponse:
    context = {"person": people.person, "people": people.page}
    return listing(request, "accounts/people.html", rows="accounts/_known_items.html", context=context)


def _mute(request: ViewerRequest, person: Person) -> HttpResponse:
    return render(request, "accounts/mute.html", {"person": person, "lasting": LASTING})
