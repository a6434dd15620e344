"""A TCP proxy that breaks the line between two real processes, in a thread of its own. Reads messages in bus mode only.

    with FaultProxy(target_port) as proxy:
        proxy.set("stall")      # and "ok" again

| mode | what it does |
|---|---|
| `ok` | passes bytes on, in order |
| `delay` | each piece comes `seconds` later |
| `rate` | `bytes_a_second` a connection and direction |
| `stall` | connections stay open and nothing passes, as behind a router that lost power; new ones are accepted |
| `cut` | every connection is reset and new ones are refused |
| `drop` | bytes are thrown away; whoever sent them is not told, and the connection is reset once the mode changes |

`lossy(drop=0.1, duplicate=0.2, reorder=0.2, seed=1)` instead treats messages: those that Redis pushes to subscribers,
or, with `kind=wsframes`, those that a server of ours sends to a page.
"""

import asyncio
import random
import socket
import struct
import threading

from project.up import ports
from tests.support import resp

READ_BYTES = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: no wait, so that close sends a reset


class FaultProxy:
    """Listens on `port` and connects on to `target_port`; all that it may be told is safe from any thread."""

    def __init__(self, target_port, *, port=None, kind=resp):
        self.target_port = target_port
        self.kind = kind  # of messages: a module with a Splitter, and is_message
        self.port = port or ports.choose()
        self.connected = 0  # connections since the start
        self.lost = self.repeated = self.turned = self.passed = 0  # messages in bus mode
        self._mode = "ok"
        self._seconds = 0.0
        self._bytes_a_second = 0
        self._bus = None
        self._lines = {}  # each with the task that serves it
        self._flows = asyncio.Event()
        self._flows.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"proxy {self.port}", daemon=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def start(self):
        self._thread.start()
        self._run(self._listen())
        return self

    def close(self):
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def set(self, mode, *, seconds=0.0, bytes_a_second=0):
        """Behave so from here on, for connections that are open too; returns when it holds."""
        assert mode in {"ok", "delay", "rate", "stall", "cut", "drop"}, mode
        self._run(self._set(mode, seconds, bytes_a_second))

    def lossy(self, *, drop=0.0, duplicate=0.0, reorder=0.0, seed=1):
        """Treat pushed messages so, by these shares, for connections made later or open; all 0 ends it."""
        chances = (drop, duplicate, reorder)
        self._bus = (*chances, random.Random(seed)) if any(chances) else None

    def cut_open(self):
        """Reset every connection that is open now; new ones are as the mode says."""
        self._run(self._reset())

    @property
    def open(self):
        return len(self._lines)

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, backlog=2048)

    async def _refuse(self):
        """Listen no more: the kernel refuses.

        What was accepted in this turn of the loop becomes a line first. Of a server that is closed asyncio would lose
        it, open (https://github.com/python/cpython/issues/109564).
        """
        for listener in self._server.sockets:
            self._loop.remove_reader(listener.fileno())
        for _ in range(2):  # its transport, its line
            await asyncio.sleep(0)
        self._server.close()

    async def _end(self):
        await self._refuse()
        await self._reset()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _set(self, mode, seconds, bytes_a_second):
        was, self._mode = self._mode, mode
        self._seconds, self._bytes_a_second = seconds, bytes_a_second
        (self._flows.clear if mode == "stall" else self._flows.set)()
        if mode == "cut":
            await self._refuse()
            await self._reset()
        elif was == "cut":
            await self._listen()
        if was == "drop" and mode != "drop":
            await self._reset()

    async def _reset(self):
        for line in list(self._lines):
            line.reset()

    def _accept(self, reader, writer):
        """No coroutine: of one that is cancelled, as at the end, asyncio would print an error."""
        self.connected += 1
        line = _Line(self, reader, writer)
        self._lines[line] = asyncio.ensure_future(line.run())
        self._lines[line].add_done_callback(lambda _: self._lines.pop(line))

    async def passes(self, size):
        """Wait until this many bytes may pass; answer whether they shall at all."""
        await self._flows.wait()
        if self._mode == "delay":
            await asyncio.sleep(self._seconds)
        elif self._mode == "rate":
            await asyncio.sleep(size / self._bytes_a_second)
        return self._mode != "drop"

    def treat(self, replies, late):
        """Lose, repeat and turn round pushed messages, by the shares that are set; other replies stay as they are.

        `late` keeps, for one line, the message that shall come after the next one.
        """
        if self._bus is None:
            self.passed += sum(map(self.kind.is_message, replies))
            return [*_emptied(late), *replies]
        drop, duplicate, reorder, chance = self._bus
        kept = []
        for reply in replies:
            if not self.kind.is_message(reply):
                kept.append(reply)
            elif chance.random() < drop:
                self.lost += 1
            elif late:
                self.turned += 1
                kept += [reply, *_emptied(late)]
            elif chance.random() < reorder:
                late.append(reply)
            elif chance.random() < duplicate:
                self.repeated += 1
                kept += [reply, reply]
            else:
                self.passed += 1
                kept.append(reply)
        return kept


def _emptied(late):
    taken = list(late)
    late.clear()
    return taken


class _Line:
    """One connection through the proxy: two pumps, one for each direction."""

    def __init__(self, proxy, reader, writer):
        self._proxy = proxy
        self._ends = [(reader, writer)]
        self._tasks = []
        self._late = []

    async def run(self):
        try:
            self._ends.append(await asyncio.open_connection("127.0.0.1", self._proxy.target_port))
        except OSError:
            self.reset()
            return
        (client, to_client), (server, to_server) = self._ends
        self._tasks = [
            asyncio.ensure_future(self._pump(client, to_server)),
            asyncio.ensure_future(self._pump(server, to_client, self._proxy.kind.Splitter())),
        ]
        await asyncio.wait(self._tasks)
        for _, writer in self._ends:
            writer.close()

    async def _pump(self, reader, writer, splitter=None):
        try:
            while data := await reader.read(READ_BYTES):
                if not await self._proxy.passes(len(data)):
                    continue
                for piece in self._pieces(data, splitter):
                    writer.write(piece)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        except (OSError, RuntimeError):
            self.reset()

    def _pieces(self, data, splitter):
        """The bytes as they are, or reply by reply where messages go by."""
        if splitter is None or not splitter.speaks(data):
            return [data]
        return self._proxy.treat(splitter.feed(data), self._late)

    def reset(self):
        for task in self._tasks:
            task.cancel()
        for _, writer in self._ends:
            raw = writer.get_extra_info("socket")
            if raw is not None and not writer.transport.is_closing():
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
