"""Maintenance at the door: who only looks passes, and so does who logs in or is staff at work; other writes wait."""

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware

from core.problems import UnderMaintenance
from core.web import Next
from ops import maintenance
from ops.maintenance import Notice
from project import problems

LOOKING = ("GET", "HEAD", "OPTIONS")
# What changes nothing that others see: signing in and out, a ticket to look live; and the tools of those who maintain.
OPEN = (
    "/accounts/login/", "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/2fa/authenticate/",
    "/accounts/2fa/reauthenticate/", "/accounts/2fa/webauthn/login/", "/accounts/2fa/webauthn/reauthenticate/",
    "/_allauth/app/v1/auth/session", "/_allauth/app/v1/auth/login", "/_allauth/app/v1/auth/2fa/",
    "/_allauth/app/v1/auth/webauthn/", "/_allauth/app/v1/auth/reauthenticate",
    "/api/v1/realtime/ticket", "/i18n/setlang/", "/csp", "/ops/", "/admin/",
)  # fmt: skip


@async_only_middleware
def maintenance_middleware(get_response: Next) -> Next:
    """Set `request.maintenance`, and answer 503 to what would change something while there is one."""

    async def middleware(request: HttpRequest) -> HttpResponse:
        writes = request.method not in LOOKING and not request.path.startswith(OPEN)
        found = await maintenance.watch.now() if writes else maintenance.watch.found
        request.maintenance = found  # type: ignore[attr-defined]
        if writes and found is not None:
            return problems.answer(request, _refusal(found))
        return await get_response(request)

    return middleware


def _refusal(found: Notice) -> UnderMaintenance:
    return UnderMaintenance(str(found), retry_after_seconds=found.retry_after_seconds)
