"""Django's ASGI handler, without two threads and four hops between threads a request. Decides no more than Django's.

Django sends its signals, and closes what it has answered, in a thread made for the request, since receivers may use
the database. Its own receivers look after the connections of the thread that they run in. No thread of ours needs that:
the event loop's never has a connection, and core.crossing gives back its own with each call. So a request goes through
Django's thread only if it has one anyway (a synchronous view, allauth, the admin) or somebody else listens.
"""

import asyncio
import contextlib
import functools
import io
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import IO, Any, cast

import django
from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.core import signals
from django.core.cache import close_caches
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.handlers.base import reset_urlconf
from django.db import close_old_connections, reset_queries
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, URLResolver, get_resolver, set_script_prefix, set_urlconf
from django.utils.log import log_response

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

# By what Signal tells receivers apart. The last two look after what the context holds, which ends with the request.
DJANGOS = frozenset(map(id, (reset_queries, close_old_connections, close_caches, reset_urlconf)))

LONGEST_KEPT = 200  # characters of a path whose view is remembered
API_DOCS = "/api/v1/docs"  # a page, after all

logger = logging.getLogger("django.request")


def get_asgi_application() -> ASGIHandler:
    """Django's function of this name, with the handler that PHOTOPHORE_HANDLER names."""
    django.setup(set_prefix=False)
    return ASGIHandler() if settings.HANDLER == "django" else Handler()


