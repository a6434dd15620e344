"""Pages of what a person keeps to themselves: whom they muted and blocked, their tokens, and how to leave."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, queries
from accounts.models import MAX_NAME
from accounts.viewers import ViewerRequest
from core import crossing
from core.problems import Invalid
from core.web import back, listing, login_required


@require_safe
@login_required
async def muted(request: ViewerRequest) -> HttpResponse:
    """Whom the viewer has muted, and until when."""
    people = await crossing.call(queries.mutes, request.viewer.id, after=request.GET.get("after"))
    return listing(request, "accounts/muted.html", rows="accounts/_muted_items.html", context={"people": people})


@require_safe
@login_required
async def blocked(request: ViewerRequest) -> HttpResponse:
    """Whom the viewer has blocked."""
    people = await crossing.call(queries.blocks, request.viewer.id, after=request.GET.get("after"))
    return listing(request, "accounts/blocked.html", rows="accounts/_blocked_items.html", context={"people": people})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def tokens(request: ViewerRequest) -> HttpResponse:
    """The viewer's bearer tokens; a new one is in the answer to its form, and never again."""
    viewer_id = request.viewer.id
    if request.method != "POST":
        return _tokens(request, await crossing.call(queries.tokens, viewer_id))
    try:
        new = await crossing.call(actions.issue_token, user_id=viewer_id, name=request.POST.get("name", ""))
    except Invalid as refusal:
        return _tokens(request, await crossing.call(queries.tokens, viewer_id), refusal)
    response = render(request, "accounts/token.html", {"new": new})
    response["Cache-Control"] = "private, no-store"  # it is shown once, by no back button either
    return response


@require_POST
@login_required
async def token_revoke(request: ViewerRequest, token_id: int) -> HttpResponse:
    """Make a token worthless at once."""
    await crossing.call(actions.revoke_token, user_id=request.viewer.id, token_id=token_id)
    return back(request, reverse("settings_tokens"))


@require_safe
@login_required
async def data(request: ViewerRequest) -> HttpResponse:
    """What is the viewer's here, and how to leave."""
    return render(request, "accounts/data.html", {"errors": {}})


@require_POST
@login_required
async def delete_account(request: ViewerRequest) -> HttpResponse:
    """Mark the viewer's account for deletion; nobody is signed in after it."""
    password = request.POST.get("password", "")
    try:
        await crossing.call(actions.delete_account, user_id=request.viewer.id, password=password)
    except Invalid as refusal:
        context = {"errors": {refusal.field: [refusal.detail]}}
        return render(request, "accounts/data.html", context, status=refusal.status)
    return back(request, "/")


def _tokens(request: ViewerRequest, tokens: list[queries.TokenView], refusal: Invalid | None = None) -> HttpResponse:
    context = {"tokens": tokens, "error": refusal, "longest": MAX_NAME}
    return render(request, "accounts/tokens.html", context, status=refusal.status if refusal else 200)
