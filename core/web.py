"""What every page edge needs: rendering with the viewer and a safe way back. Knows no app."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest, fallback: str) -> HttpResponse:
    """Send a form's sender back where it came from (303, so that a reload sends nothing again).

    Only paths of this very host are followed, against open redirects.
    """
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(wanted if safe else fallback)
    response.status_code = 303
    return response


def viewer_context(request: HttpRequest) -> dict[str, Any]:
    """Give every template the viewer and the shell (unread count, position in the log)."""
    return {"viewer": getattr(request, "viewer", None), "shell": getattr(request, "shell", None)}
