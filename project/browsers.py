"""What browsers ask for by themselves: the service worker, its page for being offline, robots.txt, reports."""

import functools
import json
import logging
import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from project.static import shell

logger = logging.getLogger(__name__)

MAX_REPORT_BYTES = 8 * 1024
MAX_TOLD = 200  # characters of an address that a report names
BREACH = "content policy broken"

# Pages of one person are found by no search engine anyway; the rest is for everybody.
ROBOTS = """User-agent: *
Disallow: /accounts/
Disallow: /settings/
Disallow: /ops/
Disallow: /admin/
Disallow: /api/
"""


@require_safe
async def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It names files by their hashes: after a deploy it is another one, and browsers take it."""
    response = HttpResponse(_worker(), "text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@functools.cache  # files change with a process
def _worker() -> str:
    """A few lines around the module that does the work, by its hashed name."""
    told = {"shell": shell(), "offline": reverse("offline")}
    return f'import {{ serve }} from "{static("js/worker/serve.js")}";\n\nserve(self, {json.dumps(told, indent=2)});\n'


@require_safe
async def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows in the place of a page that it cannot get: the same for everybody."""
    return render(request, "offline.html")


@csrf_exempt  # it comes from the system, and changes nothing
@require_http_methods(["GET", "HEAD", "POST"])
async def share(request: HttpRequest) -> HttpResponse:
    """Where systems send what is shared with the app, if no service worker takes it: on to the form, without files."""
    response = HttpResponseRedirect(reverse("new_post"))
    response.status_code = 303
    return response


@csrf_exempt  # browsers send it without a token; all it does is a line in the log
@require_POST
async def csp_report(request: HttpRequest) -> HttpResponse:
    """A breach of the content policy, as a browser tells it: one line of the log."""
    if len(request.body) <= MAX_REPORT_BYTES:
        logger.warning("%s: %s", BREACH, _breach(request.body))
    return HttpResponse(status=204)


def _breach(body: bytes) -> str:
    """What was broken, by what and where; it comes from outside, so nothing in it may look like another line."""
    try:
        told = json.loads(body)["csp-report"]
        parts = [str(told.get(name, ""))[:MAX_TOLD] for name in ("effective-directive", "blocked-uri", "document-uri")]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "a report that cannot be read"
    return re.sub(r"[^!-~]+", " ", " ".join(parts)).strip()


@require_safe
async def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers are asked to leave alone."""
    return HttpResponse(ROBOTS, "text/plain; charset=utf-8")
