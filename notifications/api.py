"""REST: a person's notifications, what they have read, and of what they want to hear. Each operation makes one call."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from ninja.decorators import decorate_view

from accounts.schemas import PersonOut
from accounts.viewers import ViewerRequest
from core import crossing
from core.direct import direct
from core.rest import After, BodyIn, Id, IdIn, IdPath, Limit, MutationId, PageOut, answer, answer_page
from notifications import actions, queries
from notifications.models import Kind, Senders

router = Router(tags=["notifications"])


class ThumbOut(Schema):
    """The post that a notification is about."""

    id: Id
    url: str
    thumb: str
    alt: str


class AcrossOut(Schema):
    """What one person did to `count` things in one sitting ("ben liked 13 of your photos"): one row, by this key."""

    key: str
    count: int


class GroupOut(Schema):
    """One group: "ben and 41 others liked your photo". `ver` grows with each change; the greatest `latest` is first."""

    id: Id
    kind: str
    post: ThumbOut | None
    actors: list[PersonOut]
    actor_count: int
    across: AcrossOut | None
    at: datetime
    seen: bool
    read: bool
    ver: int
    latest: Id
    excerpt: str


class Position(Schema):
    """A place in the viewer's log, read before the data beside it."""

    epoch: str
    seq: int


class GroupPageOut(PageOut[GroupOut]):
    """One page of groups, the latest first."""

    at: Position


class UnreadOut(Schema):
    """How many groups hold something that was on no screen of the viewer's."""

    count: int
    at: Position


class MarkIn(BodyIn):
    """Which groups: these ids, or all up to one; without either, all."""

    ids: list[IdIn] | None = None
    up_to: IdIn | None = None


class MarkedOut(Schema):
    """The groups for which this was new."""

    ids: list[Id]


class PreferencesIn(BodyIn):
    """From whom to hear of each kind; what is left out stays."""

    like: Senders | None = None
    comment: Senders | None = None
    follow: Senders | None = None
    reply: Senders | None = None
    mention: Senders | None = None
    comment_like: Senders | None = None

    def wanted(self) -> dict[Kind, Senders]:
        """What is to change."""
        return {Kind(kind): senders for kind, senders in self if senders is not None}


class PreferencesOut(Schema):
    """From whom the viewer wants to hear of each kind."""

    like: Senders
    comment: Senders
    follow: Senders
    reply: Senders
    mention: Senders
    comment_like: Senders


class PostMuteOut(Schema):
    """Whether the viewer hears no more of the post."""

    muted: bool


@router.get("/notifications", response=GroupPageOut)
@decorate_view(direct)
async def notifications(request: ViewerRequest, after: After = None, limit: Limit = 20) -> HttpResponse:
    """What happened to the viewer, the latest first."""
    snapshot = await crossing.read(queries.snapshot, request.viewer.id, after=after, limit=limit)
    return answer_page(request, snapshot.page, at=snapshot.at)


@router.get("/notifications/unread", response=UnreadOut)
@decorate_view(direct)
async def unread(request: ViewerRequest) -> HttpResponse:
    """The number on the badge."""
    return answer(request, await crossing.read(queries.unread_snapshot, request.viewer.id))


@router.post("/notifications/seen", response=MarkedOut)
async def seen(request: ViewerRequest, body: MarkIn, mut: MutationId = None) -> Any:
    """Mark groups as seen: they were on a screen, and leave the badge, on all of the viewer's devices."""
    marked = await crossing.call(
        actions.mark_seen, user_id=request.viewer.id, group_ids=body.ids, up_to=body.up_to, mut=mut
    )
    return {"ids": marked}


@router.post("/notifications/read", response=MarkedOut)
async def read(request: ViewerRequest, body: MarkIn, mut: MutationId = None) -> Any:
    """Mark groups as read (they were opened, hence seen), on all devices. Saying it again changes nothing."""
    marked = await crossing.call(
        actions.mark_read, user_id=request.viewer.id, group_ids=body.ids, up_to=body.up_to, mut=mut
    )
    return {"ids": marked}


@router.get("/notifications/preferences", response=PreferencesOut)
async def preferences(request: ViewerRequest) -> Any:
    """From whom the viewer wants to hear of each kind of deed."""
    return await crossing.call(queries.preferences, request.viewer.id)


@router.put("/notifications/preferences", response=PreferencesOut)
async def set_preferences(request: ViewerRequest, body: PreferencesIn) -> Any:
    """Say from whom to hear. What it hides leaves the list at once, and is there again once it is wanted."""
    return await crossing.call(actions.set_preferences, user_id=request.viewer.id, wanted=body.wanted())


@router.get("/posts/{post_id}/mute", response=PostMuteOut, tags=["on a post"])
async def post_mute(request: ViewerRequest, post_id: IdPath) -> Any:
    """Whether the viewer has muted the post."""
    return {"muted": await crossing.call(queries.is_muted, request.viewer.id, post_id)}


@router.put("/posts/{post_id}/mute", response=PostMuteOut, tags=["on a post"])
async def mute_post(request: ViewerRequest, post_id: IdPath, mut: MutationId = None) -> Any:
    """Hear no more of the post, one's own or another's; doing it again changes nothing."""
    return {"muted": await crossing.call(actions.mute_post, post_id=post_id, actor_id=request.viewer.id, mut=mut)}


@router.delete("/posts/{post_id}/mute", response=PostMuteOut, tags=["on a post"])
async def unmute_post(request: ViewerRequest, post_id: IdPath, mut: MutationId = None) -> Any:
    """Hear of it again, and of what happened meanwhile; doing it again changes nothing."""
    return {"muted": await crossing.call(actions.unmute_post, post_id=post_id, actor_id=request.viewer.id, mut=mut)}
