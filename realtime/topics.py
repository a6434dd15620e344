"""Names: what can be watched, and the Redis channel it travels on. Decides no access; the rules do."""

import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

PARTITIONS = 128  # hash tags: on one Redis only part of a name, on a Cluster the shard

_TOPIC = re.compile(r"([a-z]{1,16})(?::([A-Za-z0-9._-]{1,40}))?")


@dataclass(frozen=True, slots=True)
class TopicState:
    """What a subscriber starts from, and whose topic it is: when that person hides, everybody is asked again."""

    ver: int
    snap: dict[str, Any]
    owner_id: int | None = None


Ask = tuple[int | None, str]  # who wants to watch (None: a visitor), and the key

# A kind's rule: of these asks, those that are allowed, with the state. Asked for many people at once, in a fixed number
# of queries; what is missing from the answer is denied, like what is not there.
Rule = Callable[[list[Ask]], Mapping[Ask, TopicState]]

# The counts of posts as they are now, `{id: (ver, likes, comments)}`: the net under every lost counter.
Counts = Callable[[list[int]], Mapping[int, tuple[int, int, int]]]


AsyncRule = Callable[[list[Ask]], Awaitable[Mapping[Ask, TopicState]]]


@dataclass(frozen=True, slots=True)
class Domain:
    """What realtime is told of the domain, which it does not know: the rule of each kind of topic, and the counts."""

    rules: Mapping[str, Rule]
    counts: Counts
    proven: frozenset[str] = frozenset()  # kinds that only a session which proved a second factor may watch


def split(topic: str) -> tuple[str, str] | None:
    """The kind and the key of a topic (empty for a kind of one topic only), or None if it is not a topic's name."""
    match = _TOPIC.fullmatch(topic)
    return (match[1], match[2] or "") if match else None


def join(kind: str, key: str) -> str:
    """The name of a topic."""
    return f"{kind}:{key}" if key else kind


def inner(topic: str, viewer_id: int | None) -> str:
    """The name under which a topic travels: what everybody calls `feed` is another one for each person."""
    return f"feed:{viewer_id}" if topic == "feed" else topic


def user_channel(user_id: int) -> str:
    """The Redis channel of a person's durable events."""
    return f"rt:{{p{user_id % PARTITIONS}}}:u:{user_id}"


def topic_channel(topic: str) -> str:
    """The Redis channel of a topic's latest-wins messages."""
    return f"rt:{{p{zlib.crc32(topic.encode()) % PARTITIONS}}}:t:{topic}"
