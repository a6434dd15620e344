"""The clients of one author's likes: everybody watches the counters, the first also hears events and probes."""

import itertools
import time
from typing import Any

from bench.swarm import EVENT_MARK, RESYNC_MARK, STATE_MARK, Client, Swarm, masked

COUNTERS_MARK = b'{"t":"cnt",'


class Watchers(Swarm):
    """A swarm that hears everything of its first socket, and the counters of all."""

    def say(self, text: bytes) -> None:
        """Send one frame from every socket."""
        for client in self._clients.values():
            client.socket.send(masked(text))

    def hear(self, expected: int, timeout: float, linger: float) -> dict[str, Any]:
        """Keep each event and state of the first socket with its time, and when counters came to each; until the
        expected events have come, and `linger` seconds more.
        """
        events: list[tuple[int, bytes]] = []
        states: list[tuple[int, bytes]] = []
        counted: dict[int, list[int]] = {id(client): [] for client in self._clients.values()}
        last: dict[int, bytes] = {}
        resyncs = now = 0
        first = next(iter(self._clients.values()))

        def heard(client: Client, frame: bytes) -> None:
            nonlocal resyncs
            if frame.startswith(COUNTERS_MARK):
                counted[id(client)].append(now)
                last[id(client)] = frame
            elif client is first and frame.startswith(EVENT_MARK):
                events.append((now, frame))
            elif client is first and frame.startswith(STATE_MARK):
                states.append((now, frame))
            elif client is first and frame.startswith(RESYNC_MARK):
                resyncs += 1

        deadline, lingering = time.monotonic() + timeout, False
        while time.monotonic() < deadline:
            for client, data in self._read(0.05):
                now = time.monotonic_ns()
                self._split(client, data, heard)
            if not lingering and len(events) >= expected:
                lingering, deadline = True, time.monotonic() + linger
        return {
            "events": events,
            "states": states,
            "resyncs": resyncs,
            "closed": self._closed,
            "counters": max(map(_most_in_a_second, counted.values())),
            "counter_frames": sum(map(len, counted.values())),
            "last": {frame: list(last.values()).count(frame) for frame in set(last.values())},
        }


def _most_in_a_second(stamps: list[int]) -> int:
    """The most frames that came within any second."""
    most = begin = 0
    for end, stamp in enumerate(stamps):
        begin = next(n for n in itertools.count(begin) if stamp - stamps[n] < 1_000_000_000)
        most = max(most, end - begin + 1)
    return most
