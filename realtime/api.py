"""REST: what a client needs beside its socket. Each operation makes one call."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from accounts.viewers import ViewerRequest
from core import crossing
from realtime import tickets

router = Router(tags=["realtime"])


class TicketOut(Schema):
    """A ticket for one handshake; `expires_in` is in seconds."""

    ticket: str
    expires_in: int


@router.post("/realtime/ticket", response=TicketOut)
async def ticket(request: ViewerRequest, response: HttpResponse) -> Any:
    """The right to open one socket, for a client that can send neither the cookie nor a header with its handshake.

    It goes into `hello.auth.ticket`, works once, and ends with the session or token that asked for it. A person has at
    most 20 that are not used yet: the oldest gives way.
    """
    viewer = request.viewer
    made = await crossing.call(tickets.issue, user_id=viewer.id, session_id=viewer.session_id, token_id=viewer.token_id)
    response["Cache-Control"] = "no-store"
    return {"ticket": made, "expires_in": tickets.TTL_SECONDS}
