"""Thousands of WebSocket clients in one process of their own, on bare epoll so that they are never the bottleneck.

Speaks only what the measurements need: no masks but zero, no fragments, no TLS, no ping. One command at a time.
"""

import multiprocessing
import os
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from bench import machine

OPENING = 100  # sockets in their handshake at once
OPEN_SECONDS = 60.0
READ_BYTES = 64 * 1024
EVENTS_A_TURN = 1024
TEXT = 1
STATE_MARK = b'{"t":"st",'
EVENT_MARK = b'{"t":"ev",'
RESYNC_MARK = b'{"t":"resync",'


@dataclass(slots=True)
class Client:
    """One socket: the bytes of a frame that is not whole yet, and how many states have come."""

    socket: socket.socket
    rest: bytes = b""
    count: int = 0
    shaken: bool = False


OnFrame = Callable[[Client, bytes], None]


class Swarm:
    """The clients, in their process. Each method is a command and returns what the parent gets."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._clients: dict[int, Client] = {}
        self._closed = 0

    def open(self, port: int, tokens: Sequence[str | None], hello: bytes, ready: bytes) -> dict[str, Any]:
        """Open a socket for each token. After the handshake each says `hello`, and is open with the frame that has
        `ready` in it; without a hello, it is open with the handshake.
        """
        asked = opened = 0

        def greeted(_: Client, frame: bytes) -> None:
            nonlocal opened
            opened += ready in frame

        began = time.monotonic()
        while opened < len(tokens):
            for token in tokens[asked : opened + OPENING]:
                self._connect(port, token)
                asked += 1
            for client, data in self._read(0.1):
                if client.shaken:
                    self._split(client, data, greeted)
                elif self._shake(client, data, hello):
                    opened += not hello
                    self._split(client, b"", greeted)
            if time.monotonic() - began > OPEN_SECONDS or self._closed:
                raise RuntimeError(f"{opened} of {len(tokens)} sockets opened, {self._closed} were closed")
        return {"seconds": time.monotonic() - began}

    def count(self, first: int, events: int, clients: int, timeout: float) -> dict[str, Any]:
        """Count states of versions `first` and on, in order, until all clients have all of them."""
        wanted = [b'"ver":%d,' % (first + number) for number in range(events)]
        wrong = 0
        left = events * clients

        def counted(client: Client, frame: bytes) -> None:
            nonlocal left, wrong
            if not frame.startswith(STATE_MARK):
                return
            if client.count < events and wanted[client.count] in frame:
                client.count += 1
                left -= 1
            else:
                wrong += 1

        for client in self._clients.values():
            client.count = 0
        cpu, last = time.process_time(), 0
        deadline = time.monotonic() + timeout
        while (left > 0 or not events) and time.monotonic() < deadline:
            for client, data in self._read(0.05):
                self._split(client, data, counted)
            last = time.monotonic_ns()
        return {"lost": left, "wrong": wrong, "last_ns": last, "cpu": time.process_time() - cpu, "closed": self._closed}

    def listen(self, author: int, expected: int, echoes: int, timeout: float, linger: float) -> dict[str, Any]:
        """Keep every event of the `author`th socket with its time, count those of the others, until enough have come;
        then listen on for `linger` seconds, for what is too much.
        """
        received: list[tuple[int, bytes]] = []
        others = resyncs = 0
        now = 0

        def kept(client: Client, frame: bytes) -> None:
            nonlocal others, resyncs
            if frame.startswith(EVENT_MARK):
                if client is chosen:
                    received.append((now, frame))
                else:
                    others += 1
            elif client is chosen and frame.startswith(RESYNC_MARK):
                resyncs += 1

        chosen = list(self._clients.values())[author]
        deadline = time.monotonic() + timeout
        lingering = False
        while time.monotonic() < deadline:
            for client, data in self._read(0.05):
                now = time.monotonic_ns()
                self._split(client, data, kept)
            if not lingering and len(received) >= expected and others >= echoes:
                lingering, deadline = True, time.monotonic() + linger
        return {"events": received, "others": others, "resyncs": resyncs, "closed": self._closed}

    def beat(self) -> None:
        """Send the protocol's heartbeat from every socket, so that none is given up."""
        for client in self._clients.values():
            client.socket.send(masked(b'{"t":"hb"}'))

    def close(self) -> None:
        """Close every socket."""
        for client in self._clients.values():
            client.socket.close()
        self._clients.clear()
        self._closed = 0

    def _connect(self, port: int, token: str | None) -> None:
        connected = socket.create_connection(("127.0.0.1", port))
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setblocking(False)
        sign_in = f"Authorization: Bearer {token}\r\n" if token else ""
        connected.send(
            f"GET /rt HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{sign_in}"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        self._clients[connected.fileno()] = Client(connected)
        self._epoll.register(connected.fileno(), select.EPOLLIN)

    @staticmethod
    def _shake(client: Client, data: bytes, hello: bytes) -> bool:
        """Take the answer to the handshake, and say hello; False while the answer is not whole."""
        head, found, client.rest = (client.rest + data).partition(b"\r\n\r\n")
        if not found:
            client.rest = head
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(f"refused: {head[:200]!r}")
        client.shaken = True
        if hello:
            client.socket.send(masked(hello))
        return True

    def _read(self, timeout: float) -> Iterator[tuple[Client, bytes]]:
        """What has come to each socket since the last look; those that are closed are counted and left."""
        for number, _ in self._epoll.poll(timeout, EVENTS_A_TURN):
            try:
                data = os.read(number, READ_BYTES)
            except ConnectionError:
                data = b""
            if data:
                yield self._clients[number], data
            else:
                self._closed += 1
                self._epoll.unregister(number)

    @staticmethod
    def _split(client: Client, data: bytes, on_frame: OnFrame) -> None:
        """Hand on each whole text frame of what has come; keep what is left."""
        if client.rest:
            data = client.rest + data
        at, size = 0, len(data)
        while size - at >= 4:
            length, body = data[at + 1], at + 2
            if length == 126:
                length, body = data[at + 2] << 8 | data[at + 3], at + 4
            elif length == 127:
                raise RuntimeError("a frame of more than 64 KiB")
            if body + length > size:
                break
            if data[at] & 15 == TEXT:
                on_frame(client, data[body : body + length])
            at = body + length
        client.rest = data[at:]


def masked(text: bytes) -> bytes:
    """A short client's frame; the mask of zeros is legal and leaves the text as it is."""
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


class Remote:
    """The parent's hold of a swarm in another process, on the clients' core."""

    def __init__(self, kind: type[Swarm] = Swarm) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(theirs, kind), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    def ask(self, command: str, *arguments: Any) -> None:
        """Have a command begun; `answer` gives its result."""
        self._pipe.send((command, arguments))

    def answer(self) -> Any:
        """Wait for the result of what was asked.

        Raises:
            RuntimeError: what went wrong there.
        """
        result = self._pipe.recv()
        if isinstance(result, Exception):
            raise result
        return result

    def do(self, command: str, *arguments: Any) -> Any:
        self.ask(command, *arguments)
        return self.answer()

    def end(self) -> None:
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, kind: type[Swarm]) -> None:
    machine.pin(0, machine.CLIENT_CORE)
    swarm = kind()
    while True:
        try:
            command, arguments = pipe.recv()
        except EOFError:  # the parent is gone
            return
        try:
            pipe.send(getattr(swarm, command)(*arguments))
        except Exception as error:
            pipe.send(error)
