"""One connection to one Redis: commands go out, replies come in, in order. Knows no channel, and who asked what.

An asyncio protocol of our own over hiredis: a burst is read in one go, at 1.2 microseconds of CPU a message. redis-py's
connection costs a coroutine, a time-out and several layers for each, 4.0 microseconds on the same machine.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from typing import Any, cast

import hiredis
import redis
from redis._parsers.base import BaseParser
from redis.connection import parse_url

from realtime.rings import Command

CONNECT_TIMEOUT_SECONDS = 2.0
PING_SECONDS = 5.0
SILENCE_SECONDS = 11.0  # two pings unanswered: a paused Redis is as good as none
TURN = 64  # replies handed on before other tasks get the loop

OnReply = Callable[[Any], None]


class Line(asyncio.Protocol):
    """A connection that is open; `lost` says when it is not any more."""

    def __init__(self, on_reply: OnReply, *, asks: bool = False) -> None:
        """`asks`: a refusal comes as redis-py's exception for it."""
        self._on_reply = on_reply
        self._reader = hiredis.Reader(replyError=cast(Any, BaseParser.parse_error)) if asks else hiredis.Reader()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._heard_at = self._loop.time()
        self.lost = self._loop.create_future()

    def send(self, commands: Iterable[Command]) -> None:
        """Send commands in one write; nothing happens once the line is lost."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(hiredis.pack_command(cast(Any, command)) for command in commands))

    def close(self) -> None:
        """Cut the line now."""
        if self._transport is not None:
            self._transport.abort()

    async def sign_in(self, greetings: list[Command]) -> None:
        """Say who we are and what we want, and see that it answers.

        Raises:
            redis.ConnectionError: if it refuses.
        """
        answers: asyncio.Queue[Any] = asyncio.Queue()
        on_reply, self._on_reply = self._on_reply, answers.put_nowait
        self.send([*greetings, ("PING",)])
        while (answer := await answers.get()) != b"PONG":
            if isinstance(answer, Exception):
                raise redis.ConnectionError(str(answer))
        self._on_reply = on_reply

    def watch(self) -> None:
        """Ping from time to time, and cut the line when nothing is heard."""
        if self.lost.done():
            return
        if self._loop.time() - self._heard_at > SILENCE_SECONDS:
            self.close()
            return
        self.send([("PING",)])
        self._loop.call_later(PING_SECONDS, self.watch)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._reader.feed(data)
        self._hand_on()

    def _hand_on(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        for _ in range(TURN):
            reply = self._reader.gets()
            if reply is False:  # nothing whole is left
                self._transport.resume_reading()
                return
            self._on_reply(reply)
        self._transport.pause_reading()
        self._loop.call_soon(self._hand_on)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(error)


async def connect(url: str, on_reply: OnReply, *, asks: bool = False) -> Line:
    """Open a line; each reply and message is handed to `on_reply`, which raises nothing.

    One that listens pings, and hands on those answers as well. One that asks uses the URL's database, which channels
    have none of; whoever asks sees by itself that nothing is answered.

    Raises:
        OSError, redis.RedisError: if there is no Redis that lets us in within CONNECT_TIMEOUT_SECONDS.
    """
    options: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call]
    line = Line(on_reply, asks=asks)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            await _open(line, options)
            await line.sign_in(_greetings(options, asks=asks))
    except BaseException:
        line.close()
        raise
    if not asks:
        line.watch()
    return line


def _greetings(options: dict[str, Any], *, asks: bool) -> list[Command]:
    credentials = [options[name] for name in ("username", "password") if options.get(name)]
    database = options.get("db", 0) if asks else 0
    return [*([("AUTH", *credentials)] if credentials else []), *([("SELECT", database)] if database else [])]


async def _open(line: Line, options: dict[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    if path := options.get("path"):
        await loop.create_unix_connection(lambda: line, path)
        return
    host, port = options.get("host", "localhost"), options.get("port", 6379)
    await loop.create_connection(lambda: line, host, port, ssl=_tls(options))


def _tls(options: dict[str, Any]) -> ssl.SSLContext | None:
    """The context that redis-py makes of the same URL's options."""
    if options.get("connection_class") is not redis.SSLConnection:
        return None
    context = ssl.create_default_context(cafile=options.get("ssl_ca_certs"), capath=options.get("ssl_ca_path"))
    if certificate := options.get("ssl_certfile"):
        context.load_cert_chain(certificate, options.get("ssl_keyfile"), options.get("ssl_password"))
    if options.get("ssl_cert_reqs") in ("none", "optional"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE if options["ssl_cert_reqs"] == "none" else ssl.CERT_OPTIONAL
    return context
