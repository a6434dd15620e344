"""The whole client of rt.v1 in Python: reconnects, resumes, loads snapshots, beats. Many share one thread cheaply.

What it must do is decided in `clientlog`; here are the socket, the clock and the journal that the checker reads.
"""

import asyncio
import contextlib
import json
import random
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from tests.support.clientlog import HOLD_SECONDS, ClientLog, Topics

FIRST_SECONDS, LONGEST_SECONDS, STABLE_SECONDS = 1.0, 30.0, 30.0
OPEN_SECONDS = 5.0
WATCH_SECONDS = 0.1
ABNORMAL = 1006


@dataclass(slots=True)
class Entry:
    """A line of a client's journal."""

    at: float  # time.monotonic()
    what: str  # shown, topic, connected, closed, resume, resync, snapshot, revoked, stopped
    detail: object


class Viewer:
    """One open page or phone. It goes on until it is stopped, by its owner or by a 44xx."""

    def __init__(
        self, name, urls, *, headers=(), user=None, topics=(), posts=(), cursor=None, scale=1.0, receive_bytes=None
    ):
        """`urls` are web processes' (`http://…`), tried in turn, as a balancer would; `scale` shortens all waits.

        `receive_bytes`: the kernel keeps no more for it than that, so that a sleeper soon blocks its server.
        """
        self.name = name
        self.user = user
        self.journal = []
        self.state = "new"  # connecting, live, waiting, stopped
        self.close_code = None
        self.conn = None
        self.log = ClientLog(self._shown, cursor=dict(cursor) if cursor else None, hold_seconds=HOLD_SECONDS)
        self.topics = Topics(topics, posts, changed=lambda topic, value: self._note("topic", (topic, value)))
        self._urls = list(urls)
        self._turn = random.randrange(len(self._urls))
        self._headers = dict(headers)
        self._scale = scale
        self._receive_bytes = receive_bytes
        self._failures = 0
        self._awake = asyncio.Event()
        self._awake.set()
        self._stopped = asyncio.Event()
        self._socket = None
        self._jitter = None
        self._tasks = set()

    # What its owner may do, from the loop's own thread (`Crowd.call`).

    def sleep(self):
        """Read nothing and say nothing, as a laptop whose lid is shut."""
        self._awake.clear()

    def wake(self):
        self._awake.set()

    def stop(self):
        self._stopped.set()
        self._awake.set()
        if self._socket is not None:
            self._socket.transport.abort()

    async def send(self, **frame):
        await self._socket.send(json.dumps(frame))

    async def run(self):
        """Be connected until stopped."""
        try:
            while not self._stopped.is_set():
                self.state = "connecting"
                began = time.monotonic()
                code = await self._session()
                self.close_code = code
                self._note("closed", code)
                self.log.disconnected()
                if time.monotonic() - began > STABLE_SECONDS * self._scale:
                    self._failures = 0
                if 4400 <= code < 4500:
                    break
                self.state = "waiting"
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), self._delay(code))
        finally:
            self.state = "stopped"
            self._note("stopped", self.close_code)
            for task in self._tasks:
                task.cancel()

    def _delay(self, code):
        """How long to wait after a close: at once (with the jitter given) in band 40xx, else with patience."""
        if 4000 <= code < 4100:
            low, high = self._jitter or (0, 1000 * self._scale)
            self._jitter = None
            return random.uniform(low, high) / 1000
        self._failures += 1
        spread = random.uniform(0, min(LONGEST_SECONDS, FIRST_SECONDS * 2**self._failures))
        return min(LONGEST_SECONDS, FIRST_SECONDS + spread) * self._scale

    async def _session(self):
        """One connection, from the handshake to its close code."""
        self._turn = (self._turn + 1) % len(self._urls)
        url = f"{self._urls[self._turn].replace('http', 'ws', 1)}/rt"
        options = {"open_timeout": OPEN_SECONDS, "close_timeout": 0.5, "ping_interval": None, "compression": None}
        try:
            if self._receive_bytes:
                options |= {"sock": await self._narrow(urlsplit(url)), "max_queue": 1}
            async with connect(url, additional_headers=self._headers, proxy=None, **options) as line:
                return await self._talk(line)
        except ConnectionClosed:
            return ABNORMAL
        except (OSError, TimeoutError, InvalidHandshake, InvalidMessage):
            return ABNORMAL

    async def _narrow(self, address):
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_bytes)  # before it connects
        narrow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(narrow, (address.hostname, address.port))
        return narrow

    async def _talk(self, line):
        self._socket = line
        self._heard_at = self._said_at = time.monotonic()
        self._every = self._within = None
        watch = asyncio.ensure_future(self._watch(line))
        try:
            hello = {"t": "hello", "client": {"app": "test"}, "cursor": self.log.cursor, "topics": self.topics.names}
            await line.send(json.dumps(hello))
            while True:
                frames = await line.recv()
                await self._awake.wait()
                for frame in frames.split("\n"):
                    await self._take(line, json.loads(frame))
        except ConnectionClosed:
            return line.close_code or ABNORMAL
        finally:
            self._socket = None
            watch.cancel()

    async def _take(self, line, frame):
        now = self._heard_at = time.monotonic()
        if frame["t"] == "welcome":
            self._welcome(frame)
        elif frame["t"] in ("resync", "revoked", "lag", "err"):
            self._note(frame["t"], frame)
        self.topics.receive(frame)
        await self._obey(line, self.log.receive(frame, now))
        if frame["t"] == "ready":
            self.state = "live"
            for more in self.topics.connected():
                await line.send(json.dumps(more))

    def _welcome(self, frame):
        self.conn = frame["conn"]
        self._every = frame["hb"]["every"] / 1000 * self._scale
        self._within = frame["hb"]["within"] / 1000 * self._scale
        self._note("connected", (frame["node"], frame["resume"], frame["head"]))

    async def _obey(self, line, orders):
        for order, detail in orders:
            match order:
                case "send":
                    self._note("resume", detail["seq"])
                    await line.send(json.dumps(detail))
                case "snapshot":
                    self._start(self._load(detail))
                case "reconnect":
                    self._jitter = (0, 0)
                    self._start(self._leave(line, random.uniform(*detail) / 1000))
                case "stop":
                    self._stopped.set()  # the server closes; what it still says is for the judge

    def _start(self, work):
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _leave(self, line, seconds):
        await asyncio.sleep(seconds)
        await line.close(4001)

    async def _load(self, reason):
        """Fetch the snapshot until it comes: without it nothing can be shown."""
        async with httpx.AsyncClient(timeout=5, headers=self._headers) as web:
            while True:
                try:
                    answer = await web.get(f"{self._urls[self._turn]}/api/v1/notifications", params={"limit": 50})
                    answer.raise_for_status()
                    break
                except httpx.HTTPError:
                    self._turn = (self._turn + 1) % len(self._urls)
                    await asyncio.sleep(FIRST_SECONDS * self._scale)
        at = answer.json()["at"]
        self._note("snapshot", at)
        if orders := self.log.loaded(at, time.monotonic()):
            await self._obey(self._socket, orders)

    async def _watch(self, line):
        """What time brings: holes that stay, heartbeats, a line that has gone dead without a word."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await self._awake.wait()
            now = time.monotonic()
            if self._every and self._heard_at < self._said_at and now - self._said_at > self._within:
                line.transport.abort()
            with contextlib.suppress(ConnectionClosed):
                await self._obey(line, self.log.tick(now))
                if self._every and now - self._said_at >= self._every:
                    self._said_at = now
                    await line.send(json.dumps({"t": "hb", "seq": self.log.seq}))

    def _shown(self, frame):
        self._note("shown", frame)

    def _note(self, what, detail):
        self.journal.append(Entry(time.monotonic(), what, detail))

    # What its journal says.

    def entries(self, what):
        return [entry for entry in self.journal if entry.what == what]

    def journal_of(self, *kinds):
        """A short word on each entry of these kinds."""
        return ", ".join(f"{entry.what} {entry.detail}" for entry in self.journal if entry.what in kinds)

    @property
    def reconnects(self):
        return max(0, len(self.entries("connected")) - 1)

    @property
    def close_codes(self):
        return Counter(entry.detail for entry in self.entries("closed"))


class Crowd:
    """A thread with a loop in which viewers, and whatever else a test wants, run side by side."""

    def __init__(self):
        self.viewers = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="crowd", daemon=True)
        self._running = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, work, *, timeout=30):
        """Run a coroutine in the crowd's loop, and answer what it answers."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def do(self, function, *arguments):
        """Call a function in the crowd's thread."""

        async def call():
            return function(*arguments)

        return self.call(call())

    def start(self, work):
        """Start a coroutine that runs beside; its errors are raised when the crowd ends."""
        self._running.append(asyncio.run_coroutine_threadsafe(work, self._loop))
        return self._running[-1]

    def join(self, *viewers):
        """Have viewers connect; returns at once."""
        for viewer in viewers:
            self.viewers.append(viewer)
            self.start(viewer.run())

    def until(self, condition, *, seconds=15.0):
        """Wait until a condition holds of the crowd."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come about"
            time.sleep(0.02)

    def all_live(self, *, seconds=15.0):
        self.until(lambda: all(viewer.state == "live" for viewer in self.viewers), seconds=seconds)

    async def _end(self):
        for viewer in self.viewers:
            viewer.stop()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.wait(tasks, timeout=5) if tasks else None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
