"""Pages of posts, and their forms without JavaScript. Each parses, makes one domain call, answers."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import get_args

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries as accounts
from accounts.renamed import follows_renames
from accounts.viewers import ViewerRequest, VisitorRequest
from accounts.views import show_settings
from content import actions, queries, streaming
from content.cards import PostPage, post_url
from content.models import MAX_ALBUM, MAX_MENTIONS, MediaPurpose, Visibility
from content.proofs import LASTS
from core import crossing, keeping
from core.problems import Invalid, Problem
from core.web import back, listing, login_required, with_shell

MEGABYTE = 1024 * 1024
MEDIA_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # An image or a video needs nothing; were the bytes ever taken for a page, it could do nothing.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Immutable: another photo has another address. A shared cache does not ask our policy, so it has a photo for as long as
# a proof lasts; of what is not for everybody it has nothing, and browsers ask each time whether they may still show it.
CACHED_FOR_ALL = f"public, max-age=86400, s-maxage={LASTS // timedelta(seconds=1)}, immutable"
CACHED_FOR_ONE = "private, no-cache"
MAX_DIGITS = 19  # of an id


@require_safe
async def home(request: VisitorRequest) -> HttpResponse:
    """The feed of who is signed in; a welcome for everybody else."""
    if request.viewer is None:
        return render(request, "welcome.html", {"posts": await crossing.read(queries.latest_public)})
    after = request.GET.get("after")
    if request.GET.get("fragment"):
        page = await crossing.read(queries.home_feed, request.viewer.id, after=after)
        return render(request, "content/_feed_items.html", {"page": page})
    viewer_id, shell_later = request.viewer.id, request.shell_later
    found, request.shell = await crossing.read(with_shell, shell_later, viewer_id, queries.home_page, after=after)
    context = {"page": found.page, "suggestions": found.suggestions}
    return keeping.page(request, "home.html", context, since=[card.created_at for card in found.page.items])


@require_safe
@follows_renames
async def profile(request: VisitorRequest, username: str) -> HttpResponse:
    """A person and their posts."""
    after = request.GET.get("after")
    page = await crossing.read(queries.profile_page, _viewer_id(request), username, after=after)
    if request.GET.get("fragment"):
        return render(request, "accounts/_grid_items.html", {"posts": page.posts})
    return render(request, "accounts/profile.html", {"page": page})


@require_safe
async def post(request: VisitorRequest, post_id: int) -> HttpResponse:
    """A post and what is said about it; with `thread` also the answers to that comment."""
    viewer_id, after, since = _viewer_id(request), request.GET.get("after"), request.GET.get("since")
    thread, fragment = _number(request.GET.get("thread")), request.GET.get("fragment")
    if fragment == "replies":
        replies = await crossing.read(queries.replies_page, viewer_id, thread or 0, after=since)
        return render(request, "content/_replies_items.html", {"replies": replies})
    if fragment:
        comments = await crossing.read(queries.comments_page, viewer_id, post_id, after=after)
        return render(request, "content/_comments_items.html", {"comments": comments})
    page = await crossing.read(queries.post_page, viewer_id, post_id, after=after, thread=thread, since=since)
    return _post(request, page)


@require_safe
@login_required
async def explore(request: ViewerRequest) -> HttpResponse:
    """The best posts of people whom the viewer does not follow."""
    page = await crossing.read(queries.explore_page, request.viewer.id, after=request.GET.get("after"))
    context = {"posts": page.posts, "suggestions": page.suggestions}
    return listing(request, "content/explore.html", rows="accounts/_grid_items.html", context=context)


@require_safe
async def tag(request: VisitorRequest, name: str) -> HttpResponse:
    """The posts under a hashtag."""
    after = request.GET.get("after")
    if request.GET.get("fragment"):
        posts = await crossing.read(queries.tag_posts, _viewer_id(request), name, after=after)
        return render(request, "accounts/_grid_items.html", {"posts": posts})
    page = await crossing.read(queries.tag_page, _viewer_id(request), name, after=after)
    return render(request, "content/tag.html", {"posts": page.posts, "tag": page.tag})


@require_safe
@login_required
async def search(request: ViewerRequest) -> HttpResponse:
    """The search form, and what was found: a few of each, or a page of one type; or why nothing was looked for."""
    asked, wanted = request.GET.get("q", ""), request.GET.get("type")
    kind = next((kind for kind in get_args(queries.Sought) if kind == wanted), None)
    found = refusal = None
    if asked.strip():
        after = request.GET.get("after")
        try:
            found = await crossing.call(queries.search, request.viewer.id, asked, kind=kind, after=after)
        except Invalid as error:
            refusal = error
    context = {"q": asked, "kind": kind, "longest": queries.MAX_QUERY, "found": found, "error": refusal}
    template = "content/_found.html" if request.GET.get("fragment") else "content/search.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def new_post(request: ViewerRequest) -> HttpResponse:
    """The form of a new post, and what it sends without JavaScript: photos and words at once."""
    if request.method != "POST":
        return render(request, "content/new.html", {"most": _most()})
    form = request.POST
    typed = {
        "caption": form.get("caption", ""),
        "alt": form.get("alt", ""),
        # A word that is not understood hides rather than shows.
        "visibility": Visibility.PUBLIC if form.get("visibility", "public") == "public" else Visibility.FOLLOWERS,
    }
    silent = bool(form.get("comments_off"))
    photos = request.FILES.getlist("photos")
    try:
        card = await crossing.call(
            actions.share, author_id=request.viewer.id, photos=photos, comments_off=silent, **typed
        )
    except Problem as refusal:
        context = {"most": _most(), "error": refusal, "comments_off": silent, **typed}
        return render(request, "content/new.html", context, status=refusal.status)
    return back(request, card.url)


@require_POST
@login_required
async def post_delete(request: ViewerRequest, post_id: int) -> HttpResponse:
    """Delete a post of one's own; its page is gone, so on to the profile."""
    await crossing.call(actions.delete_post, post_id=post_id, actor_id=request.viewer.id)
    messages.success(request, _("The post is deleted. For 30 days you may bring it back."))
    return back(request, reverse("profile", args=[request.viewer.username]))


