"""Clients that take their time, and come again as soon as they are let go. An event loop in a thread of its own."""

import asyncio
import contextlib
import itertools
import socket
import threading
from collections import Counter

PAUSE_SECONDS = 1.0
ARRIVAL_SECONDS = 15.0  # in which they come: all at once they would be a storm of requests, and no slow clients
ESTABLISHED = 1
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = b"POST /api/v1/posts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n"


class Crowd:
    """So many clients, of three kinds in equal parts; `ended` counts by kind how often the server has let one go."""

    def __init__(self, port, large, count):
        """`large`: the path of an answer that no kernel takes at once."""
        unread = f"GET {large} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() * 3
        kinds = (("head", b"", HEAD), ("body", BODY, b"x"), ("unread", unread, b""))
        self.ended = Counter()
        self.waiting = 0
        self._address = ("127.0.0.1", port)
        self._clients = list(itertools.islice(itertools.cycle(kinds), count))

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._all.cancel)
        self._thread.join()

    def _run(self):
        with contextlib.suppress(asyncio.CancelledError), contextlib.closing(self._loop):
            self._all = self._loop.create_task(self._come())
            self._loop.run_until_complete(self._all)

    async def _come(self):
        step = ARRIVAL_SECONDS / len(self._clients)
        await asyncio.gather(*(self._come_again(n * step, *client) for n, client in enumerate(self._clients)))

    async def _come_again(self, after, kind, first, then):
        await asyncio.sleep(after)
        while True:
            with socket.socket() as own, contextlib.suppress(ConnectionError):
                own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                own.setblocking(False)
                await self._loop.sock_connect(own, self._address)
                self.waiting += 1
                await self._dawdle(own, first, then)
            self.waiting -= 1
            self.ended[kind] += 1

    async def _dawdle(self, own, first, then):
        """Say something, and then a byte a second, until the server has closed."""
        await self._loop.sock_sendall(own, first)
        for byte in itertools.chain(then, itertools.repeat(ord("x"))):
            await asyncio.sleep(PAUSE_SECONDS)
            if own.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != ESTABLISHED:
                return
            if then:
                await self._loop.sock_sendall(own, bytes([byte]))
