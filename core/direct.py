"""Ninja's way to an operation, cut short for what is asked most. Decides nothing of its own.

Ninja makes a model of the parameters and one of the answer for each request. What is plainly well-formed goes straight
to the view here, and what that answers is encoded as it is; for all else, and for the description, ninja stays.
"""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.operation import AsyncOperation

from core.cursors import MAX_LIMIT
from core.rest import MAX_AFTER, MUTATION_ID, After, BodyIn, IdPath, Limit, MutationId, encoded

Run = Callable[..., Awaitable[HttpResponseBase]]
Path = Mapping[str, str]
Read = Callable[[HttpRequest, Path, str], Any]

_KEY = re.compile(MUTATION_ID)
_DIGITS = 19  # of an id, at most


def direct(run: Run) -> Run:
    """Answer an operation of ids, names, pages, `mut` and one body without ninja's models; for `decorate_view`."""
    operation: AsyncOperation = run.__self__  # type: ignore[attr-defined]
    _, *parameters = inspect.signature(operation.view_func).parameters.values()
    reads = {one.name: _read_of(one.annotation) for one in parameters}
    (status,) = operation.response_models

    @functools.wraps(run)
    async def answered(request: HttpRequest, **path: str) -> HttpResponseBase:
        try:
            found = {name: read(request, path, name) for name, read in reads.items()}
        except ValueError:
            return await run(request, **path)
        refusal = await operation._run_checks(request)
        if refusal is not None:
            return refusal
        values = {name: value for name, value in found.items() if value is not None}
        try:
            answer = await operation.view_func(request, **values)
            return answer if isinstance(answer, HttpResponseBase) else encoded(answer, status=status)
        except Exception as error:  # as ninja does: each becomes an answer
            return operation.api.on_exception(request, error)

    return answered


# --- Each reads one parameter, None if it is not there; a ValueError leaves the request to ninja ----------------------
def _word(_: HttpRequest, path: Path, name: str) -> str:
    return path[name]


def _id(_: HttpRequest, path: Path, name: str) -> int:
    return _number(path[name])


def _key(request: HttpRequest, _: Path, name: str) -> str | None:
    key: str | None = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not _KEY.fullmatch(key):
        raise ValueError(name)
    return key


def _after(request: HttpRequest, _: Path, name: str) -> str | None:
    after = _asked(request, name)
    if after is not None and len(after) > MAX_AFTER:
        raise ValueError(name)
    return after


def _limit(request: HttpRequest, _: Path, name: str) -> int | None:
    limit = _asked(request, name)
    if limit is None:
        return None
    if not 1 <= (number := _number(limit)) <= MAX_LIMIT:
        raise ValueError(name)
    return number


def _asked(request: HttpRequest, name: str) -> str | None:
    return request.GET.get(name) if request.META["QUERY_STRING"] else None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise ValueError(text)
    return int(text)


def _body(model: type[BodyIn], request: HttpRequest, _path: Path, _name: str) -> BodyIn:
    return model.model_validate_json(request.body)


_READS: tuple[tuple[Any, Read], ...] = (
    (str, _word), (IdPath, _id), (MutationId, _key), (After, _after), (Limit, _limit),
)  # fmt: skip


def _read_of(annotation: Any) -> Read:
    if isinstance(annotation, type) and issubclass(annotation, BodyIn):
        return functools.partial(_body, annotation)
    return next(read for kind, read in _READS if kind is annotation)
