"""Questions to all web processes at once, and their answers: no list of what they have is kept anywhere.

A question goes out on one Redis channel that each process hears; each answers into a list that ends by itself. An asker
waits until all on the roll have answered, or for a second, and says who has not.
"""

import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec
from django.conf import settings

from ops.nodes import Away, Node, Roll
from realtime import topics
from realtime.hub import Hub
from realtime.links import Link

ANSWERS_SECONDS = 10  # then nobody waits for them any more
PATIENCE_SECONDS = 1.0
LOOK_SECONDS = 0.02


class Answer(Protocol):
    """What one process says."""

    @property
    def node(self) -> str:
        """The id of the process."""


Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class Asked(Generic[A]):
    """What has been answered in time, and the processes that have not."""

    answers: list[A]
    silent: list[Node]


class Subject(Generic[Q, A]):
    """What one kind of question is about: its name, and the shapes of a question and of an answer."""

    def __init__(self, name: str, question: type[Q], answer: type[A]) -> None:
        self._channel = topics.topic_channel(name)
        self._answers = f"{name}:{{p0}}:"
        self._question = msgspec.json.Decoder(question)
        self._answer = msgspec.json.Decoder(answer)

    async def hear(self, hub: Hub, answer: Callable[[Q], Awaitable[A]]) -> None:
        """Answer questions from here on, as one process does."""

        async def reply(payload: bytes) -> None:
            number, _, question = payload.partition(b" ")
            said = msgspec.json.encode(await answer(self._question.decode(question))).decode()
            key = self._answers + number.decode()
            await hub.out.ask([("RPUSH", key, said), ("EXPIRE", key, ANSWERS_SECONDS)])

        await hub.bus.listen(self._channel, lambda payload: hub.run(reply(payload)))

    def ask(self, question: Q) -> Asked[A]:
        """Ask all processes, and wait for a second at most. An order that was not answered may have been done.

        Raises:
            Away: if Redis does not answer.
        """
        nodes = Roll(settings.REDIS_URL).call()
        number, link = secrets.token_hex(8), Link(settings.REDIS_URL)
        _done(link, (link.publish, self._channel, f"{number} {msgspec.json.encode(question).decode()}"))
        answers: list[A] = []
        for answers in self._until_now(link, number):
            if {answer.node for answer in answers} >= {node.id for node in nodes}:
                break
        heard = {answer.node for answer in answers}
        return Asked(answers, [node for node in nodes if node.id not in heard])

    def _until_now(self, link: Link, number: str) -> Iterator[list[A]]:
        """What has been answered so far, again and again until the time is over."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            yield [self._answer.decode(one) for one in _done(link, ("LRANGE", self._answers + number, 0, -1))]
            if time.monotonic() >= deadline:
                return
            time.sleep(LOOK_SECONDS)


def _done(link: Link, command: tuple[str | int, ...]) -> list[bytes]:
    (reply,) = link.execute([command])
    if isinstance(reply, Exception):
        raise Away(str(reply)) from reply
    return reply if isinstance(reply, list) else []
