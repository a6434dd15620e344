"""A small town under load on the real stack, with a hand on every line and every process. One scenario at a time."""

import contextlib
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from accounts.actions import make_token
from core import clock
from events.models import OutboxRow
from realtime import bus, log
from realtime.log import Told
from tests.faults import truth
from tests.faults.checker import NUMBERS, judge
from tests.faults.history import Screen
from tests.faults.writers import Writer
from tests.support import services
from tests.support.build import make_post, make_users
from tests.support.faultproxy import FaultProxy
from tests.support.stack import Stack
from tests.support.viewer import Crowd, Viewer

AUTHORS = ("ana", "ben", "chloe")
FANS = ("dev", "eva", "finn", "gita", "hugo")
POSTS_EACH = 4
DEVICES = 2
SCALE = 0.2  # clients wait a fifth of what the protocol says, so that a scenario takes seconds
BEFORE_SECONDS, AFTER_SECONDS = 2.0, 2.0
RECOVER_SECONDS = 60.0
QUIET_SECONDS = 1.0


@dataclass
class Row:
    """What one scenario came to."""

    name: str
    numbers: dict = field(default_factory=dict)
    ops: int = 0
    doubtful: int = 0
    shown: int = 0
    clients: int = 0
    reconnects: int = 0
    resyncs: int = 0
    outage_seconds: float = 0.0
    first_good_seconds: float | None = None
    caught_up_seconds: float | None = None
    offline_seconds: float = 0.0  # the longest that any client was without a line
    slowest_seconds: float = 0.0  # the longest from an acknowledged write to its author's own screens
    note: str = ""


class Lines:
    """Two web processes behind proxies, workers and beat; Redis behind a proxy for the web, and one for the workers."""

    def __init__(self):
        self.redis = urlsplit(settings.REDIS_URL)
        self.web_bus = FaultProxy(self.redis.port).start()
        self.worker_bus = FaultProxy(self.redis.port).start()
        self.stack = Stack(web=2, workers=2, media=False, prefix="fault-")
        self.fronts = [FaultProxy(web.port).start() for web in self.stack.webs]
        self.beat = self.stack.beat
        for process in self.stack.webs:
            process.env["REDIS_URL"] = self.redis_url(self.web_bus.port)
        for process in (*self.stack.workers, self.beat):
            process.env["REDIS_URL"] = self.redis_url(self.worker_bus.port)
        processes = (*self.stack.webs, *self.stack.workers, self.beat)
        self._usual = {process: dict(process.env) for process in processes}

    @property
    def urls(self):
        return [f"http://127.0.0.1:{front.port}" for front in self.fronts]

    @property
    def proxies(self):
        return [*self.fronts, self.web_bus, self.worker_bus]

    def redis_url(self, port):
        return settings.REDIS_URL.replace(f":{self.redis.port}/", f":{port}/")

    def start(self):
        """Bring everything back to where nothing is broken."""
        valkey = services.running().valkey
        valkey.start()
        for proxy in self.proxies:
            proxy.set("ok")
            proxy.lossy()
        self.stack.start()
        self.beat.start().wait()
        return self

    def restart_with(self, env):
        """Have every process use other services from the next start on; nothing for the usual ones."""
        self.stack.stop()
        for process, usual in self._usual.items():
            process.env = usual | env

    def close(self):
        self.stack.close()
        for proxy in self.proxies:
            proxy.close()


