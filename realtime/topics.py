"""Names: what can be watched, and the Redis channel it travels on. Decides no access; the rules do."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PARTITIONS = 128  # hash tags: on one Redis only part of a name, on a Cluster the shard

_TOPIC = re.compile(r"^([a-z]{1,16}):([A-Za-z0-9._-]{1,40})$")


@dataclass(frozen=True, slots=True)
class TopicState:
    """What a subscriber starts from."""

    ver: int
    snap: dict[str, Any]


# A kind's rule: of these keys, those the viewer may watch, with their state. One call a message, whatever it holds.
Rule = Callable[[int | None, list[str]], dict[str, TopicState]]


def split(topic: str) -> tuple[str, str] | None:
    """The kind and the key of a topic, or None if it is not a topic's name."""
    match = _TOPIC.match(topic)
    return (match[1], match[2]) if match else None


def user_channel(user_id: int) -> str:
    """The Redis channel of a person's durable events."""
    return f"rt:{{p{user_id % PARTITIONS}}}:u:{user_id}"


def topic_channel(topic: str) -> str:
    """The Redis channel of a topic's latest-wins messages."""
    return f"rt:{{p{zlib.crc32(topic.encode()) % PARTITIONS}}}:t:{topic}"
