"""What an rt.v1 client knows and must do, without a socket and without a clock: frames in, orders out.

An order is one of `("send", frame)`, `("snapshot", reason)`, `("reconnect", [min_ms, max_ms])`, `("stop", reason)`.
Showing is done at once, through `show`; the cursor moves after it, so that what was never drawn is asked for again.
"""

HOLD_SECONDS = 2.0  # what is late comes within this time, what is lost does not


class ClientLog:
    """The durable half: a person's events, each shown once and in order, whatever the line does to them."""

    def __init__(self, show, *, cursor=None, hold_seconds=HOLD_SECONDS):
        """`show(frame)` draws one event; `cursor` is that of a snapshot which is drawn already."""
        self.cursor = cursor
        self.loading = False  # a snapshot was ordered and has not come
        self.repeats = 0
        self._show = show
        self._hold_seconds = hold_seconds
        self._held = {}  # seq → frame: beyond a hole, or waiting for the snapshot
        self._behind_since = None
        self._at_least = None  # the position that a resync named

    @property
    def seq(self):
        return self.cursor["seq"] if self.cursor else 0

    def receive(self, frame, now):
        """Take one frame of the server; answer the orders that follow from it. Unknown types are passed over."""
        handler = getattr(self, f"_on_{frame['t']}", None)
        return handler(frame, now) if handler else []

    def tick(self, now):
        """Tell that time has passed: a hole that stayed for too long is asked for."""
        if self._behind_since is None or self.loading or now - self._behind_since < self._hold_seconds:
            return []
        return self._resume(now)

    def loaded(self, at, now):
        """Take the position of a snapshot that was just drawn; answer orders, such as to load it again."""
        wanted = self._at_least
        if wanted and wanted["epoch"] == at["epoch"] and at["seq"] < wanted["seq"]:
            return [("snapshot", "older than asked for")]
        if self.cursor and self.cursor["epoch"] != at["epoch"]:
            self._held.clear()  # numbers of another epoch mean nothing in this one
        self.cursor, self.loading, self._at_least, self._behind_since = dict(at), False, None, None
        self._go_on(now)
        return []

    def disconnected(self):
        """Forget what the next connection will send again."""
        self._held.clear()
        self._behind_since = None

    def _on_welcome(self, frame, _now):
        self.disconnected()
        if frame["user"] is None or frame["resume"] == "replaying":
            return []
        self._at_least = {"epoch": frame["epoch"], "seq": frame["head"]}  # live begins behind it
        return self._load(frame["resume"])

    def _on_ev(self, frame, now):
        if frame["seq"] <= self.seq and not self.loading:
            self.repeats += 1
        else:
            self._held[frame["seq"]] = frame
            if not self.loading:
                self._go_on(now)
        return []

    def _on_ready(self, frame, now):
        return self._head(frame["seq"], now)

    def _on_hb(self, frame, now):
        return self._head(frame["top"], now)

    def _on_lag(self, _frame, now):
        return [] if self.loading else self._resume(now)

    def _on_resync(self, frame, _now):
        self._at_least = frame["at"]
        return self._load(frame["reason"])

    def _on_reconnect(self, frame, _now):
        return [("reconnect", frame["in"])]

    def _on_revoked(self, frame, _now):
        return [("stop", frame.get("reason"))] if frame.get("all") else []

    def _head(self, head, now):
        if head > self.seq and not self.loading and self._behind_since is None:
            self._behind_since = now
        return []

    def _go_on(self, now):
        """Show what follows on what is shown; what is left behind a hole waits."""
        while (frame := self._held.pop(self.seq + 1, None)) is not None:
            self._show(frame)
            self.cursor["seq"] = frame["seq"]
            self._behind_since = None
        self._held = {seq: frame for seq, frame in self._held.items() if seq > self.seq}
        if self._held and self._behind_since is None:
            self._behind_since = now

    def _resume(self, now):
        self._behind_since = now  # asked again if even the answer is lost
        return [("send", {"t": "resume", **self.cursor})]

    def _load(self, reason):
        if self.loading:
            return []
        self.loading = True
        return [("snapshot", reason)]


class Topics:
    """The other half: latest wins. Absolute values with a version; what is older than what is shown is passed over."""

    def __init__(self, names=(), posts=(), *, changed=lambda topic, value: None):
        self.names = list(names)  # watched
        self.posts = [str(post) for post in posts]  # in view
        self.counts = {}  # post → [ver, likes, comments]
        self.states = {}  # topic → [ver, data]
        self.denied = {}
        self._changed = changed

    def receive(self, frame):
        handler = getattr(self, f"_on_{frame['t']}", None)
        if handler:
            handler(frame)

    def connected(self):
        """Answer what to say after `ready`: the topics themselves were in the `hello`."""
        return [{"t": "view", "add": self.posts[at : at + 100]} for at in range(0, len(self.posts), 100)]

    def _on_ok(self, frame):
        for name, state in frame["topics"].items():
            self.states[name] = [state["ver"], state["snap"]]
            self._changed(name, state["snap"])
        self.denied.update(frame["denied"])

    def _on_cnt(self, frame):
        for post, counts in frame["d"].items():
            if counts[0] > self.counts.get(post, [-1])[0]:
                self.counts[post] = counts
                self._changed(f"post:{post}", counts)

    def _on_st(self, frame):
        if frame["ver"] > self.states.get(frame["topic"], [-1])[0]:
            self.states[frame["topic"]] = [frame["ver"], frame["d"]]
            self._changed(frame["topic"], frame["d"])

    def _on_revoked(self, frame):
        for name in list(self.states) if frame.get("all") else frame.get("topics", []):
            self.states.pop(name, None)
            self.counts.pop(name.partition(":")[2], None)
            self.names = [kept for kept in self.names if kept != name]
            self.posts = [kept for kept in self.posts if f"post:{kept}" != name]
