"""What every edge of moderation needs: staff alone, with a second factor. For everybody else there is nothing there."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

from accounts.viewers import ViewerRequest
from core.problems import Forbidden, NotFound
from ops.policies import can_moderate

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[Concatenate[ViewerRequest, P], Coroutine[Any, Any, R]]


def moderators_only(view: View[P, R]) -> View[P, R]:
    """Let moderators in; staff without a second factor are told what they lack. The viewer is signed in."""

    @functools.wraps(view)
    async def guarded(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not request.viewer.is_staff:
            raise NotFound
        if not can_moderate(request.viewer):
            raise Forbidden("Moderation needs a session that proved a second factor: set one up, and log in with it.")
        return await view(request, *args, **kwargs)

    return guarded
