"""Pages of people under a name that they had before: a redirect to the name of today. REST knows only that one."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import resolve

from accounts import queries
from accounts.viewers import ViewerRequest, VisitorRequest
from core import crossing
from core.problems import NotFound

Asked = TypeVar("Asked", VisitorRequest, ViewerRequest)
View = Callable[[Asked, str], Coroutine[Any, Any, HttpResponse]]


def follows_renames(view: View[Asked]) -> View[Asked]:
    """Send whoever finds nobody under a former name to the same page under the present one."""

    @functools.wraps(view)
    async def found(request: Asked, username: str) -> HttpResponse:
        try:
            return await view(request, username)
        except NotFound:
            viewer_id = request.viewer.id if request.viewer else None
            present = await crossing.call(queries.username_after, username, viewer_id=viewer_id)
            return redirect(resolve(request.path).view_name, username=present)

    return found
