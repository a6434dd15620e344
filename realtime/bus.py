"""The bus, sending side: frames to Redis after the commit. A hint, not the truth: what it loses is healed by seq."""

import functools
import logging
from collections.abc import Iterable

import redis
from django.conf import settings

from realtime import protocol, topics
from realtime.log import Numbered

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 2.0

Message = tuple[str, str]  # channel, payload


def of_event(numbered: Numbered) -> Message:
    """A durable event: `<seq> <frame>`, so that a hub routes it without reading the frame."""
    return topics.user_channel(numbered.user_id), f"{numbered.seq} {numbered.frame}"


def of_counters(post_id: int, ver: int, likes: int, comments: int) -> Message:
    """A post's counters: `c <member of a cnt frame>`."""
    return topics.topic_channel(f"post:{post_id}"), f"c {protocol.counter(post_id, ver, likes, comments)}"


def of_state(topic: str, frame: str) -> Message:
    """A topic's state: `s <frame>`."""
    return topics.topic_channel(topic), f"s {frame}"


def publish(messages: Iterable[Message]) -> bool:
    """Send to whoever listens now, in one round trip; tell whether Redis took it. Must follow the commit."""
    try:
        pipeline = _client().pipeline(transaction=False)
        for channel, payload in messages:
            pipeline.publish(channel, payload)
        pipeline.execute()
    except redis.RedisError as error:
        logger.warning("bus away, sockets will catch up from the log: %s", error)
        return False
    return True


@functools.cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, max_connections=16
    )
