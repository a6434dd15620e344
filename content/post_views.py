"""What one does about a post, as pages, links and forms: save, edit, archive, who likes it. One domain call each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.viewers import ViewerRequest, VisitorRequest
from content import actions, queries
from content.cards import PostCard, post_url
from content.models import MAX_ALT, MAX_CAPTION, Visibility
from core import crossing
from core.problems import Conflict, Invalid
from core.web import back, listing, login_required

ALT = "alt-"  # a field of the form, before the id of its photo


@require_POST
@login_required
async def save(request: ViewerRequest, post_id: int) -> HttpResponse:
    """The save button without JavaScript; `undo` takes it back."""
    action = actions.unsave_post if request.POST.get("undo") else actions.save_post
    await crossing.call(action, post_id=post_id, actor_id=request.viewer.id)
    return back(request, post_url(post_id))


@require_POST
@login_required
async def comments_off(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Let nobody comment on a post of one's own any more; `undo` lets everybody again."""
    wanted = not request.POST.get("undo")
    await crossing.call(actions.edit_post, post_id=post_id, actor_id=request.viewer.id, comments_off=wanted)
    return back(request, post_url(post_id))


@require_POST
@login_required
async def archive(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Put a post of one's own into the archive; `undo` brings it back. Said in words: in a feed it is merely gone."""
    undo = request.POST.get("undo")
    action = actions.unarchive_post if undo else actions.archive_post
    await crossing.call(action, post_id=post_id, actor_id=request.viewer.id)
    messages.success(request, _("It is out of the archive.") if undo else _("It is in your archive: only you see it."))
    return back(request, post_url(post_id))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def edit(request: ViewerRequest, post_id: int) -> HttpResponse:
    """The form of a post of one's own, and what it sends: caption, audience, comments, descriptions of photos."""
    if request.method != "POST":
        card = await crossing.call(queries.own_post, request.viewer.id, post_id)
        return _form(request, card)
    try:
        await crossing.call(actions.rewrite_post, post_id=post_id, actor_id=request.viewer.id, **_wanted(request))
    except (Invalid, Conflict) as refusal:
        card = await crossing.call(queries.own_post, request.viewer.id, post_id)
        return _form(request, card, refusal)
    return back(request, post_url(post_id))


@require_safe
@login_required
async def likes(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Who likes a post."""
    people = await crossing.call(queries.likes_page, request.viewer.id, post_id, after=request.GET.get("after"))
    context = {"people": people, "post_url": post_url(post_id)}
    return listing(request, "content/likes.html", rows="accounts/_people_items.html", context=context)


@require_safe
async def edits(request: VisitorRequest, post_id: int) -> HttpResponse:
    """What a post's caption was before each of its edits."""
    viewer_id = request.viewer.id if request.viewer else None
    found = await crossing.call(queries.post_edits, viewer_id, post_id)
    return render(request, "content/edits.html", {"edits": found, "post_url": post_url(post_id)})


def _wanted(request: HttpRequest) -> dict[str, Any]:
    return {
        "caption": request.POST.get("caption", ""),
        "visibility": _visibility(request),
        "comments_off": "comments_off" in request.POST,
        "alts": _alts(request),
    }


def _visibility(request: HttpRequest) -> str:
    wanted = request.POST.get("visibility", "")
    if wanted not in Visibility.values:
        raise Invalid(_("Choose who may see it."), field="visibility")
    return wanted


def _alts(request: HttpRequest) -> dict[int, str]:
    ids = [name.removeprefix(ALT) for name in request.POST if name.startswith(ALT)]
    return {int(media_id): request.POST.get(ALT + media_id, "") for media_id in ids if media_id.isdecimal()}


def _form(request: HttpRequest, card: PostCard, error: Invalid | Conflict | None = None) -> HttpResponse:
    typed = request.POST if error else None
    caption = card.caption if typed is None else typed.get("caption", "")
    photos = [(media, media.alt if typed is None else typed.get(f"{ALT}{media.id}", "")) for media in card.media]
    context = {
        "post": card,
        "caption": caption,
        "photos": photos,
        "visibility": card.visibility if typed is None else typed.get("visibility", ""),
        "comments_off": card.comments_off if typed is None else "comments_off" in typed,
        "longest_caption": MAX_CAPTION,
        "longest_alt": MAX_ALT,
        "error": error,
        "cancel": post_url(card.id),
        "action": reverse("post_edit", args=[card.id]),
    }
    return render(request, "content/edit.html", context, status=error.status if error else 200)
