"""Answers with a file, whole or one range of it (RFC 9110, 14), read piece by piece. Knows no rows and no policy."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import parse_etags

PIECE_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)  # of several, none: whoever asks gets the whole


def answer(request: HttpRequest, path: Path, *, size: int, etag: str, content_type: str) -> HttpResponseBase:
    """Answer 200, 206, 304 or 416, as the request's conditions have it."""
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304)
    wanted = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        wanted = ""  # the client has a part of another file
    part = _part(wanted, size)
    if part is not None and part[0] >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = part or (0, size - 1)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        response = StreamingHttpResponse(_pieces(path, first, last - first + 1), content_type=content_type)
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(last - first + 1)
    if part is not None:  # even of the whole: Safari plays nothing that answers its ranges with 200
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _part(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte asked for, the first beyond the end if there is none; None for no range, or nonsense."""
    asked = _RANGE.fullmatch(header)
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:  # so many from the end
        return max(0, size - int(asked[2])), size - 1
    first, last = int(asked[1]), int(asked[2] or size - 1)
    if asked[2] and last < first:
        return None
    return first, min(last, size - 1)


async def _pieces(path: Path, first: int, length: int) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        file.seek(first)
        while length and (piece := await asyncio.to_thread(file.read, min(length, PIECE_BYTES))):
            length -= len(piece)
            yield piece
    finally:
        file.close()
