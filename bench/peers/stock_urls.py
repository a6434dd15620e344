"""Our own addresses, and as a view the one that we answer before Django is asked."""

from django.http import HttpResponse
from django.urls import path

from accounts.viewers import ViewerRequest
from bench.peers import polling
from core import crossing
from project.urls import handler404, handler500
from project.urls import urlpatterns as ours
from realtime import log

__all__ = ["handler404", "handler500", "urlpatterns"]


async def events(request: ViewerRequest) -> HttpResponse:
    """What is behind the cursor; waits for nothing, as nobody does who finds something there."""
    return polling.answer(await crossing.call(log.replay, request.viewer.id, polling.cursor(request)))


urlpatterns = [path("api/v1/events", events), *ours]
