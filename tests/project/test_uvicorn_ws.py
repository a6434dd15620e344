"""Frames that are ready for the wire, over a real uvicorn and a plain client."""

import asyncio
import contextlib
import functools
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from project.uvicorn_ws import EXTENSION, Inbox, ReadyFrames


def framed(text):
    """One unmasked text frame of less than 126 bytes."""
    return bytes([0x81, len(text)]) + text.encode()


@contextlib.asynccontextmanager
async def served(app, **options):
    """Serve an ASGI application on a free port; give its address."""
    config = uvicorn.Config(
        app, port=0, http="httptools", ws=ReadyFrames, lifespan="off", log_config=None, ws_per_message_deflate=False,
        timeout_graceful_shutdown=1, **options,
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 -- it has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        await serving


def accepting(then):
    """An application that accepts and goes on with `then(frame, send, receive)`."""

    async def app(scope, receive, send):
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        await then(scope["extensions"][EXTENSION], send, receive)

    return app


def text(content):
    return {"type": "websocket.send", "text": content}


def on_uvloop(test):
    """Run a test as we are served: uvloop's transports are not asyncio's."""

    @functools.wraps(test)
    def run(**fixtures):
        uvloop.run(test(**fixtures))

    return run


@on_uvloop
async def test_frames_written_and_sent_arrive_in_the_order_of_the_calls():
    async def then(frame, send, receive):
        for number in range(0, 20, 2):
            assert frame["write"](framed(str(number)))
            await send(text(str(number + 1)))
        await receive()

    async with served(accepting(then)) as url, connect(url) as client:
        received = [await client.recv() for _ in range(20)]

    assert received == [str(number) for number in range(20)]


@on_uvloop
async def test_several_frames_in_one_write_are_several_messages():
    async def then(frame, send, receive):
        frame["write"](framed("a") + framed("b"))
        await receive()

    async with served(accepting(then)) as url, connect(url) as client:
        assert [await client.recv(), await client.recv()] == ["a", "b"]


@on_uvloop
async def test_compression_is_not_agreed_on():
    async with served(accepting(lambda frame, send, receive: receive())) as url, connect(url) as client:
        assert "Sec-WebSocket-Extensions" not in client.response.headers


@on_uvloop
async def test_a_ping_is_answered_between_written_frames():
    async def then(frame, send, receive):
        for _ in range(2):
            frame["write"](framed("a"))
            await receive()

    async with served(accepting(then)) as url, connect(url) as client:
        await client.recv()
        await (await client.ping())
        await client.send("go on")

        assert await client.recv() == "a"


@on_uvloop
async def test_nothing_is_written_before_the_handshake_is_complete():
    answers = []

    async def app(scope, receive, send):
        await receive()
        answers.append(scope["extensions"][EXTENSION]["write"](framed("early")))
        await send({"type": "websocket.accept"})
        await send(text("first"))
        await receive()

    async with served(app) as url, connect(url) as client:
        assert (await client.recv(), answers) == ("first", [False])


@on_uvloop
async def test_nothing_is_written_after_a_refusal():
    answers = []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.close"})
        answers.append(scope["extensions"][EXTENSION]["write"](framed("late")))

    async with served(app) as url:
        with pytest.raises(InvalidStatus):
            await connect(url)

    assert answers == [False]


@on_uvloop
async def test_nothing_is_written_behind_a_close_frame_of_the_server():
    answers = []

    async def then(frame, send, receive):
        await send({"type": "websocket.close", "code": 4001})
        answers.append(frame["write"](framed("late")))

    async with served(accepting(then)) as url, connect(url) as client:
        with pytest.raises(ConnectionClosed):
            await client.recv()

    assert (answers, client.close_code) == ([False], 4001)


@on_uvloop
async def test_nothing_is_written_behind_a_close_frame_of_the_client():
    answers = []

    async def then(frame, send, receive):
        assert (await receive())["type"] == "websocket.disconnect"
        answers.append(frame["write"](framed("late")))

    async with served(accepting(then)) as url, connect(url):
        pass

    assert answers == [False]


@on_uvloop
async def test_nothing_is_written_while_the_client_does_not_read():
    left = asyncio.Event()

    async def then(frame, send, receive):
        large = b"\x82\x7e\xff\xff" + bytes(65_535)
        while frame["write"](large):  # noqa: ASYNC110 -- until the buffers are full
            await asyncio.sleep(0)
        assert not frame["write"](framed("no"))
        left.set()
        await send(text("end"))
        await receive()

    async with served(accepting(then)) as url, connect(url, max_queue=1, max_size=None) as client:
        await left.wait()
        while (message := await client.recv()) != "end":
            assert len(message) == 65_535  # every frame that was taken is whole


@on_uvloop
async def test_a_frame_is_spread_over_many_lines_and_those_on_hold_are_told():
    frames, together = [], asyncio.Event()

    async def then(frame, send, receive):
        frames.append(frame)
        await together.wait()
        await send(text("end"))
        await receive()

    async with served(accepting(then)) as url, connect(url) as one, connect(url) as other:
        while len(frames) < 2:  # noqa: ASYNC110 -- both have come
            await asyncio.sleep(0.01)
        frames[1]["hold"](True)
        lines = [frame["line"] for frame in frames]
        left = frames[0]["spread"](lines, framed("a"))
        frames[1]["hold"](False)
        left_later = frames[0]["spread"](lines, framed("b"))
        together.set()

        assert (left, left_later) == ([lines[1]], [])
        assert [await one.recv() for _ in range(3)] == ["a", "b", "end"]
        assert [await other.recv() for _ in range(2)] == ["b", "end"]


@on_uvloop
async def test_a_line_is_nobody_elses_until_its_application_returns():
    """The kernel gives the file of one who left to the next who comes."""
    frames, done = [], asyncio.Event()

    async def then(frame, send, receive):
        frames.append(frame)
        await send(text("in"))
        await receive()
        if frame is frames[0]:
            await done.wait()

    async with served(accepting(then)) as url:
        async with connect(url) as first:
            await first.recv()
        async with connect(url) as second:
            await second.recv()
            taken = frames[0]["write"](framed("to the first"))
            frames[1]["write"](framed("to the second"))

            assert (taken, await second.recv()) == (False, "to the second")
        done.set()


@on_uvloop
async def test_what_an_application_writes_after_its_return_reaches_nobody():
    """Its line is another's by then."""
    frames = []

    async def then(frame, send, receive):
        frames.append(frame)
        await send(text("in"))
        await receive()

    async with served(accepting(then)) as url:
        async with connect(url) as first:
            await first.recv()
        await asyncio.sleep(0.05)
        async with connect(url) as second:
            await second.recv()
            taken = frames[0]["write"](framed("to the first"))
            frames[1]["write"](framed("to the second"))

            assert frames[0]["line"] == frames[1]["line"]
            assert (taken, await second.recv()) == (False, "to the second")


@on_uvloop
async def test_lines_are_given_back():
    lines = []

    async def then(frame, send, receive):
        lines.append(frame["line"])
        await receive()

    async with served(accepting(then)) as url:
        for _ in range(3):
            async with connect(url):
                pass
            await asyncio.sleep(0.05)

    assert lines == lines[:1] * 3


@on_uvloop
async def test_frames_are_encrypted_where_the_line_is(tmp_path):
    certificate = certify(tmp_path / "localhost.pem")

    async def then(frame, send, receive):
        assert frame["write"](framed("a"))
        await receive()

    async with served(accepting(then), ssl_certfile=certificate) as url:
        trusting = ssl.create_default_context(cafile=certificate)
        async with connect(url.replace("ws:", "wss:"), ssl=trusting, server_hostname="localhost") as client:
            assert await client.recv() == "a"


def certify(file):
    """Write a key and a certificate of its own for localhost; answer the file's name."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return str(file)


@on_uvloop
async def test_abort_cuts_the_connection():
    async def then(frame, send, receive):
        frame["abort"]()
        assert not frame["write"](framed("late"))
        await receive()

    async with served(accepting(then)) as url, connect(url) as client:
        with pytest.raises(ConnectionClosed):
            await client.recv()

    assert client.close_code == 1006


@on_uvloop
async def test_a_handshake_that_is_none_reaches_no_application():
    async def app(scope, receive, send):
        raise AssertionError

    async with served(app) as url:
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, additional_headers={"Sec-WebSocket-Version": "1"})

    assert refused.value.response.status_code == 400


@on_uvloop
async def test_a_socket_is_no_line_in_the_log(caplog):
    caplog.set_level("INFO")

    async with served(accepting(lambda frame, send, receive: receive())) as url, connect(url):
        pass

    assert [line for line in caplog.messages if "WebSocket" in line or "connection" in line.lower()] == []


@on_uvloop
async def test_a_connection_keeps_nothing_in_a_dictionary():
    kept = []

    async def then(frame, send, receive):
        kept.append(vars(frame["abort"].__self__))
        await receive()

    async with served(accepting(then)) as url, connect(url):
        pass

    assert kept == [{}]


@on_uvloop
async def test_an_inbox_gives_in_the_order_of_arrival():
    inbox = Inbox()
    for message in "ab":
        inbox.put_nowait(message)

    assert [await inbox.get(), await inbox.get(), inbox.empty()] == ["a", "b", True]


@on_uvloop
async def test_an_inbox_wakes_its_reader():
    inbox = Inbox()
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)

    inbox.put_nowait("a")
    inbox.put_nowait("b")

    assert [await reader, await inbox.get()] == ["a", "b"]


@on_uvloop
async def test_a_reader_that_is_cancelled_takes_nothing():
    inbox = Inbox()
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait("a")
    reader.cancel()
    await asyncio.wait([reader])

    assert (reader.cancelled(), await inbox.get()) == (True, "a")
