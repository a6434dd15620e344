"""Keeps an instance moving: a crowd of demo people who go on doing things, at a rate. What they do is in `deeds`."""

import logging
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import django.db
from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from content.models import Post
from core import clock
from core.problems import Problem
from project.demo import conditions, facts
from project.demo.cast import HEROINE, OPERATOR, extras
from project.demo.conditions import EMAIL_DOMAIN, RefusedError
from project.demo.darkroom import Darkroom
from project.demo.deeds import NOTHING, Deeds

logger = logging.getLogger(__name__)

THREADS = 4
LATE_SECONDS = 1.0  # what an outage has cost is not made up for beyond this, or its end would be a flood
AGAIN_SECONDS = 1.0  # after the database or the disk has failed
STATUS_SECONDS = 5.0

FAILED = "failed"  # the database or the disk was away
MISSED = "missed"  # somebody else was faster: the post or the comment is gone


@dataclass(frozen=True, slots=True)
class Status:
    """What was done so far."""

    seconds: float
    done: dict[str, int]

    @property
    def deeds(self) -> int:
        """All that came about."""
        return sum(count for kind, count in self.done.items() if kind not in (FAILED, MISSED, NOTHING))

    @property
    def rate(self) -> float:
        """Deeds a second, from the start."""
        return self.deeds / self.seconds if self.seconds else 0.0


Tell = Callable[[Status], None]


def crowd(users: int, *, seed: int) -> list[int]:
    """The ids of this many demo people, made if they are too few; neither the heroine nor the operator is one of them.

    Raises:
        RefusedError: if the demo does not belong in this database, or there is no post to act on.
    """
    conditions.check()
    if not Post.objects.visible_to(None).exists():
        raise RefusedError("There are no posts to act on yet: run `manage.py seed_demo` first.")
    found = known()
    return found[:users] + (_more(users - len(found), seed=seed) if users > len(found) else [])


def known() -> list[int]:
    """The demo people who are here already and may act, the first first."""
    people = User.objects.filter(email__endswith=f"@{EMAIL_DOMAIN}", is_active=True)
    return list(people.exclude(username__in=[HEROINE, OPERATOR]).order_by("id").values_list("id", flat=True))


def _more(count: int, *, seed: int) -> list[int]:
    taken = set(User.objects.values_list("username", flat=True))
    members = list(islice(extras(taken, random.Random(seed)), count))  # noqa: S311 -- a play, not a secret
    now = clock.now()
    with Darkroom() as darkroom:
        darkroom.develop([], avatars=[member.avatar for member in members])
        with transaction.atomic():
            people = facts.write_people(members, {member.username: now for member in members}, darkroom, facts.Ids())
    return list(people.values())


@dataclass
class _Pace:
    """Hands out the moments of deeds, evenly spaced, to whichever thread asks next."""

    interval: float
    due: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_seconds(self) -> float:
        """How long until the next deed; negative when it is late."""
        with self.lock:
            now = time.monotonic()
            mine = max(self.due, now - LATE_SECONDS)
            self.due = mine + self.interval
            return mine - now


class Simulation:
    """A crowd at work in a few threads, until it is stopped."""

    def __init__(self, actor_ids: Sequence[int], *, rate: float, seed: int) -> None:
        """Describe it.

        Args:
            actor_ids: demo people; at least one.
            rate: deeds a second, of all of them together.
            seed: the same one draws the same lots, as far as threads keep their order.
        """
        self._deeds = Deeds(actor_ids)
        self._pace = _Pace(1 / rate)
        self._seed = seed
        self._threads = min(THREADS, settings.DOMAIN_THREADS, math.ceil(rate))
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()
        self._broken: Exception | None = None

    def run(self, stop: threading.Event, *, seconds: float | None = None, tell: Tell = lambda _: None) -> Status:
        """Go on until `stop` is set or the seconds are over; tell how it goes every few seconds, and at the end.

        Raises:
            Exception: whatever a deed raises that is neither the database's nor the disk's.
        """
        began = time.monotonic()
        ends = math.inf if seconds is None else began + seconds
        threads = [
            threading.Thread(target=self._work, args=(stop, number), name=f"simulate-{number}")
            for number in range(self._threads)
        ]
        for thread in threads:
            thread.start()
        try:
            while not stop.wait(max(0.0, min(STATUS_SECONDS, ends - time.monotonic()))):
                if time.monotonic() >= ends:
                    break
                tell(self._status(began))
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        if self._broken:
            raise self._broken
        return self._status(began)

    def _work(self, stop: threading.Event, number: int) -> None:
        rng = random.Random(f"{self._seed}/{number}")  # noqa: S311 -- see above
        try:
            while not stop.wait(max(0.0, self._pace.wait_seconds())):
                kind = self._do(rng)
                with self._lock:
                    self._done[kind] += 1
                if kind == FAILED:
                    stop.wait(AGAIN_SECONDS)
        except Exception as error:  # a thread's own death would go unseen
            self._broken = error
            stop.set()
        finally:
            connection.close()

    def _do(self, rng: random.Random) -> str:
        try:
            return self._deeds.do(rng)
        except Problem:
            return MISSED
        except (django.db.Error, OSError) as error:
            logger.warning("not done, trying on: %s", error)
            connection.close()
            return FAILED

    def _status(self, began: float) -> Status:
        with self._lock:
            return Status(time.monotonic() - began, dict(sorted(self._done.items())))
