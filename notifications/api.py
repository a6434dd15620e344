"""REST: a person's notifications and what they have read. Each operation makes one call."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from accounts.schemas import PersonOut
from accounts.viewers import ViewerRequest
from core import crossing
from core.rest import After, BodyIn, Id, IdIn, Limit, MutationId, PageOut, link_next
from notifications import actions, queries

router = Router(tags=["notifications"])


class ThumbOut(Schema):
    """The post that a notification is about."""

    id: Id
    url: str
    thumb: str
    alt: str


class GroupOut(Schema):
    """One group: "ben and 41 others liked your photo". `ver` grows with each change."""

    id: Id
    kind: str
    post: ThumbOut | None
    actors: list[PersonOut]
    actor_count: int
    at: datetime
    seen: bool
    read: bool
    ver: int
    excerpt: str


class Position(Schema):
    """A place in the viewer's log, read before the data beside it."""

    epoch: str
    seq: int


class GroupPageOut(PageOut[GroupOut]):
    """One page of groups, the latest first."""

    at: Position


class UnreadOut(Schema):
    """How many groups hold something unread."""

    count: int
    at: Position


class ReadIn(BodyIn):
    """Which groups were read: these ids, or all up to one; without either, all."""

    ids: list[IdIn] | None = None
    up_to: IdIn | None = None


class ReadOut(Schema):
    """The groups that were unread until now."""

    ids: list[Id]


@router.get("/notifications", response=GroupPageOut)
async def notifications(request: ViewerRequest, response: HttpResponse, after: After = None, limit: Limit = 20) -> Any:
    """What happened to the viewer, the latest first."""
    snapshot = await crossing.call(queries.snapshot, request.viewer.id, after=after, limit=limit)
    page = link_next(request, response, snapshot.page)
    return {"items": [group.as_dict() for group in page.items], "next": page.next, "at": snapshot.at}


@router.get("/notifications/unread", response=UnreadOut)
async def unread(request: ViewerRequest) -> Any:
    """The number on the badge."""
    return await crossing.call(queries.unread_snapshot, request.viewer.id)


@router.post("/notifications/read", response=ReadOut)
async def read(request: ViewerRequest, body: ReadIn, mut: MutationId = None) -> Any:
    """Mark groups as read, on all of the viewer's devices. Saying it again changes nothing."""
    marked = await crossing.call(
        actions.mark_read, user_id=request.viewer.id, group_ids=body.ids, up_to=body.up_to, mut=mut
    )
    return {"ids": marked}
