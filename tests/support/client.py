"""A client of rt.v1 in Python: connects, says hello, reads frames, keeps its cursor. Reconnecting is its caller's."""

import json
import socket
import time
from collections import deque
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.wait import HEARD_SECONDS


class LiveClient:
    """One socket. Frames that nobody asked for yet are kept in order."""

    def __init__(self, url, *, token=None, cookie=None, origin=None, headers=(), receive_bytes=None):
        """`receive_bytes` is what the kernel keeps for a client that does not read; it grows to 33 MB by default."""
        extra = dict(headers)
        if token:
            extra["Authorization"] = f"Bearer {token}"
        if cookie:
            extra["Cookie"] = cookie
        options = {"open_timeout": HEARD_SECONDS, "close_timeout": 1, "compression": None}
        if receive_bytes:
            options["sock"] = _narrow(url, receive_bytes)
        self._opening = connect(url, additional_headers=extra, origin=origin, **options)
        self.socket = self._opening.__enter__()
        self.frames = deque()
        self.cursor = None
        self.said = []  # of the bus, by the server
        self.maintenance = None  # what the server says of it, while there is one
        self.shown = []  # (seq, kind) of each event taken, in the order of taking

    def close(self):
        self._opening.__exit__(None, None, None)

    def send(self, **frame):
        self.socket.send(json.dumps(frame))

    def hello(self, *, cursor=None, topics=()):
        """Say hello and wait for `ready`; answer the welcome. Replayed events are kept for `event`."""
        self.send(t="hello", client={"app": "test"}, cursor=cursor, topics=list(topics))
        welcome = self.next("welcome")
        self.cursor = {"epoch": welcome["epoch"], "seq": cursor["seq"] if cursor else welcome["head"]}
        self.next("ready")
        return welcome

    def next(self, *types, timeout=HEARD_SECONDS, where=lambda frame: True):
        """Take the first frame of these types; others stay in their order. What is said of the bus is kept apart."""
        deadline = time.monotonic() + timeout
        while True:
            for frame in self.frames:
                if frame["t"] in types and where(frame):
                    self.frames.remove(frame)
                    return frame
            self._read(deadline)

    def bus_says(self, state, timeout=HEARD_SECONDS):
        """Wait until the server says this of the bus: `ok` or `paused`."""
        deadline = time.monotonic() + timeout
        while not self.said or self.said[-1] != state:
            self._read(deadline)

    def maintenance_says(self, timeout=HEARD_SECONDS):
        """Wait until the server says that there is maintenance; answer what it says of it."""
        deadline = time.monotonic() + timeout
        while self.maintenance is None:
            self._read(deadline)
        return self.maintenance

    def _read(self, deadline):
        for line in self.socket.recv(timeout=max(0.0, deadline - time.monotonic())).split("\n"):
            frame = json.loads(line)
            if frame.get("topic") == "live":
                self.said.append(frame["d"]["state"])
                self.maintenance = frame["d"].get("maintenance")
            else:
                self.frames.append(frame)

    def event(self, *kinds, timeout=HEARD_SECONDS):
        """Take the next durable event, which must be of these kinds if any are named; the cursor moves with it."""
        frame = self.next("ev", timeout=timeout)
        assert not kinds or frame["k"] in kinds, frame
        self.cursor["seq"] = frame["seq"]
        self.shown.append((frame["seq"], frame["k"]))
        return frame

    def events(self, count, *kinds, timeout=HEARD_SECONDS):
        return [self.event(*kinds, timeout=timeout) for _ in range(count)]

    def nothing(self, seconds=0.3, *types):
        """Wait, and tell which frames came: an empty list for silence."""
        try:
            return [self.next(*(types or ("ev", "st", "cnt")), timeout=seconds)]
        except TimeoutError:
            return []

    def close_code(self, timeout=HEARD_SECONDS):
        """Read on until the server closes, and tell the code."""
        deadline = time.monotonic() + timeout
        try:
            while True:
                self._read(deadline)
        except ConnectionClosed:
            return self.socket.protocol.close_code


def _narrow(url, receive_bytes):
    address = urlsplit(url)
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)  # before it connects
    narrow.connect((address.hostname, address.port))
    return narrow
