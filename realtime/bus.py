"""The bus, sending side: frames to Redis after the commit. A hint, not the truth: what it loses is healed by seq.

A payload is the final frame behind a short header, so that a hub reads no JSON: `<seq> <frame>` on a person's channel;
on a topic's `c <ver>,<likes>,<comments>`, `s <people's ids> <frame>` or `e <actor's id> <frame>`, where 0 is nobody.
"""

import functools
import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from django.conf import settings

from realtime import rings, topics
from realtime.links import AsyncLink, Link
from realtime.log import Numbered, Replay
from realtime.rings import Command, Ring
from realtime.shards import Replies

logger = logging.getLogger(__name__)

OWED = 4_096  # channels to which something is owed while Redis is away
COMPLAINT_SECONDS = 1.0  # between two lines of the log in an outage


@dataclass(slots=True)
class Tally:
    """What has become of this process's messages since its start."""

    published: int = 0
    lost: int = 0  # not published; the last of a channel is owed
    refused: int = 0  # entries of rings, and other commands
    said_at: float = float("-inf")  # when the log was last told


tally = Tally()


class Message(NamedTuple):
    """Something to publish; a durable event goes to the person's ring as well."""

    channel: str
    payload: str
    ring: Ring | None = None


def of_event(numbered: Numbered) -> Message:
    """A durable event, routed without being read."""
    user_id, seq, frame = numbered.user_id, numbered.seq, numbered.frame
    return Message(topics.user_channel(user_id), f"{seq} {frame}", Ring(rings.key(user_id), seq, frame))


def of_counters(post_id: int, ver: int, likes: int, comments: int) -> Message:
    """A post's counters: absolute, so that the next one heals the loss of this one."""
    return Message(topics.topic_channel(f"post:{post_id}"), f"c {ver},{likes},{comments}")


def of_state(topic: str, frame: str, *people: int) -> Message:
    """A topic's state; whoever keeps silence with one of the people that it is about is passed over."""
    return Message(topics.topic_channel(topic), f"s {','.join(map(str, people)) or 0} {frame}")


def of_ephemeral(topic: str, frame: str, actor_id: int = 0) -> Message:
    """Something that is worthless a second later (typing); whoever keeps silence with the actor is passed over."""
    return Message(topics.topic_channel(topic), f"e {actor_id} {frame}")


def publish(messages: Iterable[Message]) -> bool:
    """Send to whoever listens now, in one round trip; tell whether Redis took all of it. Must follow the commit.

    Raises nothing and takes a second at most. What is not taken is owed: each channel's last message goes out again
    with the next call that succeeds, one with no messages of its own too, and shows the hub that something is missing.
    """
    batch = [*_taken_from_owed(), *messages]
    if not batch:
        return True
    lost = _lost(batch, _link().execute(_commands(_link().publish, batch)))
    _owe(lost)
    return not lost


_owed: dict[str, Message] = {}  # by channel, in the order in which they were lost
_owing = threading.Lock()  # the threads of a worker publish side by side


def _taken_from_owed() -> list[Message]:
    with _owing:
        owed = list(_owed.values())
        _owed.clear()
    return owed


def _owe(lost: list[Message]) -> None:
    with _owing:
        for message in lost:
            _owed.pop(message.channel, None)
            if len(_owed) < OWED and not message.payload.startswith("e "):
                _owed[message.channel] = message


def ask(commands: Sequence[Command]) -> Replies:
    """Do something else in Redis, in one round trip; an exception stands where a command was not done."""
    return _link().execute(commands) if commands else []


@functools.cache
def _link() -> Link:
    return Link(settings.REDIS_URL)


def ping() -> bool:
    """Whether Redis answers; of a Cluster every part that holds something."""
    return _link().ping()


def forget() -> None:
    """Forget the connection, what is owed and what was counted, for a test that changes REDIS_URL."""
    _link.cache_clear()
    _owed.clear()
    for name, value in asdict(Tally()).items():
        setattr(tally, name, value)


