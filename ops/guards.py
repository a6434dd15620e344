"""What every edge of moderators and operators needs: staff alone, with a second factor. Others find nothing there."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.utils.translation import gettext as _

from accounts.viewers import ViewerRequest
from core.problems import Forbidden, NotFound
from ops.policies import is_trusted

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[Concatenate[ViewerRequest, P], Coroutine[Any, Any, R]]


def staff_only(view: View[P, R]) -> View[P, R]:
    """Let staff in; those without a second factor are told what they lack. The viewer is signed in."""

    @functools.wraps(view)
    async def guarded(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not request.viewer.is_staff:
            raise NotFound
        if not is_trusted(request.viewer):
            raise Forbidden(_("This needs a session that proved a second factor: set one up, and log in with it."))
        return await view(request, *args, **kwargs)

    return guarded
