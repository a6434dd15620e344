"""The pages at /developers/ and the descriptions for machines. Each reads what is generated; none decides anything."""

import functools

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from project.wire import asyncapi, page
from project.wire.vocabulary import CLOSES, COMMAND_EXAMPLES, FRAME_EXAMPLES
from realtime import protocol

MAX_AGE_SECONDS = 300  # a description changes with a release only


@require_safe
async def start(request: HttpRequest) -> HttpResponse:
    """Where to begin."""
    return render(request, "developers/start.html", {"origin": _origin(request)})


@require_safe
async def reference(request: HttpRequest) -> HttpResponse:
    """The protocol to read; the same words as docs/protocol.md."""
    return render(request, "developers/protocol.html", {"sections": _sections()})


@require_safe
async def playground(request: HttpRequest) -> HttpResponse:
    """A socket to play with."""
    context = {
        "commands": [{"t": tag} | example for tag, example in COMMAND_EXAMPLES.items()],
        "types": list(dict.fromkeys([*FRAME_EXAMPLES, *COMMAND_EXAMPLES])),
        "closes": {code.value: CLOSES[code.name].meaning for code in protocol.Close if code.name in CLOSES},
    }
    return render(request, "developers/playground.html", context)


@require_safe
async def asyncapi_json(request: HttpRequest) -> HttpResponse:
    """The AsyncAPI description, with this server's own address in it."""
    document = asyncapi.document(version=settings.VERSION, host=request.get_host(), secure=request.is_secure())
    response = JsonResponse(document)
    response["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"  # nothing in it is anybody's; editors and viewers load it
    return response


@functools.cache
def _sections() -> list[page.Section]:
    return page.sections()


def _origin(request: HttpRequest) -> str:
    return settings.ORIGINS[0] if settings.ORIGINS else request.build_absolute_uri("/").rstrip("/")
