"""Synchronous twins of our hottest views: the same domain calls, and JSON by Django's own means."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from accounts import actions as people
from accounts import queries as accounts
from accounts.viewers import ViewerRequest
from bench.peers import polling
from content import actions, queries
from core.cursors import MAX_LIMIT, Page
from notifications import queries as groups
from project import VERSION
from project.shell import shell_later
from realtime import log

Next = Callable[[HttpRequest], HttpResponse]


def request_id_middleware(get_response: Next) -> Next:
    """Give each request an id, as ours does."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = secrets.token_hex(8)  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def viewer_middleware(get_response: Next) -> Next:
    """Look up who asks, and for a page what its frame shows, with each request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        viewer = request.viewer = _who(request)  # type: ignore[attr-defined]
        is_page = not request.path.startswith("/api/")
        request.shell = shell_later(viewer.id)() if viewer and is_page else None  # type: ignore[attr-defined]
        response = get_response(request)
        patch_vary_headers(response, ("Cookie", "Authorization", "X-Session-Token"))
        if viewer:
            response["Cache-Control"] = "private, no-cache"
        return response

    return middleware


def _who(request: HttpRequest) -> Any:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Bearer":
        return accounts.viewer_by_token(token)
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return accounts.viewer_by_session(cookie) if cookie else None


def home(request: ViewerRequest) -> HttpResponse:
    found = queries.home_page(request.viewer.id, after=request.GET.get("after"))
    return render(request, "home.html", {"page": found.page, "suggestions": found.suggestions})


def instance(request: HttpRequest) -> HttpResponse:
    limits = {
        "upload_bytes": settings.MAX_UPLOAD_BYTES,
        "video_bytes": settings.MAX_VIDEO_BYTES,
        "video_seconds": settings.MAX_VIDEO_SECONDS,
        "page_items": MAX_LIMIT,
    }
    features = ["signup"] if settings.SIGNUP_OPEN else []
    return JsonResponse({"name": "Photophore", "version": VERSION, "limits": limits, "features": features})


def feed(request: ViewerRequest) -> HttpResponse:
    return _page(request, queries.home_feed(request.viewer.id, after=request.GET.get("after"), limit=_limit(request)))


def user_posts(request: ViewerRequest, username: str) -> HttpResponse:
    after, limit = request.GET.get("after"), _limit(request)
    return _page(request, queries.user_posts(request.viewer.id, username, after=after, limit=limit))


def post(request: ViewerRequest, post_id: int) -> HttpResponse:
    return JsonResponse(queries.post_card(request.viewer.id, post_id).as_dict())


def notifications(request: ViewerRequest) -> HttpResponse:
    found = groups.snapshot(request.viewer.id, after=request.GET.get("after"), limit=_limit(request))
    return _page(request, found.page, at=found.at)


def unread(request: ViewerRequest) -> HttpResponse:
    return JsonResponse(groups.unread_snapshot(request.viewer.id))


def events(request: ViewerRequest) -> HttpResponse:
    return polling.answer(log.replay(request.viewer.id, polling.cursor(request)))


@csrf_exempt
def like(request: ViewerRequest, post_id: int) -> HttpResponse:
    action = actions.like_post if request.method == "PUT" else actions.unlike_post
    return JsonResponse(action(post_id=post_id, actor_id=request.viewer.id).as_dict())


@csrf_exempt
def follow(request: ViewerRequest, username: str) -> HttpResponse:
    action = people.follow_user if request.method == "PUT" else people.unfollow_user
    return JsonResponse(asdict(action(username=username, actor_id=request.viewer.id)))


@csrf_exempt
def comment(request: ViewerRequest, post_id: int) -> HttpResponse:
    text = json.loads(request.body)["text"]
    return JsonResponse(actions.comment(post_id=post_id, actor_id=request.viewer.id, text=text).as_dict(), status=201)


def _limit(request: HttpRequest) -> int:
    return int(request.GET.get("limit", 20))


def _page(request: HttpRequest, page: Page[Any], **more: Any) -> HttpResponse:
    """A page as our API has it, with the `Link` header."""
    response = JsonResponse({"items": [item.as_dict() for item in page.items], "next": page.next, **more})
    if page.next:
        query = request.GET.copy()
        query["after"] = page.next
        response["Link"] = f'<{request.build_absolute_uri(request.path)}?{query.urlencode()}>; rel="next"'
    return response
