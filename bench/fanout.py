"""One post to all who follow the star: against a bare pipeline of the same writes, and with likes meanwhile."""

import contextlib
import itertools
import math
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import redis
from django.conf import settings
from django.test.utils import override_settings

from accounts.models import Follow, User
from bench import figures, world
from bench.network import Network
from bench.servers import Servers
from content import actions, feedlists
from events import wake
from project import feeds
from realtime import topics
from tests.support.build import make_post

LISTED = 20  # posts in each list before
BATCH = 1_000  # followers, as many as project.feeds takes
TURNS = 3  # of ours and of the bare pipeline, by turns
LIKES_A_SECOND = 50
LATE_SECONDS = 5.0
HANDED_TO_ALL = "1000000000"  # followers above which posts are pulled

_ids = itertools.count(1)


def fan_out(servers: Servers, network: Network, seconds: float) -> dict[str, Any]:
    """Hand posts of the star to all followers, each of whom has a list; then one as it is by default."""
    star = User.objects.get(pk=network.star_id)
    followers = list(Follow.objects.filter(followee=star).order_by("id").values_list("follower_id", flat=True))
    _make_lists(followers)
    ours, bare = [], []
    with _handing(star):
        for _ in range(TURNS):
            ours.append(_seconds(lambda post_id: _announce(star.id, post_id), make_post(star).id))
            bare.append(_seconds(lambda post_id: _write_bare(post_id, followers), make_post(star).id))
        likes = _likes_beside(servers, star, statistics.median(ours), seconds)
    pulled = _seconds(lambda post_id: _announce(star.id, post_id), make_post(star).id)
    return {"followers": len(followers), "ours": ours, "bare": bare, "pulled": pulled, "likes": likes}


def _make_lists(followers: list[int]) -> None:
    client = redis.Redis.from_url(settings.REDIS_URL)
    for start in range(0, len(followers), BATCH):
        pipe = client.pipeline(transaction=False)
        for follower in followers[start : start + BATCH]:
            pipe.set(feedlists._mark(follower), b"", ex=feedlists.ACTIVE_SECONDS)
            pipe.zadd(feedlists._key(follower), {feedlists._member(number): 0 for number in range(LISTED)})
        pipe.execute()


@contextlib.contextmanager
def _handing(star: User) -> Iterator[None]:
    """Have the star's posts handed out as anybody's; the worker that is started meanwhile does so, too."""
    is_pulled = star.is_pulled
    User.objects.filter(pk=star.pk).update(is_pulled=False)
    os.environ["PHOTOPHORE_FEED_PULL_FOLLOWERS"] = HANDED_TO_ALL
    with override_settings(FEED_PULL_FOLLOWERS=int(HANDED_TO_ALL)):
        yield
    del os.environ["PHOTOPHORE_FEED_PULL_FOLLOWERS"]
    User.objects.filter(pk=star.pk).update(is_pulled=is_pulled)


def _announce(star_id: int, post_id: int) -> None:
    feeds.announce(author_id=star_id, post_id=post_id, gone=False, ver=next(_ids))


def _write_bare(post_id: int, followers: list[int]) -> None:
    """What a list needs when a post comes, told to Redis by its client with nothing around it."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for start in range(0, len(followers), BATCH):
        pipe = client.pipeline(transaction=False)
        for follower in followers[start : start + BATCH]:
            feedlists._add(pipe, follower, [post_id])
        pipe.execute()


def _seconds(work: Callable[[int], None], post_id: int) -> float:
    began = time.perf_counter()
    work(post_id)
    return time.perf_counter() - began


def _likes_beside(servers: Servers, star: User, one: float, seconds: float) -> dict[str, Any]:
    """From a like's commit to its event in Redis, while the only worker does nothing else, and while it fans out."""
    author, *fans = world.make_people(1 + 2 * math.ceil(seconds * LIKES_A_SECOND))
    half = len(fans) // 2
    likes = world.make_likes(author, fans, len(fans))
    post = make_post(star)
    with servers.photophore(worker=True), _Events(author.id) as events:
        events.waits(likes[:3])  # cold
        alone = events.waits(likes[3:half])
        for _ in range(math.ceil(2 * seconds / one)):
            kwargs = {"author_id": star.id, "post_id": post.id, "gone": False, "ver": next(_ids)}
            wake.sender().send("feeds.announce", kwargs, "feeds")
        beside = events.waits(likes[half:])
    return {
        which: {"p50_ms": figures.percentile(waits, 50), "p99_ms": figures.percentile(waits, 99)}
        for which, waits in {"alone": alone, "beside": beside}.items()
    }


class _Events:
    """Hears a person's events where hubs do."""

    def __init__(self, user_id: int) -> None:
        self._hearing = redis.Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True)
        self._hearing.subscribe(topics.user_channel(user_id))
        self._heard: list[int] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="events")

    def __enter__(self) -> "_Events":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._hearing.close()

    def waits(self, likes: list[world.Like]) -> list[float]:
        """Give likes at a steady pace; milliseconds from each one's commit to its event, one after the other.

        Raises:
            RuntimeError: if not every like has its event in time.
        """
        given, first, start = [], len(self._heard), time.monotonic()
        for number, (post_id, actor_id) in enumerate(likes):
            time.sleep(max(0.0, start + number / LIKES_A_SECOND - time.monotonic()))
            actions.like_post(post_id=post_id, actor_id=actor_id)
            given.append(time.monotonic_ns())
        deadline = time.monotonic() + LATE_SECONDS
        while len(self._heard) < first + len(likes):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(self._heard) - first} of {len(likes)} likes told")
            time.sleep(0.01)
        return [max(0.0, at - then) / 1e6 for at, then in zip(self._heard[first:], given, strict=True)]

    def _run(self) -> None:
        while not self._ended.is_set():
            if self._hearing.get_message(timeout=0.1):
                self._heard.append(time.monotonic_ns())
