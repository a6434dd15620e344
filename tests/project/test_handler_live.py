"""What a request costs in threads, and what a client that goes leaves behind: over a real port, of both handlers."""

import asyncio
import contextlib
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from django.core.handlers.asgi import ASGIHandler
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from core import crossing
from project.handler import Handler
from tests.support.asgi import Exchange
from tests.support.build import make_user
from tests.support.wait import eventually

CALLS = 3
PIECE = b"x" * 65_536
seen = []  # by the views of one test
going_on = threading.Event()  # a domain call has begun
may_end = threading.Event()


@pytest.fixture(params=[ASGIHandler, Handler], ids=["django", "ours"])
def handler(request, settings):
    """A handler with the views below and no middleware."""
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    seen.clear()
    going_on.clear()
    may_end.clear()
    yield request.param()
    may_end.set()


@pytest.fixture
async def port(handler):
    """A server with that handler, in this event loop."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(handler, http="httptools", ws="none", lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve([listener]))
        yield listener.getsockname()[1]
        server.should_exit = True
        await serving


@pytest.fixture
def started(monkeypatch):
    """The names of the threads that are started, and of the pools that are given work."""
    threads, pools = [], []
    start, submit, cross = threading.Thread.start, ThreadPoolExecutor.submit, crossing._Executor.submit

    def start_and_tell(thread):
        threads.append(thread.name)
        start(thread)

    def submit_and_tell(pool, *arguments, **named):
        pools.append(pool._thread_name_prefix)
        return submit(pool, *arguments, **named)

    def cross_and_tell(executor, call):
        pools.append("domain")
        cross(executor, call)

    monkeypatch.setattr(threading.Thread, "start", start_and_tell)
    monkeypatch.setattr(crossing._Executor, "submit", cross_and_tell)
    monkeypatch.setattr(ThreadPoolExecutor, "submit", submit_and_tell)
    return threads, pools


# --- Views ----------------------------------------------------------------------------------------------------------
def count_people():
    return User.objects.count(), threading.current_thread().name


async def counting(request, calls):
    """Make some domain calls, and tell what threads there are meanwhile."""
    names = [(await crossing.call(count_people))[1] for _ in range(calls)]
    seen.extend((names, set(threading.enumerate())))
    return HttpResponse()


@transaction.atomic
def sign_up_two():
    make_user("ana")
    going_on.set()
    may_end.wait(10)
    make_user("ben")


async def signing_up(request):
    try:
        await crossing.call(sign_up_two)
    except asyncio.CancelledError:
        seen.append("cancelled")
        raise
    return HttpResponse()


@csrf_exempt
async def taking(request):
    seen.append("called")
    return HttpResponse()


async def pieces():
    try:
        while True:
            await crossing.call(count_people)
            yield PIECE
            seen.append("sent")
    except (asyncio.CancelledError, GeneratorExit) as end:
        seen.append(type(end).__name__)
        raise


async def streaming(request):
    return StreamingHttpResponse(pieces())


async def streaming_from_a_call(request):
    """A stream that waits for a domain call when its client goes."""

    async def pieces():
        yield PIECE
        await signing_up(request)

    return StreamingHttpResponse(pieces())


urlpatterns = [
    path("counting/<int:calls>/", counting),
    path("signing-up/", signing_up),
    path("taking/", taking),
    path("streaming/", streaming),
    path("streaming-from-a-call/", streaming_from_a_call),
]


# --- Clients --------------------------------------------------------------------------------------------------------
@contextlib.asynccontextmanager
async def client(port, where, *, headers=(), body=b"", method="GET"):
    """Ask, and go without a word at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (f"{method} {where} HTTP/1.1", "Host: localhost", *headers, "", "")
    writer.write("\r\n".join(head).encode() + body)
    yield reader
    writer.transport.abort()


async def all_ended():
    """Wait until nothing of a request is left: no domain call, and no connection that is taken."""
    await eventually(lambda: crossing._executor().held == 0)
    await eventually(lambda: taken() == 0)


def taken():
    """How many of the pool's connections are in use."""
    stats = connection.pool.get_stats()
    return stats["pool_size"] - stats["pool_available"]


# --- Threads --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("calls", [0, CALLS])
async def test_an_async_view_has_no_thread_of_its_own(settings, started, calls):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    handler = Handler()
    for _ in range(settings.DOMAIN_THREADS):
        await Exchange(handler, f"/counting/{CALLS}/").answer()  # now the domain has its threads
    seen.clear()
    before = set(threading.enumerate())
    started[0].clear()
    started[1].clear()

    status, *_ = await Exchange(handler, f"/counting/{calls}/").answer()

    assert (status, seen[1] - before, set(threading.enumerate()) - before) == (200, set(), set())
    assert started == ([], ["domain"] * calls)


@pytest.mark.django_db(transaction=True)
async def test_a_view_crosses_as_often_as_it_calls(handler, started):
    await Exchange(handler, f"/counting/{CALLS}/").answer()

    assert [name.rpartition("-")[0] for name in seen[0]] == ["domain"] * CALLS
    assert started[1].count("domain") == CALLS


# --- Who goes -------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("own_connections")
async def test_a_domain_call_that_has_begun_ends_though_its_client_went(port):
    async with client(port, "/signing-up/"):
        await eventually(going_on.is_set)
    await eventually(lambda: seen == ["cancelled"])
    before = await asyncio.to_thread(usernames)
    may_end.set()
    await all_ended()

    assert (before, await asyncio.to_thread(usernames)) == ([], ["ana", "ben"])


@pytest.mark.usefixtures("own_connections")
async def test_who_goes_while_a_body_is_sent_leaves_nothing(port, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    files = open_files()
    headers = ("Content-Length: 1000000",)
    async with client(port, "/taking/", method="POST", headers=headers, body=b"x" * 1000):
        await eventually(lambda: open_files() == files + 3)  # both ends of the connection, and what has come
    await eventually(lambda: open_files() == files)

    assert seen == []


@pytest.mark.usefixtures("own_connections")
async def test_who_goes_while_a_stream_is_written_ends_it(port):
    async with client(port, "/streaming/") as reader:
        await reader.readexactly(1)
        await eventually(lambda: "sent" in seen)
    await eventually(lambda: seen[-1] != "sent")
    await all_ended()

    assert seen[-1] == "CancelledError"


@pytest.mark.usefixtures("own_connections")
async def test_a_stream_s_domain_call_ends_though_its_client_went(port):
    async with client(port, "/streaming-from-a-call/") as reader:
        await reader.readexactly(1)
        await eventually(going_on.is_set)
    await eventually(lambda: seen == ["cancelled"])
    may_end.set()
    await all_ended()

    assert await asyncio.to_thread(usernames) == ["ana", "ben"]


def usernames():
    names = sorted(User.objects.values_list("username", flat=True))
    connection.close()
    return names


def open_files():
    return len(os.listdir("/proc/self/fd"))
