"""Pages of posts for one person's eyes alone: what they keep, their archive, and what they deleted lately."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.viewers import ViewerRequest
from content import actions, queries
from content.cards import post_url
from core import crossing
from core.web import back, listing, login_required


@require_safe
@login_required
async def saved(request: ViewerRequest) -> HttpResponse:
    """What the viewer keeps for later."""
    posts = await crossing.call(queries.saved_posts, request.viewer.id, after=request.GET.get("after"))
    return listing(request, "content/saved.html", rows="accounts/_grid_items.html", context={"posts": posts})


@require_safe
@login_required
async def archive(request: ViewerRequest) -> HttpResponse:
    """What the viewer has put out of others' sight."""
    posts = await crossing.call(queries.archived_posts, request.viewer.id, after=request.GET.get("after"))
    return listing(request, "content/archive.html", rows="accounts/_grid_items.html", context={"posts": posts})


@require_safe
@login_required
async def deleted(request: ViewerRequest) -> HttpResponse:
    """What the viewer has deleted lately, with the forms that bring it back."""
    posts = await crossing.call(queries.deleted_posts, request.viewer.id, after=request.GET.get("after"))
    return listing(request, "content/deleted.html", rows="content/_deleted_items.html", context={"posts": posts})


@require_POST
@login_required
async def post_restore(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Bring a deleted post back, and go to it."""
    await crossing.call(actions.restore_post, post_id=post_id, actor_id=request.viewer.id)
    return back(request, post_url(post_id))


@require_POST
@login_required
async def post_purge(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Remove a deleted post for good."""
    await crossing.call(actions.purge_post, post_id=post_id, actor_id=request.viewer.id)
    return back(request, reverse("deleted"))