class World:
    """People, their open pages, their writing, and the record of it all."""

    def __init__(self, lines, report):
        self.lines, self.stack, self._report = lines, lines.stack, report
        self.people = dict(zip(AUTHORS + FANS, make_users(*AUTHORS, *FANS), strict=True))
        self.posts = [make_post(self.people[name]) for name in AUTHORS for _ in range(POSTS_EACH)]
        self.crowd = Crowd()
        self.losses = []
        self.writers = []

    def viewer(self, name, device="", *, person=None, **options):
        """A page of a person that has been drawn and is about to connect."""
        person = person or self.people[name]
        epoch, seq = log.epoch(), log.heads([person.id])[person.id]
        headers = options.pop("headers", None) or _headers(person)
        options = {"headers": headers, "posts": [post.id for post in self.posts], "scale": SCALE} | options
        cursor = {"epoch": epoch, "seq": seq}
        urls = options.pop("urls", self.lines.urls)
        viewer = Viewer(f"{name} {device}", urls, user=person.id, cursor=cursor, **options)
        viewer.begin = seq
        return viewer

    def open(self):
        """Everybody opens their pages and begins to write."""
        self.crowd.join(*(self.viewer(name, device) for name in self.people for device in range(DEVICES)))
        self.crowd.all_live()
        for name in FANS:
            self.write(self.people[name], self.posts, self.people.values())

    def write(self, person, posts, people=()):
        """Have a person like, comment and follow until the end."""
        posts = [post.id for post in posts]
        self.writers.append(Writer(person, self.lines.urls, _headers(person), posts=posts, people=people))
        self.crowd.start(self.writers[-1].run())

    def join(self, *viewers):
        """More pages, beside those of everybody."""
        self.crowd.join(*viewers)
        self.crowd.until(lambda: all(viewer.state == "live" for viewer in viewers))

    @staticmethod
    def flood(person, count, *, size=1_500):
        """Tell one person very much at once, as if it had all happened."""
        told = [Told(person.id, "test.flood", {"n": n, "fill": "x" * size}) for n in range(count)]
        for start in range(0, count, 250):
            with transaction.atomic():
                numbered = log.append(told[start : start + 250])
            bus.publish([bus.of_event(event) for event in numbered])

    @staticmethod
    def reconnect():
        """Give up the test's own connections, which a restart of PostgreSQL has cut."""
        connection.close()
        connection.close_pool()

    @contextlib.contextmanager
    def fault(self, name, note=""):
        """Let traffic flow; within the block something breaks and is healed; then judge, report, insist on zeros."""
        row = Row(name, note=note)
        with self.crowd:
            self.open()
            time.sleep(BEFORE_SECONDS)
            begun = time.monotonic()
            yield row
            healed, healed_at = time.monotonic(), clock.now()
            row.outage_seconds = healed - begun
            caught_up = self._until_drained(healed_at)
            time.sleep(max(0.0, healed + AFTER_SECONDS - time.monotonic()))
            self._stop_writing()
            self._until_quiet()
            time.sleep(QUIET_SECONDS)
            ops = [op for writer in self.writers for op in writer.ops]
            verdict = judge(ops, truth.read(), self._screens(), self.losses)
            self._fill(row, verdict, ops, healed, caught_up)
        self._report.add(row)
        assert verdict.numbers == dict.fromkeys(NUMBERS, 0), "\n".join(verdict.why[:40])

    def _until_drained(self, healed_at):
        """Wait until nothing from before the healing is in the outbox; answer where everybody's log stood then."""
        self._wait(lambda: not OutboxRow.objects.filter(created_at__lte=healed_at).exists())
        return log.heads({viewer.user for viewer in self.crowd.viewers})

    def _stop_writing(self):
        for writer in self.writers:
            writer.stopping = True
        self._wait(lambda: all(writer.ops and writer.ops[-1].ended_at for writer in self.writers))

    def _until_quiet(self):
        self._wait(lambda: not OutboxRow.objects.exists())
        heads = log.heads({viewer.user for viewer in self.crowd.viewers})
        watching = [viewer for viewer in self.crowd.viewers if viewer.state != "stopped"]
        self._wait(lambda: all(viewer.log.seq == heads[viewer.user] for viewer in watching), insist=False)
        kept = {post: (likes, comments) for post, likes, comments in truth.kept_counts()}
        self._wait(lambda: all(_counts(viewer).items() <= kept.items() for viewer in watching), insist=False)

    @staticmethod
    def _wait(condition, *, insist=True):
        deadline = time.monotonic() + RECOVER_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                assert not insist, "it did not recover"
                return
            time.sleep(0.05)

    def _screens(self):
        return [
            Screen(
                viewer.name,
                viewer.user,
                list(viewer.journal),
                viewer.begin,
                _counts(viewer),
                judged=viewer.state != "stopped",
            )
            for viewer in self.crowd.viewers
        ]

    def _fill(self, row, verdict, ops, healed, caught_up):
        viewers = self.crowd.viewers
        row.numbers = verdict.numbers
        row.ops, row.doubtful = len(ops), sum(op.doubtful for op in ops)
        row.shown = sum(len(viewer.entries("shown")) for viewer in viewers)
        row.clients = len(viewers)
        row.reconnects = sum(viewer.reconnects for viewer in viewers)
        row.resyncs = sum(len(viewer.entries("resync")) for viewer in viewers)
        row.offline_seconds = max(map(_offline, viewers))
        row.slowest_seconds = max(map(_slowest, viewers, [{op.id: op for op in ops}] * len(viewers)))
        good = [op.ended_at - healed for op in ops if op.outcome == "ok" and op.ended_at >= healed]
        row.first_good_seconds = max(0.0, min(good, default=0.0))
        row.caught_up_seconds = max(0.0, *(_reached(viewer, caught_up[viewer.user]) - healed for viewer in viewers))


def _counts(viewer):
    return {int(post): (likes, comments) for post, (_, likes, comments) in viewer.topics.counts.items()}


def _offline(viewer):
    """The longest time between the end of a line and the next welcome."""
    longest, since = 0.0, None
    for entry in viewer.journal:
        if entry.what == "closed" and since is None:
            since = entry.at
        elif entry.what == "connected" and since is not None:
            longest, since = max(longest, entry.at - since), None
    return longest


def _slowest(viewer, ops):
    """The longest from the answer to one's own like or follow until this screen showed it."""
    shown = [(ops[mut], entry.at) for entry in viewer.entries("shown") if (mut := entry.detail.get("mut")) in ops]
    return max((at - op.ended_at for op, at in shown if op.outcome == "ok"), default=0.0)


def _reached(viewer, head):
    """When a client had shown everything up to a position."""
    for entry in viewer.journal:
        if entry.what in ("shown", "snapshot") and entry.detail["seq"] >= head:
            return entry.at
    return viewer.journal[-1].at if head > viewer.begin else viewer.journal[0].at


def _headers(person):
    return {"Authorization": f"Bearer {make_token(user_id=person.id, name='fault')}"}
