"""The REST API at /api/v1: one composition of the apps' routers. No endpoint but `/instance`."""

import copy
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI, Schema
from ninja.decorators import decorate_view
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

import accounts.api
import content.api
import notifications.api
import ops.api
import realtime.api
from core.cursors import MAX_LIMIT
from core.direct import direct
from core.rest import Bearer, SessionCookie, SessionToken
from project import VERSION, problems
from realtime import polling

DESCRIPTION = (
    "Ids are strings; times are RFC 3339 in UTC; lists are keyset pages with `?limit=&after=`; "
    "errors are problem details (RFC 9457). What a viewer may not see answers like what does not exist: 404."
)


class Api(NinjaAPI):
    """Ninja with problem details in the description of every operation."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name an operation by its app and function: `accounts_follow`."""
        app = operation.view_func.__module__.partition(".")[0]
        return f"{app}_{operation.view_func.__name__}"

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The schema, with the answers that any operation may give."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["paths"]["/api/v1/events"] = copy.deepcopy(polling.DESCRIPTION)  # answered before Django is asked
        refusals = {code: _refusal(code) for code in ("4XX", "5XX")}
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"].update(refusals)
        schema["components"]["schemas"]["Problem"] = problems.ProblemOut.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        schema["components"]["schemas"].update(schema["components"]["schemas"]["Problem"].pop("$defs"))
        return schema


def _refusal(code: str) -> dict[str, Any]:
    return {
        "description": "Refused" if code == "4XX" else "Broken or busy",
        "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


class Limits(Schema):
    """What this instance accepts at most."""

    upload_bytes: int
    video_bytes: int
    video_seconds: int
    page_items: int


class InstanceOut(Schema):
    """This instance: its version, limits and features."""

    name: str
    version: str
    limits: Limits
    features: list[str]


api = Api(
    title="Photophore",
    version=VERSION,
    description=DESCRIPTION,
    urls_namespace="api",
    auth=[Bearer(), SessionToken(), SessionCookie()],
)
problems.install(api)


@api.get("/instance", auth=None, response=InstanceOut, tags=["instance"])
@decorate_view(direct)
async def instance(request: HttpRequest) -> dict[str, Any]:
    """What this instance is and allows; needs no sign-in."""
    return {
        "name": "Photophore",
        "version": VERSION,
        "limits": {
            "upload_bytes": settings.MAX_UPLOAD_BYTES,
            "video_bytes": settings.MAX_VIDEO_BYTES,
            "video_seconds": settings.MAX_VIDEO_SECONDS,
            "page_items": MAX_LIMIT,
        },
        "features": ["signup"] if settings.SIGNUP_OPEN else [],
    }


for app in (accounts, content, notifications, ops, realtime):
    api.add_router("", app.api.router)
