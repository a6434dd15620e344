"""How long a client may take, and how much it may send that is no body: a real uvicorn, and the test's own clock."""

import asyncio
import contextlib
import socket
import sys

import pytest
import uvicorn

from project import uvicorn_http
from project.uvicorn_http import BODY_SECONDS, HEAD_SECONDS, LEAST_BYTES, MOST_UNSENT_BYTES, READ_SECONDS, Bounded
from tests.project.test_uvicorn_ws import on_uvloop
from tests.support.wait import eventually

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE = b"x" * 65_536


async def hello(scope, receive, send):
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.request":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})


def hello_after(event):
    """The same once something has happened."""

    async def waiting(scope, receive, send):
        await event.wait()
        await hello(scope, receive, send)

    return waiting


async def endless(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    leaving = asyncio.create_task(left(receive))
    while not leaving.done():
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        await asyncio.sleep(0)  # sending to who has gone awaits nothing
    await leaving


async def left(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


@contextlib.asynccontextmanager
async def visiting(app):
    """A client of a server that runs in this event loop, and nobody's sweep but the test's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, http=Bounded, ws="none", lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve([listener]))
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        await eventually(lambda: uvicorn_http._open)
        try:
            yield reader, writer, next(iter(uvicorn_http._open))
        finally:
            writer.transport.abort()
            server.should_exit = True
            await serving


async def statuses(reader):
    """Of all answers, once the server has closed."""
    told = await asyncio.wait_for(reader.read(), 5)
    return [int(part.split()[0]) for part in told.split(b"HTTP/1.1 ")[1:]]


@on_uvloop
async def test_a_head_that_does_not_end_is_refused():
    async with visiting(hello) as (reader, writer, connection):
        writer.write(REQUEST[:-2])
        await eventually(lambda: connection._bare_bytes)
        uvicorn_http.sweep(100)
        writer.write(b"A: b\r\n")  # more of it makes it no better
        await eventually(lambda: connection._bare_bytes == len(REQUEST) + 4)
        uvicorn_http.sweep(100 + HEAD_SECONDS - 0.1)
        assert not connection.transport.is_closing()
        uvicorn_http.sweep(100 + HEAD_SECONDS)

        assert await statuses(reader) == [408]


@on_uvloop
async def test_who_says_nothing_is_told_nothing():
    async with visiting(hello) as (reader, _, _):
        uvicorn_http.sweep(100)
        uvicorn_http.sweep(100 + HEAD_SECONDS)

        assert await statuses(reader) == []


@on_uvloop
async def test_a_connection_that_rests_is_uvicorn_s_to_end():
    async with visiting(hello) as (reader, writer, connection):
        writer.write(REQUEST)
        await reader.readuntil(b"hello")
        uvicorn_http.sweep(100)
        uvicorn_http.sweep(10_000)

        assert (connection.transport.is_closing(), connection.timeout_keep_alive_task is None) == (False, False)


@on_uvloop
async def test_each_head_has_its_own_time():
    async with visiting(hello) as (reader, writer, connection):
        for second in range(100, 200, 5):
            writer.write(REQUEST[:5])
            await eventually(lambda: connection._bare_bytes == 5)
            uvicorn_http.sweep(second)
            writer.write(REQUEST[5:])
            await reader.readuntil(b"hello")

        assert not connection.transport.is_closing()


@on_uvloop
async def test_a_body_that_hardly_comes_is_refused():
    async with visiting(hello) as (reader, writer, connection):
        writer.write(BODY + b"x")
        await eventually(lambda: connection._body_bytes == 1)
        uvicorn_http.sweep(100)
        writer.write(b"x" * (LEAST_BYTES - 2))
        await eventually(lambda: connection._body_bytes == LEAST_BYTES - 1)
        uvicorn_http.sweep(100 + BODY_SECONDS)

        assert await statuses(reader) == [408]


@on_uvloop
async def test_a_body_that_comes_is_waited_for():
    async with visiting(hello) as (_, writer, connection):
        writer.write(BODY)
        for turn in range(1, 10):
            writer.write(b"x" * LEAST_BYTES)
            await eventually(lambda: connection._body_bytes == turn * LEAST_BYTES)  # noqa: B023 -- awaited here
            uvicorn_http.sweep(100 + turn * (BODY_SECONDS - 1))

        assert not connection.transport.is_closing()


@on_uvloop
async def test_a_body_for_which_the_application_is_not_ready_is_waited_for():
    taking = asyncio.Event()

    async with visiting(hello_after(taking)) as (reader, writer, connection):
        writer.write(BODY + b"x" * 1_000_000)
        await eventually(lambda: connection.cycle and connection.flow.read_paused)
        uvicorn_http.sweep(100)
        uvicorn_http.sweep(100 + BODY_SECONDS)
        taking.set()

        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 OK")


@on_uvloop
async def test_who_does_not_read_is_let_go():
    async with visiting(endless) as (reader, writer, connection):
        writer.write(REQUEST)
        await reader.readexactly(1)
        writer.transport.pause_reading()
        await eventually(lambda: connection.flow.write_paused and stalled(connection))
        uvicorn_http.sweep(100)
        uvicorn_http.sweep(100 + READ_SECONDS)
        await eventually(lambda: not uvicorn_http._open)
        writer.transport.resume_reading()

        assert connection.cycle.disconnected
        with pytest.raises(ConnectionResetError):  # nothing of it is left in the kernel
            await reader.read()


@on_uvloop
async def test_the_kernel_keeps_little_for_who_does_not_read():
    async with visiting(endless) as (_, writer, connection):
        writer.transport.pause_reading()
        writer.write(REQUEST)
        await eventually(lambda: connection.flow.write_paused and stalled(connection))
        unsent = writer_of(connection).getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 148)[-4:]

        assert int.from_bytes(unsent, sys.byteorder) < 2 * MOST_UNSENT_BYTES


def writer_of(connection):
    return connection.transport.get_extra_info("socket")


def stalled(connection, told={}):  # noqa: B006 -- what the last look has seen
    """Whether the client has taken nothing since the last look; its kernel takes a while to be full."""
    before, told["taken"] = told.get("taken"), connection._taken()
    return before == told["taken"]


@on_uvloop
async def test_who_reads_is_written_to():
    async with visiting(endless) as (reader, writer, connection):
        writer.write(REQUEST)
        for turn in range(5):
            for _ in range(200):
                await reader.readexactly(len(PIECE))
            uvicorn_http.sweep(100 + turn * (READ_SECONDS - 1))

        assert not connection.transport.is_closing()


@on_uvloop
async def test_who_goes_with_several_requests_open_ends_the_first_and_begins_no_other():
    begun, ended = [], []

    async def waiting(scope, receive, send):
        begun.append(scope["path"])
        await receive()
        ended.append((await receive())["type"])

    async with visiting(waiting) as (_, writer, connection):
        writer.write(REQUEST * 3)
        await eventually(lambda: len(connection.pipeline) == 2)
        writer.transport.abort()
        await eventually(lambda: ended)

    assert (begun, ended, len(connection.pipeline)) == (["/"], ["http.disconnect"], 0)


@on_uvloop
async def test_an_application_may_take_its_time():
    answering = asyncio.Event()

    async with visiting(hello_after(answering)) as (reader, writer, connection):
        writer.write(REQUEST)
        await eventually(lambda: connection.cycle)
        uvicorn_http.sweep(100)
        uvicorn_http.sweep(10_000)
        answering.set()

        assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 OK")


@on_uvloop
async def test_an_endless_head_is_refused():
    async with visiting(hello) as (reader, writer, connection):
        writer.write(REQUEST[:-2])
        await write_headers_without_end(writer, connection)

        assert await statuses(reader) == [431]


@on_uvloop
async def test_endless_words_behind_a_body_are_refused():
    async with visiting(hello) as (reader, writer, connection):
        writer.write(CHUNKED + b"1\r\nx\r\n0\r\n")
        await eventually(lambda: connection._body_bytes)
        await write_headers_without_end(writer, connection)

        assert await statuses(reader) == [431]


async def write_headers_without_end(writer, connection):
    """Until it is too much; what is sent behind that would have the kernel throw the answer away."""
    while not connection.transport.is_closing():
        before = connection._bare_bytes
        writer.write(b"A: " + b"b" * 995 + b"\r\n")
        await eventually(lambda: connection._bare_bytes != before)  # noqa: B023 -- awaited here


@on_uvloop
async def test_one_connection_too_many_is_refused():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn_http, "most", lambda: 1)
        async with visiting(hello) as (reader, writer, _):
            late, other = await asyncio.open_connection(*writer.get_extra_info("peername"))
            answer = await asyncio.wait_for(late.read(), 5)
            writer.write(REQUEST)
            await reader.readuntil(b"hello")
            other.close()

    assert answer.split(b"\r\n")[:2] == [b"HTTP/1.1 503 Service Unavailable", b"retry-after: 5"]


@pytest.mark.parametrize(("descriptors", "most"), [(100, 50), (1_000_000, 20_000 + uvicorn_http.OTHERS)])
def test_the_bound_leaves_descriptors_to_others(monkeypatch, descriptors, most):
    monkeypatch.setattr(uvicorn_http.resource, "getrlimit", lambda _: (descriptors, descriptors))

    assert uvicorn_http.most() == most
