"""What Django promises of its ASGI handler, asked of both: Django's, and ours, which goes into no thread for it."""

import asyncio
import contextlib
import contextvars
import gc
import io
import logging
import sys
import threading
import warnings
from functools import partial

import pytest
from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.db import OperationalError, connection
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils import translation
from django.utils.decorators import async_only_middleware, sync_only_middleware
from django.views.decorators.csrf import csrf_exempt

from project import static
from project.handler import Handler
from tests.support.asgi import Exchange

LOOP = threading.main_thread()
variable = contextvars.ContextVar("variable", default="nobody's")
seen = []  # by the views of one test


@pytest.fixture(scope="module", autouse=True)
def _files():
    """The pages of errors name some."""
    static.collect()


@pytest.fixture(params=[ASGIHandler, Handler], ids=["django", "ours"])
def kind(request, settings):
    """A class of handlers, with the views below and no middleware."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    settings.ALLOWED_HOSTS = ["testserver"]
    seen.clear()
    yield request.param
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()  # Django's leaves the body open behind what breaks


@pytest.fixture
def handler(kind):
    return kind()


@pytest.fixture
def heard():
    """The signals of requests that a stranger hears, with the thread and the sender."""
    heard = []

    def hear(name, sender, **_):
        heard.append((name, threading.current_thread(), sender))

    receivers = {name: partial(hear, name) for name in ("request_started", "request_finished")}
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver)
    yield heard
    for name, receiver in receivers.items():
        getattr(signals, name).disconnect(receiver)


# --- Views ----------------------------------------------------------------------------------------------------------
async def hello(request):
    return HttpResponse(f"Hello {request.GET.get('name', 'World')}!")


def hello_from_a_thread(request):
    seen.append(threading.current_thread())
    return HttpResponse("Hello!")


@csrf_exempt
async def echo(request):
    seen.append(request)
    return HttpResponse(request.body)


async def headers(request):
    return HttpResponse(request.META.get("HTTP_REFERER"), content_type=request.META.get("CONTENT_TYPE"))


async def underscores(request):
    return HttpResponse("|".join(name for name in request.META if "SOME" in name))


def a_file(request):
    return FileResponse(io.BytesIO(b"of a file"), filename="a.txt")


async def slow(request):
    seen.append("started")
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise


async def pieces():
    yield b"first"
    try:
        await asyncio.sleep(0 if "quick" in seen else 5)
        yield b"last"
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise


async def streaming(request):
    return StreamingHttpResponse(pieces())


barrier = threading.Barrier(2)


def together(request):
    barrier.wait(timeout=30)
    return hello_from_a_thread(request)


async def language(request):
    before = (translation.get_language(), variable.get())
    translation.activate("de")
    variable.set("a view's")
    return HttpResponse(" ".join(before))


async def long(request):
    return HttpResponse(b"long" * 20_000)


async def cookies(request):
    response = HttpResponse()
    response.set_cookie("first", "1", httponly=True)
    response.set_cookie("second", "2")
    return response


async def silent(request):
    return None


def rows(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        seen.append((connection.connection, cursor.fetchone()[0]))
    return HttpResponse()


async def failing(request, error):
    raise {"404": Http404, "403": PermissionDenied, "400": SuspiciousOperation}.get(error, LookupError)(error)


urlpatterns = [
    path("", hello),
    path("thread/", hello_from_a_thread),
    path("echo/", echo),
    path("headers/", headers),
    path("underscores/", underscores),
    path("file/", a_file),
    path("slow/", slow),
    path("streaming/", streaming),
    path("together/", together),
    path("language/", language),
    path("long/", long),
    path("cookies/", cookies),
    path("silent/", silent),
    path("rows/", rows),
    path("failing/<error>/", failing),
]


async def not_ours(request, exception=None):
    return HttpResponse("our own page")


# --- Answers --------------------------------------------------------------------------------------------------------
async def test_a_view_is_answered(handler):
    status, headers, body = await Exchange(handler).answer()

    assert (status, headers, body) == (200, {b"Content-Type": b"text/html; charset=utf-8"}, b"Hello World!")


class Elsewhere:
    urlpatterns = (path("", not_ours),)


@async_only_middleware
def leading_elsewhere(get_response):
    async def middleware(request):
        if request.GET.get("name") == "elsewhere":
            request.urlconf = Elsewhere
        return await get_response(request)

    return middleware


async def test_a_request_may_bring_addresses_of_its_own(kind, settings):
    settings.MIDDLEWARE = [f"{__name__}.leading_elsewhere"]
    handler = kind()
    told = [(await Exchange(handler, query_string=query).answer())[2] for query in (b"", b"name=elsewhere", b"")]

    assert told == [b"Hello World!", b"our own page", b"Hello World!"]


async def test_a_synchronous_view_runs_in_a_thread(handler):
    status, _, body = await Exchange(handler, "/thread/").answer()

    assert (status, body, seen[0] is LOOP) == (200, b"Hello!", False)


async def test_synchronous_views_of_two_requests_run_in_two_threads(handler):
    answers = await asyncio.gather(*(Exchange(handler, "/together/").answer() for _ in range(2)))

    assert ([status for status, *_ in answers], len(set(seen))) == ([200, 200], 2)


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")  # as Django's own test does
async def test_a_file_is_answered(handler):
    status, headers, body = await Exchange(handler, "/file/").answer()

    told = {
        b"Content-Type": b"text/plain",
        b"Content-Length": b"9",
        b"Content-Disposition": b'inline; filename="a.txt"',
    }
    assert (status, headers, body) == (200, told, b"of a file")


async def test_an_answer_of_several_messages_is_whole(handler):
    assert (await Exchange(handler, "/long/").answer())[2] == b"long" * 20_000


async def test_each_cookie_is_a_header(handler):
    exchange = Exchange(handler, "/cookies/")
    await exchange.send()
    start = await exchange.receive_output()
    await exchange.wait()

    assert [value for name, value in start["headers"] if name == b"Set-Cookie"] == [
        b"first=1; HttpOnly; Path=/",
        b"second=2; Path=/",
    ]


async def test_repeated_headers_are_joined(handler):
    given = [(b"referer", b"Scotland"), (b"referer", b"Wales"), (b"content-type", b"text/plain; charset=utf-8")]
    _, headers, body = await Exchange(handler, "/headers/", headers=given).answer()

    assert (headers[b"Content-Type"], body) == (b"text/plain; charset=utf-8", b"Scotland,Wales")


async def test_headers_with_underscores_are_left_out(handler):
    given = [(b"some_header", b"1"), (b"some-header", b"1")]

    assert (await Exchange(handler, "/underscores/", headers=given).answer())[2] == b"HTTP_SOME_HEADER"


@pytest.mark.parametrize("query", [b"name=Ana", "name=Ana"])
async def test_a_query_may_be_bytes_or_text(handler, query):
    assert (await Exchange(handler, query_string=query).answer())[2] == b"Hello Ana!"


async def test_a_query_that_is_no_unicode_is_refused(handler):
    status, _, body = await Exchange(handler, query_string=b"\xff").answer()

    assert (status, body) == (400, b"")


async def test_only_http_is_served(handler):
    exchange = Exchange(handler, type="other")
    await exchange.send()

    with pytest.raises(ValueError, match=r"Django can only handle ASGI/HTTP connections, not other\."):
        await exchange.wait()


# --- Bodies ---------------------------------------------------------------------------------------------------------
async def test_a_body_comes_in_pieces(handler):
    exchange = Exchange(handler, "/echo/", method="POST")
    await exchange.send(b"one ", more_body=True)

    assert (await exchange.answer(b"two"))[2] == b"one two"


@pytest.mark.parametrize(("size", "in_memory"), [(10, True), (11, False)])
async def test_a_large_body_is_kept_in_a_file(handler, settings, size, in_memory):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    async def receive():
        return {"type": "http.request", "body": b"x" * size}

    with await handler.read_body(receive) as body:
        assert (body.name is None, body.read()) == (in_memory, b"x" * size)


async def test_more_than_the_limit_is_refused_once_it_is_read(handler, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    status, _, _ = await Exchange(handler, "/echo/", method="POST").answer(b"x" * 11)

    assert status == 400


async def test_a_body_that_nobody_read_is_closed(handler):
    await Exchange(handler, "/echo/", method="POST").answer(b"body")

    assert seen[0]._stream.closed


async def test_a_request_that_cannot_be_made_is_refused(kind, heard):
    class Large(ASGIRequest):
        def __init__(self, scope, body_file):
            raise RequestDataTooBig

    handler = kind()
    handler.request_class = Large
    status, _, body = await Exchange(handler).answer()

    assert (status, body, [name for name, *_ in heard]) == (
        413, b"413 Payload too large", ["request_started", "request_finished"],
    )  # fmt: skip


# --- Leaving --------------------------------------------------------------------------------------------------------
async def test_who_leaves_before_the_body_is_whole_gets_no_answer(handler, heard):
    exchange = Exchange(handler)
    await exchange.send(b"part", more_body=True)
    await exchange.leave()

    assert (await exchange.told(), heard) == (None, [])


@pytest.mark.parametrize("where", ["/thread/", "/slow/"])
async def test_who_leaves_before_the_answer_gets_none(handler, where):
    exchange = Exchange(handler, where)
    await exchange.send()
    await exchange.leave()

    assert await exchange.told() is None


async def test_who_leaves_has_their_view_cancelled(handler, heard):
    exchange = Exchange(handler, "/slow/")
    await exchange.send()
    while not seen:  # noqa: ASYNC110 -- it is a view that adds to it
        await asyncio.sleep(0)
    await exchange.leave()
    await exchange.wait()

    assert (seen, [(name, sender) for name, _, sender in heard]) == (
        ["started", "cancelled"],
        [("request_started", type(handler)), ("request_finished", type(handler))],
    )


@pytest.mark.parametrize("kind", [Handler], indirect=True)  # Django's leaves its tasks behind
async def test_what_a_server_cancels_is_cancelled(handler, heard):
    exchange = Exchange(handler, "/slow/")
    await exchange.send()
    while not seen:  # noqa: ASYNC110 -- it is a view that adds to it
        await asyncio.sleep(0)
    exchange.future.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await exchange.future

    assert (exchange.future.cancelled(), seen, [name for name, *_ in heard]) == (
        True,
        ["started", "cancelled"],
        ["request_started", "request_finished"],
    )


async def test_who_leaves_as_the_answer_ends_does_no_harm(handler, heard):
    exchange = Exchange(handler)
    await exchange.send()
    await exchange.receive_output()
    await exchange.receive_output()
    await exchange.leave()
    await exchange.wait()

    assert [name for name, *_ in heard] == ["request_started", "request_finished"]


async def test_a_synchronous_view_reads_its_body_though_the_client_left(kind):
    loop, started, left = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    @csrf_exempt
    @sync_to_async
    def view(request):
        loop.call_soon_threadsafe(started.set)
        left.wait(5)
        seen.append(request.body)
        return HttpResponse()

    class Request(ASGIRequest):
        urlconf = (path("", view),)

    handler = kind()
    handler.request_class = Request
    exchange = Exchange(handler, method="POST")
    await exchange.send(b"body")
    await started.wait()
    await exchange.leave()
    await asyncio.sleep(0.05)
    left.set()
    await exchange.wait()

    assert seen == [b"body"]


async def test_what_no_server_sends_after_a_body_is_an_error(handler):
    exchange = Exchange(handler, "/slow/")
    await exchange.send()
    await exchange.send_input({"type": "http.surprise"})

    with pytest.raises(AssertionError, match=r"Invalid ASGI message after request body: http\.surprise"):
        await exchange.wait()


# --- Streams --------------------------------------------------------------------------------------------------------
async def test_a_stream_is_sent_piece_by_piece(handler):
    seen.append("quick")
    exchange = Exchange(handler, "/streaming/")
    await exchange.send()
    start, *parts = [await exchange.receive_output() for _ in range(4)]
    await exchange.wait()

    assert (start["status"], parts) == (
        200,
        [
            {"type": "http.response.body", "body": b"first", "more_body": True},
            {"type": "http.response.body", "body": b"last", "more_body": True},
            {"type": "http.response.body"},
        ],
    )


async def test_who_leaves_a_stream_has_it_cancelled(handler, heard):
    exchange = Exchange(handler, "/streaming/")
    await exchange.send()
    for _ in range(2):
        await exchange.receive_output()
    await exchange.leave()
    await exchange.wait()

    assert (await exchange.told(), seen) == (None, ["cancelled"])
    assert [(name, sender) for name, _, sender in heard] == [
        ("request_started", type(handler)),
        ("request_finished", type(handler)),
    ]


# --- Errors ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("error", "status"), [("400", 400), ("403", 403), ("404", 404), ("500", 500)])
async def test_an_error_has_its_status(handler, settings, error, status, monkeypatch):
    monkeypatch.setattr("django.urls.resolvers.URLResolver.resolve_error_handler", lambda *_: own_page)

    assert (await Exchange(handler, f"/failing/{error}/").answer())[::2] == (status, b"our own page")


def own_page(request, exception=None):
    names = {"Http404": 404, "PermissionDenied": 403, "SuspiciousOperation": 400}
    return HttpResponse("our own page", status=names.get(type(exception).__name__, 500))


@pytest.mark.parametrize(("error", "title"), [("404", b"Page not found at"), ("500", b"LookupError at")])
async def test_an_error_has_its_debug_page(handler, settings, error, title):
    settings.DEBUG = True

    status, _, body = await Exchange(handler, f"/failing/{error}/").answer()

    assert (status, title in body) == (int(error), True)


async def test_an_error_page_that_breaks_is_plain_text(handler, monkeypatch):
    def broken(*_, **__):
        raise LookupError

    monkeypatch.setattr("django.core.handlers.exception.response_for_exception", broken)
    exchange = Exchange(handler, "/failing/500/")
    await exchange.send()

    with pytest.raises(LookupError):
        await exchange.wait()


async def test_a_bug_is_told_of(handler, caplog):
    told = []
    receiver = partial(lambda told, **named: told.append(named["request"].path), told)
    signals.got_request_exception.connect(receiver)

    await Exchange(handler, "/failing/500/").answer()

    signals.got_request_exception.disconnect(receiver)
    assert (told, [record.getMessage() for record in caplog.records]) == (
        ["/failing/500/"], ["Internal Server Error: /failing/500/"],
    )  # fmt: skip


@pytest.mark.parametrize(("level", "told"), [("WARNING", ["Not Found: /nowhere/"]), ("ERROR", [])])
async def test_a_refusal_is_logged_where_somebody_reads_of_it(handler, caplog, monkeypatch, level, told):
    page = lambda request, exception: HttpResponse(status=404)  # noqa: E731
    monkeypatch.setattr(sys.modules[__name__], "handler404", page, raising=False)
    with caplog.at_level(getattr(logging, level), "django.request"):
        await Exchange(handler, "/nowhere/").answer()

    assert [record.getMessage() for record in caplog.records] == told


async def test_a_view_that_answers_nothing_is_an_error(handler, settings):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    exchange = Exchange(handler, "/silent/")
    await exchange.send()

    with pytest.raises(ValueError, match="didn't return an HttpResponse object"):
        await exchange.wait()


# --- Middlewares ----------------------------------------------------------------------------------------------------
@sync_only_middleware
def synchronous(get_response):
    def middleware(request):
        variable.set("a middleware's")
        response = get_response(request)
        response["Thread"] = str(threading.current_thread() is LOOP)
        return response

    return middleware


@async_only_middleware
def asynchronous(get_response):
    async def middleware(request):
        response = await get_response(request)
        response["Loop"] = str(threading.current_thread() is LOOP)
        return response

    return middleware


async def test_middlewares_of_both_kinds_are_called(kind, settings):
    settings.MIDDLEWARE = [f"{__name__}.asynchronous", f"{__name__}.synchronous"]

    _, headers, body = await Exchange(kind(), "/language/").answer()

    assert (headers[b"Thread"], headers[b"Loop"], body) == (b"False", b"True", b"en a middleware's")


async def test_what_a_view_sets_ends_with_its_request(handler):
    bodies = [(await Exchange(handler, "/language/").answer())[2] for _ in range(2)]

    assert bodies == [b"en nobody's", b"en nobody's"]


# --- Signals and connections ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["/", "/thread/"])
async def test_a_stranger_hears_both_signals_in_one_thread(handler, heard, where):
    await Exchange(handler, where).answer()

    assert [(name, sender) for name, _, sender in heard] == [
        ("request_started", type(handler)),
        ("request_finished", type(handler)),
    ]
    assert (len({thread for _, thread, _ in heard}), heard[0][1] is LOOP) == (1, False)


@pytest.mark.django_db(transaction=True)
async def test_a_synchronous_view_gives_its_connection_back(handler, settings, own_connections):
    for _ in range(settings.DOMAIN_THREADS + 3):  # one more than the pool has
        await Exchange(handler, "/rows/").answer()

    stats = await asyncio.to_thread(connection.pool.get_stats)
    assert (stats["pool_available"], stats.get("requests_errors", 0)) == (stats["pool_size"], 0)


@pytest.mark.django_db(transaction=True)
async def test_a_connection_that_postgresql_has_cut_is_replaced(handler, own_connections):
    await Exchange(handler, "/rows/").answer()
    await asyncio.to_thread(cut, seen[0][1])
    statuses = [(await Exchange(handler, "/rows/").answer())[0] for _ in range(3)]

    assert statuses[1:] == [200, 200]


def cut(process):
    with contextlib.suppress(OperationalError), connection.cursor() as cursor:  # it may be the one that is cut
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
