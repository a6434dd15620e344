"""Ninja's way to an operation, cut short for the writes that are done most. Decides nothing of its own.

Ninja makes a model of the parameters and one of the answer for each request. What is plainly well-formed goes straight
to the view here, and what that answers is encoded as it is; for all else, and for the description, ninja stays.
"""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.operation import AsyncOperation

from core.rest import MUTATION_ID, IdPath, encoded

Run = Callable[..., Awaitable[HttpResponseBase]]

_KEY = re.compile(MUTATION_ID)
_DIGITS = 19  # of an id, at most


def direct(run: Run) -> Run:
    """Answer an operation of ids, names and `mut` without models; for ninja's `decorate_view`."""
    operation: AsyncOperation = run.__self__  # type: ignore[attr-defined]
    parameters = inspect.signature(operation.view_func).parameters
    ids = frozenset(name for name, one in parameters.items() if one.annotation is IdPath)
    (status,) = operation.response_models

    @functools.wraps(run)
    async def answered(request: HttpRequest, **path: str) -> HttpResponseBase:
        values = _plain(request, path, ids)
        if values is None:
            return await run(request, **path)
        refusal = await operation._run_checks(request)
        if refusal is not None:
            return refusal
        try:
            return encoded(await operation.view_func(request, **values), status=status)
        except Exception as error:  # as ninja does: each becomes an answer
            return operation.api.on_exception(request, error)

    return answered


def _plain(request: HttpRequest, path: dict[str, str], ids: frozenset[str]) -> dict[str, Any] | None:
    """What the view is called with; None for what is not plainly well-formed, and ninja's to judge."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not _KEY.fullmatch(key):
        return None
    values: dict[str, Any] = {**path, "mut": key}
    for name in ids:
        if not (path[name].isascii() and path[name].isdecimal() and len(path[name]) <= _DIGITS):
            return None
        values[name] = int(path[name])
    return values