class Handler(ASGIHandler):
    """Answers as Django's does, and closes every response, also one whose sending broke or was cancelled.

    What only programs ask goes through fewer middlewares, which leave the same headers.
    """

    def __init__(self) -> None:
        super().__init__()
        self._brief = _Brief()

    async def handle(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; a client that leaves has its view cancelled."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            set_script_prefix(get_script_prefix(scope))
            await _tell(signals.request_started, type(self), scope=scope)
            request, refusal = self.create_request(scope, body)
            if request is not None:
                await self._serve(request, body, receive, send)
            elif refusal is not None:
                await self.send_response(refusal, send)
                await _close(refusal, body)

    async def read_body(self, receive: Receive) -> IO[bytes]:
        """Django's, which may become a file; what comes whole and would not is kept as it is."""
        message = await receive()
        body = message.get("body", b"")
        is_whole = message["type"] == "http.request" and not message.get("more_body", False)
        if is_whole and len(body) <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            return _Memory(body)
        messages = iter((message,))

        async def resumed() -> Mapping[str, Any]:
            return next(messages, None) or await receive()

        return await super().read_body(resumed)

    async def _serve(self, request: ASGIRequest, body: IO[bytes], receive: Receive, send: Send) -> None:
        """Run the view with an eye on the client."""
        response: HttpResponseBase | None = None
        try:
            with _Eye(self.listen_for_disconnect(receive)):
                response = await self.run_get_response(request)
                await self.send_response(response, send)
        finally:
            await (_close(response, body) if response is not None else _tell(signals.request_finished, type(self)))

    async def send_response(self, response: HttpResponseBase, send: Send) -> None:
        """Django's, which goes through a generator and in pieces; what is in memory anyway goes in one."""
        if not isinstance(response, HttpResponse):
            await super().send_response(response, send)
            return
        there = response.headers._store.values()  # as Django keeps them: `items` looks each up again
        headers = [(name.encode("ascii"), value.encode("latin1")) for name, value in there]
        headers += [
            (b"Set-Cookie", cookie.output(header="").strip().encode("ascii")) for cookie in response.cookies.values()
        ]
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": response.content})

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Django's, which finds the view of the same few addresses again and again."""
        return super().resolve_request(request) if hasattr(request, "urlconf") else _resolved(request)

    async def get_response_async(self, request: HttpRequest) -> Any:
        """Django's, which goes into a thread to log each 4xx, also where nobody reads of them."""
        set_urlconf(settings.ROOT_URLCONF)
        is_brief = request.path_info.startswith(settings.BRIEF_PATHS) and not request.path_info.startswith(API_DOCS)
        chain: Any = self._brief if is_brief else self
        response = await chain._middleware_chain(request)
        response._resource_closers.append(request.close)
        if response.status_code >= 400 and logger.isEnabledFor(_level(response)):
            log = sync_to_async(log_response, thread_sensitive=False)
            await log("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response


class _Eye:
    """Cancels the task that it is entered in once the client has left, and ends that; all else goes on its way.

    As `asyncio.timeout` does, so that who is cancelled from elsewhere as well is cancelled.
    """

    def __init__(self, leaving: Coroutine[Any, Any, None]) -> None:
        self._leaving = leaving

    def __enter__(self) -> None:
        self._task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._cancelling, self._has_left, self._is_over = self._task.cancelling(), False, False
        self._watching = asyncio.create_task(self._leaving)
        self._watching.add_done_callback(self._left)

    def _left(self, watching: "asyncio.Task[None]") -> None:
        if not self._is_over:
            self._has_left = True
            self._task.cancel()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._is_over = True
        self._watching.cancel()
        if not self._has_left:
            return False
        is_only_ours = self._task.uncancel() <= self._cancelling
        with contextlib.suppress(RequestAborted):
            self._watching.result()
        return is_only_ours and kind is not None and issubclass(kind, asyncio.CancelledError)


class _Memory(io.BytesIO):
    """A body in memory, which tells so as a SpooledTemporaryFile does."""

    name = None


class _Brief(ASGIHandler):
    """The chain of what only programs ask."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Django's, which has its list from the settings."""
        whole, settings.MIDDLEWARE = settings.MIDDLEWARE, settings.BRIEF_MIDDLEWARE
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = whole

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """As Handler does."""
        return _resolved(request)


def _resolved(request: HttpRequest) -> ResolverMatch:
    find = _found if len(request.path_info) <= LONGEST_KEPT else URLResolver.resolve
    request.resolver_match = find(get_resolver(), request.path_info)
    return request.resolver_match


@functools.lru_cache(2_048)
def _found(resolver: URLResolver, path: str) -> ResolverMatch:
    return resolver.resolve(path)


def _level(response: HttpResponseBase) -> int:
    return logging.ERROR if response.status_code >= 500 else logging.WARNING


async def _tell(signal: Signal, sender: type[Handler], **named: Any) -> None:
    """Send a signal, unless nobody but Django listens, in vain."""
    if _is_heard(signal):
        await signal.asend(sender, **named)


async def _close(response: HttpResponseBase, body: IO[bytes]) -> None:
    """Close a response, which sends `request_finished`; files are closed in a thread, as a disk may take its time."""
    heard = _is_heard(signals.request_finished)
    if heard or not _is_quick(response, body):
        await sync_to_async(response.close, thread_sensitive=heard)()
    else:
        _let_go(response)


def _let_go(response: HttpResponseBase) -> None:
    """What `close` does, but for the signal that nobody needs."""
    for closer in response._resource_closers:  # type: ignore[attr-defined]  # of the stubs alone
        with contextlib.suppress(Exception):
            closer()
    response._resource_closers.clear()  # type: ignore[attr-defined]
    response.closed = True


def _is_quick(response: HttpResponseBase, body: IO[bytes]) -> bool:
    """Whether closing it lets go of memory alone: it closes nothing but its request, whose body is in no file."""
    own = type(response).close is not HttpResponseBase.close
    closers = response._resource_closers  # type: ignore[attr-defined]  # of the stubs alone
    return not own and len(closers) <= 1 and getattr(body, "name", None) is None


def _is_heard(signal: Signal) -> bool:
    """Whether a signal must go through the request's thread: that has run something, or a stranger listens."""
    context = SyncToAsync.thread_sensitive_context.get(None)
    used = context is not None and context in SyncToAsync.context_to_thread_executor
    return used or any(receiver not in DJANGOS for (receiver, _), *_ in signal.receivers)
