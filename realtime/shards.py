"""Which Redis holds which partition, and the steps of sending to several. Does no I/O: the links do (sans-I/O).

The nodes of a Cluster tell who holds which slots; Sentinels tell which Redis is the primary now, and it holds all; one
Redis of its own holds all for ever. `route` is a generator of steps: it yields commands for each node and is sent the
replies, so that threads and event loops share every decision.
"""

import random
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from typing import Any, cast

import redis
from redis.crc import key_slot

from core import redis_url
from realtime.rings import Command
from realtime.topics import PARTITIONS

Replies = list[Any]  # one for each command; an exception where it was not done
Step = dict[str, list[Command]]  # what to send to each node, by its URL
Answers = dict[str, Replies]
Route = Generator[Step, Answers, Replies]
Owners = dict[int, str]  # partition → URL of its node

SLOTS = [key_slot(f"p{number}".encode()) for number in range(PARTITIONS)]
TRIES = 2  # a partition that has moved is found the second time
LEARN_AGAIN_SECONDS = 0.5  # between two looks at the map while a node is away
# Sentinels are asked so often: a primary that was set back takes what is published to it, and hands it to nobody.
PRIMARY_SECONDS = 1.0


class Unheld(redis.ConnectionError):
    """No node is known that holds the partition."""


def _key(command: Command) -> str:
    """The key of a command, the first of a script."""
    return cast(str, command[3 if command[0] in ("EVAL", "EVALSHA") else 1])


def partition(name: str | bytes) -> int:
    """The partition in a channel's or key's hash tag, `{pN}`."""
    text = name.decode() if isinstance(name, bytes) else name
    return int(text[text.index("{p") + 2 : text.index("}")])


class Shards:
    """The map, as last learned."""

    def __init__(self, url: str) -> None:
        self._url = redis_url.parse(url)
        self.is_sharded = self._url.kind == "cluster"
        self.learns = self._url.kind != "one"
        self.owners: Owners = {} if self.learns else dict.fromkeys(range(PARTITIONS), url)
        self._learned_at = 0.0
        self._is_stale = self.learns

    def route(self, commands: Sequence[Command]) -> Route:
        """Send each command to the node that holds its key; those that went astray once more, by a new map."""
        replies: Replies = [Unheld("no Redis is known that holds it")] * len(commands)
        left = list(range(len(commands)))
        for _ in range(TRIES):
            if self._is_stale or (self._url.kind == "sentinel" and self._age() > PRIMARY_SECONDS):
                yield from self.learn()
            numbers = self._split(commands, left)
            answers = yield {node: [commands[number] for number in mine] for node, mine in numbers.items()}
            for node, mine in numbers.items():
                for number, reply in zip(mine, answers[node], strict=True):
                    replies[number] = reply
            left = [number for number in left if self._went_astray(replies[number])]
            if not left:
                break
        return replies

    def _split(self, commands: Sequence[Command], numbers: list[int]) -> dict[str, list[int]]:
        by_node: dict[str, list[int]] = defaultdict(list)
        for number in numbers:
            node = self.owners.get(partition(_key(commands[number])) if self.is_sharded else 0)
            if node is not None:
                by_node[node].append(number)
        return by_node

    def _went_astray(self, reply: Any) -> bool:
        """Whether another map might help: after a move, and (not too often, it costs a round trip) an outage."""
        if isinstance(reply, redis.exceptions.MovedError | redis.ReadOnlyError):
            self._is_stale = True
            return True
        is_away = isinstance(reply, redis.ConnectionError | redis.TimeoutError | OSError)
        if not (self.learns and is_away and self._age() > LEARN_AGAIN_SECONDS):
            return False
        self._is_stale = True
        return isinstance(reply, redis.ConnectionError)  # after a time-out the caller has waited enough

    def _age(self) -> float:
        return time.monotonic() - self._learned_at

    def learn(self) -> Route:
        """Ask one node after the other for the map until one answers; keep the old one if none does."""
        if not self.learns:
            return []
        known = {*self._url.nodes, *(self.owners.values() if self.is_sharded else ())}
        question: Command = ("CLUSTER", "SLOTS")
        if not self.is_sharded:
            question = ("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._url.service)
        for node in random.sample(sorted(known), len(known)):
            (answer,) = (yield {node: [question]})[node]
            if isinstance(answer, list):
                self._take(answer, node)
                break
        return []

    def _take(self, answer: list[Any], asked: str) -> None:
        self._learned_at = time.monotonic()
        self._is_stale = False
        if not self.is_sharded:
            self.owners = dict.fromkeys(range(PARTITIONS), self._url.node(answer[0].decode(), int(answer[1])))
            return
        ranges = [(first, last, self._node(primary, asked)) for first, last, primary, *_ in answer]
        self.owners = {
            number: node for number, slot in enumerate(SLOTS) for first, last, node in ranges if first <= slot <= last
        }

    def _node(self, primary: list[Any], asked: str) -> str:
        """A node's URL; one that knows no name of its own is where we asked."""
        host = (primary[0] or b"").decode()
        return asked if host in ("", "?") else self._url.node(host, primary[1])
