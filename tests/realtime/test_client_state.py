"""The client on a bad line: old snapshot + events == fresh snapshot, each shown once and in order.

The client is the real logic (`tests.support.clientlog`); the server is a model of what docs/protocol.md promises.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.support.clientlog import ClientLog, Topics

MOST_REPLAYED = 6
KEYS = st.sampled_from("abc")


class Client:
    """The screen around the logic: what is drawn, and every event that was drawn."""

    def __init__(self):
        self.log = ClientLog(self._draw)
        self.screen = {}
        self.shown = []  # positions, and a mark where a snapshot replaced everything

    def _draw(self, frame):
        self.shown.append((self.log.cursor["epoch"], frame["seq"]))
        apply(self.screen, frame["d"])

    def load(self, at, screen, now):
        self.screen = dict(screen)
        self.shown.append(("snapshot", at))
        return self.log.loaded(at, now)


def apply(screen, change):
    """Draw one event: the state that results, so that drawing it twice changes nothing."""
    key, value = change
    if value is None:
        screen.pop(key, None)
    else:
        screen[key] = value


class Line(RuleBasedStateMachine):
    """A log, a line that loses, repeats and turns round live events, and a client at its end."""

    @initialize()
    def begin(self):
        self.client = Client()
        self.now = 0.0
        self.epoch, self.log, self.trimmed, self.screen = 1, [], 0, {}
        self.wire = None  # frames under way; None without a connection
        self.lagging = False
        self.fetching = None  # the position of a snapshot that is being read
        self.connect()

    # What people do.

    @rule(key=KEYS, value=st.one_of(st.none(), st.integers(0, 9)))
    def act(self, key, value):
        self.log.append((key, value))
        apply(self.screen, (key, value))
        if self.wire is not None and not self.lagging:
            self.wire.append(self._event(len(self.log)))

    # What happens on the way.

    @precondition(lambda self: self.wire)
    @rule(count=st.integers(1, 4))
    def deliver(self, count):
        for _ in range(min(count, len(self.wire))):
            self._obey(self.client.log.receive(self.wire.pop(0), self.now))

    @precondition(lambda self: self._live())
    @rule(pick=st.integers(0, 99))
    def drop(self, pick):
        self.wire.remove(self._live()[pick % len(self._live())])

    @precondition(lambda self: self._live())
    @rule(pick=st.integers(0, 99))
    def duplicate(self, pick):
        frame = self._live()[pick % len(self._live())]
        self.wire.insert(self.wire.index(frame), frame)

    @precondition(lambda self: len(self._live()) > 1)
    @rule(pick=st.integers(0, 99))
    def reorder(self, pick):
        live = self._live()
        one, other = live[pick % (len(live) - 1)], live[pick % (len(live) - 1) + 1]
        first, second = self.wire.index(one), self.wire.index(other)
        self.wire[first], self.wire[second] = other, one

    @precondition(lambda self: self.wire is not None)
    @rule()
    def disconnect(self):
        self.wire = None
        self.client.log.disconnected()

    @precondition(lambda self: self.wire is None)
    @rule()
    def connect(self):
        self.wire, self.lagging = [], False
        cursor = self.client.log.cursor
        how = "fresh" if cursor is None else "replaying" if self._reaches(cursor) else "resync"
        welcome = {"t": "welcome", "user": {}, "epoch": self.epoch, "head": len(self.log), "resume": how}
        self.wire.append(welcome)
        self._replay(cursor)

    @precondition(lambda self: self.wire is not None and not self.lagging)
    @rule()
    def overflow(self):
        """The server's queue for this socket is full: it is cleared, and the client is told."""
        self.wire = [frame for frame in self.wire if frame["t"] != "ev"] + [{"t": "lag", "from": 0}]
        self.lagging = True

    @precondition(lambda self: self.wire is not None)
    @rule()
    def heartbeat(self):
        self.wire.append({"t": "hb", "top": len(self.log)})

    @rule()
    def time_passes(self):
        self.now += 2.5
        if self.wire is not None:
            self._obey(self.client.log.tick(self.now))

    @rule(keep=st.integers(0, 3))
    def trim(self, keep):
        self.trimmed = max(self.trimmed, len(self.log) - keep)

    @rule()
    def restore(self):
        """The database comes back from a copy: other numbers, another epoch."""
        self.epoch += 1
        self.log, self.trimmed = self.log[: len(self.log) // 2], 0
        self.screen = {}
        for change in self.log:
            apply(self.screen, change)
        self.wire, self.fetching = None, None
        self.client.log.disconnected()
        if self.client.log.loading:
            self._fetch()

    @precondition(lambda self: self.fetching is not None)
    @rule()
    def snapshot_comes(self):
        """Its position was read before its data, which may be newer."""
        at, self.fetching = self.fetching, None
        self._obey(self.client.load(at, self.screen, self.now))

    def teardown(self):
        if not hasattr(self, "client"):
            return
        for _ in range(8):
            self._settle()
        assert self.client.screen == self.screen
        assert self.client.log.seq == len(self.log)
        assert self.client.log.cursor["epoch"] == self.epoch
        self._assert_once_and_in_order()

    def _settle(self):
        if self.wire is None:
            self.connect()
        self.heartbeat()
        while self.wire:
            self.deliver(1)
        if self.fetching is not None:
            self.snapshot_comes()
        self.time_passes()

    def _assert_once_and_in_order(self):
        last = None
        for entry in self.client.shown:
            if entry[0] == "snapshot":
                last = (entry[1]["epoch"], entry[1]["seq"])
            else:
                assert entry == (last[0], last[1] + 1), self.client.shown
                last = entry

    # The server's side.

    def _event(self, seq):
        return {"t": "ev", "seq": seq, "d": self.log[seq - 1]}

    def _live(self):
        """What the bus may maltreat: replays are of the socket's own."""
        return [frame for frame in self.wire or [] if frame["t"] == "ev" and "r" not in frame]

    def _reaches(self, cursor):
        missed = len(self.log) - cursor["seq"]
        return cursor["epoch"] == self.epoch and 0 <= missed <= MOST_REPLAYED and cursor["seq"] >= self.trimmed

    def _replay(self, cursor):
        head = len(self.log)
        if cursor is not None and self._reaches(cursor):
            self.wire += [self._event(seq) | {"r": 1} for seq in range(cursor["seq"] + 1, head + 1)]
        elif cursor is not None:
            self.wire.append({"t": "resync", "reason": "behind", "at": {"epoch": self.epoch, "seq": head}})
        self.wire.append({"t": "ready", "seq": head})
        self.lagging = False

    def _fetch(self):
        self.fetching = {"epoch": self.epoch, "seq": len(self.log)}

    def _obey(self, orders):
        for order, detail in orders:
            if order == "snapshot":
                self._fetch()
            elif self.wire is not None:
                self._replay({"epoch": detail["epoch"], "seq": detail["seq"]})


Line.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
test_old_snapshot_and_events_are_the_fresh_snapshot = pytest.mark.timeout(300)(Line.TestCase)


def test_an_older_version_of_a_counter_never_replaces_a_newer():
    topics = Topics()

    topics.receive({"t": "cnt", "d": {"7": [3, 5, 0]}})
    topics.receive({"t": "cnt", "d": {"7": [2, 4, 0], "8": [1, 1, 0]}})

    assert topics.counts == {"7": [3, 5, 0], "8": [1, 1, 0]}


def test_a_hole_is_asked_for_once_it_has_stayed_for_two_seconds():
    shown = []
    log = ClientLog(lambda frame: shown.append(frame["seq"]), cursor={"epoch": "e", "seq": 1})

    log.receive({"t": "ev", "seq": 3}, 10.0)

    assert (log.tick(11.9), shown) == ([], [])
    assert log.tick(12.0) == [("send", {"t": "resume", "epoch": "e", "seq": 1})]
    log.receive({"t": "ev", "seq": 2, "r": 1}, 12.1)
    assert (shown, log.tick(15.0)) == ([2, 3], [])


def test_lag_is_answered_with_a_resume_at_once():
    log = ClientLog(print, cursor={"epoch": "e", "seq": 7})

    assert log.receive({"t": "lag", "from": 7}, 0.0) == [("send", {"t": "resume", "epoch": "e", "seq": 7})]


def test_a_snapshot_older_than_the_resync_asked_for_is_loaded_again():
    log = ClientLog(print, cursor={"epoch": "e", "seq": 1})

    assert log.receive({"t": "resync", "reason": "behind", "at": {"epoch": "e", "seq": 9}}, 0.0) == [
        ("snapshot", "behind")
    ]

    assert log.loaded({"epoch": "e", "seq": 8}, 1.0) == [("snapshot", "older than asked for")]
    assert log.loaded({"epoch": "e", "seq": 9}, 2.0) == []
    assert log.cursor == {"epoch": "e", "seq": 9}
