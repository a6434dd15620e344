"""Pages compressed, for whoever has no proxy in front. Files have compressed twins; the API is left alone."""

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware
from django.utils.text import compress_string

from core.web import Next, vary

LEAST_BYTES = 1_000  # less is one packet either way
# As Django's own middleware does: the length of a page must not tell what an attacker has guessed right in it (BREACH).
MAX_RANDOM_BYTES = 100


@async_only_middleware
def compression_middleware(get_response: Next) -> Next:
    """Compress each page for a browser that can read it so."""

    async def middleware(request: HttpRequest) -> HttpResponse:
        response = await get_response(request)
        if not _is_page(response):
            return response
        vary(response, ("Accept-Encoding",))
        if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            response.content = compress_string(response.content, max_random_bytes=MAX_RANDOM_BYTES)
            response["Content-Encoding"] = "gzip"
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware


def _is_page(response: HttpResponse) -> bool:
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return False
    return not response.has_header("Content-Encoding") and len(response.content) > LEAST_BYTES
