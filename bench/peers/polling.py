"""What both Djangos need to answer `/api/v1/events` as a view: the cursor, and the frames as the log keeps them."""

from django.http import HttpRequest, HttpResponse

from realtime.log import Replay
from realtime.protocol import Cursor


def cursor(request: HttpRequest) -> Cursor:
    """Where the client stands."""
    epoch, seq = request.GET["after"].split(".")
    return Cursor(epoch=epoch, seq=int(seq))


def answer(replay: Replay) -> HttpResponse:
    """The frames, put together and not encoded anew."""
    is_resync = "true" if replay.outcome == "resync" else "false"
    body = f'{{"items":[{",".join(replay.frames)}],"head":{replay.head},"epoch":"{replay.epoch}","resync":{is_resync}}}'
    return HttpResponse(body, content_type="application/json")
