"""The floor: one commit of one row, one PUBLISH, one frame through the web process to one socket. Nothing is faster.

It is measured while the likes are given, on the same processes and in the same weather, so that their ratio says
something on a machine that others use too.
"""

import itertools
import threading
import time
from dataclasses import dataclass, field

import psycopg
import redis

from bench import machine
from realtime import bus, protocol

RATE = 20  # probes a second
FRAME_BYTES = 1_000  # about what a like's event has
FIRST_VERSION = 1_000_000_000


@dataclass
class Floor:
    """Commits and publishes to a topic that one socket watches, at a steady rate, while it is open."""

    topic: str
    database_url: str
    redis_url: str
    begun: dict[int, int] = field(default_factory=dict)  # version → the clock before its commit

    def __post_init__(self) -> None:
        self._versions = itertools.count(FIRST_VERSION)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "Floor":
        self._ended.clear()
        self.begun.clear()
        self._thread = threading.Thread(target=self._run, name="floor")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._thread
        self._ended.set()
        self._thread.join()

    def waits(self, heard: list[tuple[int, bytes]]) -> list[float]:
        """Milliseconds from each commit's begin to its frame, of those that were heard."""
        arrivals = {version_of(frame): at for at, frame in heard}
        return [(arrivals[ver] - began) / 1e6 for ver, began in self.begun.items() if ver in arrivals]

    def _run(self) -> None:
        machine.pin(0, machine.SERVER_CORE)
        client = redis.Redis.from_url(self.redis_url)
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigint)")
            while not self._ended.wait(1 / RATE):
                version = next(self._versions)
                message = bus.of_state(self.topic, self._frame(version))
                self.begun[version] = time.monotonic_ns()
                connection.execute("INSERT INTO bench_floor VALUES (%s)", [version], prepare=True)
                client.publish(message.channel, message.payload)
        client.close()

    def _frame(self, version: int) -> str:
        return protocol.state(self.topic, version, {"comment_count": 0, "added": ["x" * FRAME_BYTES], "removed": []})


def version_of(frame: bytes) -> int:
    """The version of a state frame."""
    return int(frame.partition(b'"ver":')[2].partition(b",")[0])