@require_POST
@login_required
async def post_like(request: ViewerRequest, post_id: int) -> HttpResponse:
    """The like button without JavaScript; `undo` takes it back."""
    action = actions.unlike_post if request.POST.get("undo") else actions.like_post
    await crossing.call(action, post_id=post_id, actor_id=request.viewer.id)
    return back(request, post_url(post_id))


@require_POST
@login_required
async def post_comment(request: ViewerRequest, post_id: int) -> HttpResponse:
    """The comment form without JavaScript; `parent` makes it an answer."""
    viewer_id, text, parent = request.viewer.id, request.POST.get("text", ""), _number(request.POST.get("parent"))
    try:
        await crossing.call(actions.comment, post_id=post_id, actor_id=viewer_id, text=text, parent_id=parent)
    except Invalid as refusal:
        page = await crossing.read(queries.post_page, viewer_id, post_id, thread=parent)
        return _post(request, page, error=refusal, text=text)
    return back(request, post_url(post_id))


@require_POST
@login_required
async def comment_delete(request: ViewerRequest, comment_id: int) -> HttpResponse:
    """Delete a comment of one's own, or one under a post of one's own."""
    post_id = await crossing.call(actions.delete_comment, comment_id=comment_id, actor_id=request.viewer.id)
    return back(request, post_url(post_id))


@require_POST
@login_required
async def comment_like(request: ViewerRequest, comment_id: int) -> HttpResponse:
    """The like button of a comment without JavaScript; `undo` takes it back."""
    action = actions.unlike_comment if request.POST.get("undo") else actions.like_comment
    await crossing.call(action, comment_id=comment_id, actor_id=request.viewer.id)
    return back(request, reverse("home"))


@require_POST
@login_required
async def settings_avatar(request: ViewerRequest) -> HttpResponse:
    """Change one's avatar, which shows once it is ready."""
    viewer_id, file = request.viewer.id, request.FILES.get("file")
    try:
        if file is None:
            raise Invalid(_("Choose a photo first."), field="file")
        await crossing.call(actions.create_media, owner_id=viewer_id, file=file, purpose=MediaPurpose.AVATAR)
    except Problem as refusal:
        own = await crossing.call(accounts.own_profile, viewer_id)
        refusal.field = "avatar"  # as the page calls it, which has other forms
        return show_settings(request, own, refusal)
    messages.success(request, _("Your new photo shows as soon as it is ready."))
    return back(request, reverse("settings"))


@require_safe
async def media(request: VisitorRequest, folder: str, size: int) -> HttpResponseBase:
    """A rendition of a photo, for those who may see it, or whom the address was made for (`for`)."""
    known = frozenset(parse_etags(request.headers.get("If-None-Match", "")))
    proof = request.GET.get("for", "")
    file = await crossing.call(queries.media_file, _viewer_id(request), folder, size, proof=proof, known=known)
    response = HttpResponse(status=304) if file.etag in known else HttpResponse(file.content or b"", "image/webp")
    return _sent(response, file)


@require_safe
async def video(request: VisitorRequest, folder: str, width: int) -> HttpResponseBase:
    """A rendition of a video, or a range of it, for whom `media` would answer."""
    proof = request.GET.get("for", "")
    file = await crossing.call(queries.video_file, _viewer_id(request), folder, width, proof=proof)
    path = Path(settings.MEDIA_ROOT) / file.path
    return _sent(streaming.answer(request, path, size=file.size, etag=file.etag, content_type="video/mp4"), file)


def _sent(response: HttpResponseBase, file: queries.MediaFile) -> HttpResponseBase:
    """The answer with what stands at its head; a proxy in front sends the bytes, or a range of them, by itself."""
    if settings.MEDIA_LOCATION and response.status_code in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        response = HttpResponse(content_type=response["Content-Type"])
        response["X-Accel-Redirect"] = settings.MEDIA_LOCATION + file.path
    for name, value in MEDIA_HEADERS.items():
        response[name] = value
    response["ETag"] = file.etag
    response["Cache-Control"] = CACHED_FOR_ALL if file.is_public else CACHED_FOR_ONE
    return response


def _post(
    request: VisitorRequest | ViewerRequest, page: PostPage, *, error: Invalid | None = None, text: str = ""
) -> HttpResponse:
    context = {"page": page, "post": page.post, "comments": page.comments, "error": error, "text": text}
    return render(request, "content/post.html", context, status=error.status if error else 200)


def _number(text: str | None) -> int | None:
    """An id as an address or a form says it; what is none is passed over."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None


def _most() -> dict[str, int]:
    """What a post may hold, for the page to say before anything is sent."""
    return {
        "files": MAX_ALBUM,
        "photo_megabytes": settings.MAX_UPLOAD_BYTES // MEGABYTE,
        "video_megabytes": settings.MAX_VIDEO_BYTES // MEGABYTE,
        "video_seconds": settings.MAX_VIDEO_SECONDS,
        "mentions": MAX_MENTIONS,
    }


def _viewer_id(request: VisitorRequest) -> int | None:
    return request.viewer.id if request.viewer else None