class Bus:
    """The same for a web process, native to its event loop. Raises nothing; each call takes a second at most."""

    def __init__(self, url: str) -> None:
        self._link = AsyncLink(url)

    async def publish(self, messages: Iterable[Message]) -> bool:
        """Send to whoever listens now; tell whether Redis took all of it. Nothing is owed: it is lost."""
        batch = list(messages)
        return not _lost(batch, await self._link.execute(_commands(self._link.publish, batch)))

    async def ask(self, commands: Sequence[Command]) -> Replies:
        """Do something else in Redis, in one round trip; an exception stands where a command was not done."""
        return await self._link.execute(commands) if commands else []

    async def open_rings(self, heads: Mapping[int, int]) -> None:
        """Make the rings of people who came online, each from the person's head on; those that are there live on."""
        commands = [command for user_id, head in heads.items() for command in rings.opening(user_id, head)]
        _refused(await self._link.execute(commands))

    async def fill_rings(self, replays: Iterable[tuple[int, Replay]]) -> set[int]:
        """Add what people have missed to their rings, which must be there; answer whose now ends where the replay does.

        Whatever is added to the log after that is in such a ring too, as long as Redis takes it and keeps it.
        """
        parts = [(user_id, rings.filling(user_id, one.head, one.frames)) for user_id, one in replays]
        replies = iter(await self._link.execute([command for _, part in parts for command in part]))
        filled = set()
        for user_id, part in parts:
            answers = [next(replies) for _ in part]
            _refused(answers)
            if all(map(rings.reaches, answers)):
                filled.add(user_id)
        return filled

    async def touch_rings(self, user_ids: Iterable[int]) -> set[int]:
        """Keep the rings of people who are online; answer whose is gone (a flush, a restart) and may be opened anew."""
        people = list(user_ids)
        replies = await self._link.execute([rings.touching(user_id) for user_id in people])
        return {user_id for user_id, kept in zip(people, replies, strict=True) if kept == 0}

    async def read_rings(self, after: Mapping[int, int]) -> dict[int, list[tuple[int, str]]]:
        """What follows each person's `seq`, for those whose ring is whole from there to its end.

        The end may lag behind the log, for ever after a failover: compare it with the head from PostgreSQL.
        """
        replies = await self._link.execute([rings.reading(user_id, seq) for user_id, seq in after.items()])
        found = {}
        for (user_id, seq), entries in zip(after.items(), replies, strict=True):
            frames = None if isinstance(entries, Exception) else rings.whole(entries, seq)
            if frames is not None:
                found[user_id] = frames
        return found

    async def close(self) -> None:
        """Give the connections back."""
        await self._link.close()


def _commands(publish: str, batch: list[Message]) -> list[Command]:
    commands: list[Command] = []
    for message in batch:
        commands.append((publish, message.channel, message.payload))
        if message.ring is not None:
            commands.append(rings.adding(message.ring))
    return commands


def _lost(batch: list[Message], replies: Replies) -> list[Message]:
    """The messages that were not published. A ring that refuses its entry loses nothing: readers see that it lags."""
    lost, refusals, rest = [], [], iter(replies)
    for message in batch:
        published = next(rest)
        if isinstance(published, Exception):
            lost.append(message)
            refusals.append(published)
        if message.ring is not None:
            refusals.append(next(rest))
    tally.published += len(batch) - len(lost)
    tally.lost += len(lost)
    _refused(refusals)
    return lost


def _refused(replies: Replies) -> None:
    """Count what Redis refused, and say so now and then: an outage under load would fill the log."""
    refusals = [reply for reply in replies if isinstance(reply, Exception) and not rings.is_stale(reply)]
    if not refusals:
        return
    tally.refused += len(refusals)
    if time.monotonic() - tally.said_at > COMPLAINT_SECONDS:
        tally.said_at = time.monotonic()
        logger.warning("bus: %s (%s lost, %s refused so far)", refusals[0], tally.lost, tally.refused)
