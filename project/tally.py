"""The counting of requests in Redis: all limits of one in one round trip, as `limits` counts them. Knows no route.

It is the sliding window counter of `limits`, under its keys: of the window before counts the share that still lies in
the last so many seconds. The library asks once for each limit and once more for the headers, through redis-py.
"""

import hashlib
import logging
import math
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import redis
from django.conf import settings
from django.utils.translation import gettext as _
from limits import RateLimitItem

from core.numbers import grouped
from core.problems import TooMany
from realtime.links import AsyncLink
from realtime.topics import PARTITIONS

logger = logging.getLogger(__name__)

REDIS_TIMEOUT_SECONDS = 0.5
AWAY_SECONDS = 5.0  # for so long Redis is not asked again once it has failed: nobody waits for it in turn

# Keys in pairs, the window before and the one now; arguments in pairs, how many and in how many milliseconds. Answers
# which limit refuses (0: none), and how that one stands, else the first: both counts, and for how long they are kept.
SCRIPT = """
local first
for number = 1, #KEYS / 2 do
    local before, now = KEYS[2 * number - 1], KEYS[2 * number]
    local most, window = tonumber(ARGV[2 * number - 1]), tonumber(ARGV[2 * number])
    local now_ttl = redis.call('PTTL', now)
    if now_ttl > 0 and now_ttl < window then
        redis.call('RENAME', now, before)
        redis.call('SET', now, 0, 'PX', now_ttl + window)
        now_ttl = now_ttl + window
    end
    local before_count = tonumber(redis.call('GET', before)) or 0
    local before_ttl = math.max(0, redis.call('PTTL', before))
    local now_count = tonumber(redis.call('GET', now)) or 0
    if math.floor(before_count * before_ttl / window) + now_count + 1 > most then
        return {number, before_count, before_ttl, now_count, math.max(0, now_ttl)}
    end
    if now_ttl > 0 then
        redis.call('INCR', now)
    else
        redis.call('SET', now, 1, 'PX', 2 * window)
        now_count, now_ttl = 0, 2 * window
    end
    first = first or {0, before_count, before_ttl, now_count + 1, now_ttl}
end
return first
"""
_SHA = hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that a request counts for."""

    item: RateLimitItem
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a limit stands."""

    remaining: int
    reset_seconds: float  # until more may be asked again, or all


class Tally:
    """The counts of one event loop's requests, in Redis; while Redis is away everybody may ask."""

    def __init__(self) -> None:
        self._link = AsyncLink(settings.REDIS_URL, timeout_seconds=REDIS_TIMEOUT_SECONDS)
        self._away_until = 0.0

    async def count(self, limits: Sequence[Limit]) -> dict[str, str]:
        """Count a request for limits of one asker, the widest last; answer the headers of where the first stands.

        Raises:
            TooMany: if one of the limits is reached; then the request counts for none after it.
        """
        if not limits or time.monotonic() < self._away_until:
            return {}
        try:
            refused, stand = await self._ask(limits)
        except (redis.RedisError, OSError) as error:  # a TimeoutError is an OSError
            self._away_until = time.monotonic() + AWAY_SECONDS
            logger.warning("limits are not kept, Redis is away: %s", error)
            return {}
        if refused is not None:
            raise TooMany(_refusal(refused.item), retry_after_seconds=max(1, round(stand.reset_seconds)))
        return _headers(limits[0], stand)

    async def close(self) -> None:
        """Give the connection back."""
        await self._link.close()

    async def _ask(self, limits: Sequence[Limit]) -> tuple[Limit | None, Stand]:
        windows = [number for limit in limits for number in (limit.item.amount, 1000 * limit.item.get_expiry())]
        keys = self._keys(limits)
        (reply,) = await self._link.execute([("EVALSHA", _SHA, len(keys), *keys, *windows)])
        if isinstance(reply, redis.exceptions.NoScriptError):  # Redis has started anew
            (reply,) = await self._link.execute([("EVAL", SCRIPT, len(keys), *keys, *windows)])
        if isinstance(reply, Exception):
            raise reply
        refused = limits[reply[0] - 1] if reply[0] else None
        return refused, stand_of((refused or limits[0]).item, *reply[1:])

    def _keys(self, limits: Sequence[Limit]) -> list[str]:
        """The keys of `limits`; on a Cluster those of one asker in one slot, that of the widest limit."""
        place = f"{{p{zlib.crc32(limits[-1].key[-1].encode()) % PARTITIONS}}}:" if self._link.is_sharded else ""
        names = [f"LIMITS:{place}{{{limit.item.key_for(*limit.key)}}}" for limit in limits]
        return [key for name in names for key in (f"{name}/-1", name)]


def stand_of(item: RateLimitItem, before: int, before_ttl_ms: int, now: int, now_ttl_ms: int) -> Stand:
    """Where a limit stands by its two counts, and the milliseconds for which they are kept."""
    window_ms = 1000 * item.get_expiry()
    remaining = max(0, item.amount - math.floor(before * before_ttl_ms / window_ms + now))
    resets: list[float] = [now_ttl_ms % window_ms or window_ms] if now else []
    resets += [before_ttl_ms % (window_ms / before)] if before else []
    return Stand(remaining, min(resets, default=0) / 1000)


def _headers(limit: Limit, stand: Stand) -> dict[str, str]:
    """`RateLimit` and its policy, as draft-ietf-httpapi-ratelimit-headers has them."""
    who, window = limit.key[1], limit.item.get_expiry()
    return {
        "RateLimit-Policy": f'"{who}";q={limit.item.amount};w={window}',
        "RateLimit": f'"{who}";r={stand.remaining};t={round(stand.reset_seconds)}',
    }


def _refusal(item: RateLimitItem) -> str:
    told = {"amount": grouped(item.amount), "minutes": grouped(item.get_expiry() // 60)}
    return _("At most %(amount)s of these in %(minutes)s minutes.") % told
