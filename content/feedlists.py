"""What each active person's feed may hold, as ids in Redis: a cheaper way to begin, never the feed.

A list holds whatever the people one follows have posted, down to its floor: also what was deleted, archived or hidden
since, as it may come back. Who reads it asks SQL whether each is to be seen, so an id too many does no harm; only one
that lacks would. Hence posts are pushed wherever there is a mark, and the mark is there before SQL is asked for what
fills the list. The mark says whom one followed then: a list of other followees is not used. What a failing Redis loses
comes back with the next filling, an hour later at most.
"""

import bisect
import threading
import time
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import redis
from django.conf import settings

from core import redis_client

PARTITIONS = 128  # hash tags, as everything in Redis has them: on a Cluster the shard
FILLED = 200  # posts that a filling takes from SQL
ENTRIES = 500  # posts of a list; the oldest go
FRESH_SECONDS = 3_600  # how long a filling is trusted
ACTIVE_SECONDS = 14 * 86_400  # after the last filling nothing is pushed any more
TIMEOUT_SECONDS = 0.25
PAUSE_SECONDS = 2.0  # after a failure SQL alone is asked, or every reader would wait for the time-out

ALL = "feed:*"  # the keys of all lists: a restore removes these
_BOTTOM = 0  # under all ids: while it is there, nothing has been cut off or lost

# `_add` for all lists of a partition whose mark is there. As commands these would be four a follower, and the worker
# would have no time to drain beside it. Sent as EVAL, since redis-py's pipeline of a Cluster has no method for it.
_PUSH = """
for _, list in ipairs(KEYS) do
    if redis.call('EXISTS', list .. ':mark') == 1 then
        redis.call('ZADD', list, 0, ARGV[1])
        redis.call('ZREMRANGEBYRANK', list, 0, -ARGV[2] - 1)
        redis.call('EXPIRE', list, ARGV[3])
    end
end
"""

_ours = threading.local()
_pause = {"until": 0.0}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that can be used: every post of the followees named by `follows` from `floor` on is in `ids`."""

    follows: str
    floor: int
    ids: list[int]

    def near(self, before: int, most: int) -> "Listed":
        """The newest posts of it under `before`, so many at most; whole down to a floor of its own."""
        older = sorted(self.ids)
        del older[bisect.bisect_left(older, before) :]
        ids = older[-most:][::-1]
        return Listed(self.follows, max(self.floor, ids[-1]) if len(older) > most else self.floor, ids)


def read(viewer_id: int) -> Listed | None:
    """A person's list; None if there is none, or it is too old.

    Raises:
        redis.RedisError: if Redis is away, or was a moment ago.
    """
    pipe = _redis().pipeline(transaction=False)
    pipe.get(_mark(viewer_id))
    pipe.zrange(_key(viewer_id), 0, -1)
    mark, members = pipe.execute()
    follows, floor, filled_at = (mark or b"").decode().split() or ("", 0, 0)
    if time.time() - float(filled_at) > FRESH_SECONDS:
        return None
    ids = list(map(int, members))
    if not ids or (ids[0] != _BOTTOM and len(ids) < ENTRIES):
        return None  # Redis has evicted it, and kept the mark
    return Listed(follows, max(int(floor), ids[0]), ids)


def begin(viewer_id: int) -> None:
    """Have posts pushed to a person from now on. Call it before SQL is asked for what fills the list.

    Raises:
        redis.RedisError: if Redis is away.
    """
    _redis().set(_mark(viewer_id), b"", nx=True, ex=ACTIVE_SECONDS)


def fill(viewer_id: int, follows: str, ids: Collection[int]) -> Listed:
    """Add to a list what SQL knows; what has been pushed meanwhile stays.

    Raises:
        redis.RedisError: if Redis is away.
    """
    floor = min(ids) if len(ids) >= FILLED else 0
    pipe = _redis().pipeline(transaction=False)
    _add(pipe, viewer_id, [_BOTTOM, *ids])
    pipe.set(_mark(viewer_id), f"{follows} {floor} {time.time()}", ex=ACTIVE_SECONDS)
    pipe.execute()
    return Listed(follows, floor, list(ids))


def push(post_id: int, follower_ids: Collection[int]) -> None:
    """Add a post to the lists of those followers who have one. Any number of times.

    Raises:
        redis.RedisError: if Redis is away; some may have it.
    """
    partitions: defaultdict[int, list[str]] = defaultdict(list)
    for follower_id in follower_ids:
        partitions[follower_id % PARTITIONS].append(_key(follower_id))
    pipe = _redis().pipeline(transaction=False)
    for keys in partitions.values():
        pipe.execute_command("EVAL", _PUSH, len(keys), *keys, _member(post_id), ENTRIES, ACTIVE_SECONDS)
    pipe.execute()


def pause() -> None:
    """Leave Redis alone for a moment, after a failure."""
    _pause["until"] = time.monotonic() + PAUSE_SECONDS
    _ours.__dict__.clear()


def _add(pipe: redis.client.Pipeline, viewer_id: int, ids: Collection[int]) -> None:
    pipe.zadd(_key(viewer_id), {_member(post_id): 0 for post_id in ids})
    pipe.zremrangebyrank(_key(viewer_id), 0, -ENTRIES - 1)
    pipe.expire(_key(viewer_id), ACTIVE_SECONDS)


def _member(post_id: int) -> str:
    return f"{post_id:019}"  # under one score: in the order of the ids


def _key(viewer_id: int) -> str:
    return f"feed:{{p{viewer_id % PARTITIONS}}}:{viewer_id}"


def _mark(viewer_id: int) -> str:
    return f"{_key(viewer_id)}:mark"  # on the same shard


def _redis() -> "redis.Redis | redis.RedisCluster":
    """This thread's own client."""
    if time.monotonic() < _pause["until"]:
        raise redis.ConnectionError("Redis was away a moment ago.")
    if not hasattr(_ours, "client"):
        _ours.client = redis_client.connect(settings.REDIS_URL, timeout_seconds=TIMEOUT_SECONDS)
    client: redis.Redis | redis.RedisCluster = _ours.client
    return client
