"""Who is here: kept in Redis with an end of its own, so that a node that dies takes nobody's presence along for long.

Each process keeps an entry for each person who has a socket in it, renewed while they stay. Who may see it is for the
rule to say; a hub that has somebody watch asks again now and then, and so heals what the bus has lost.
"""

import asyncio
import secrets
import time
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.viewers import Viewer
from realtime import bus, protocol, topics
from realtime.protocol import Frame
from realtime.rings import Command

if TYPE_CHECKING:
    from realtime.hub import Hub

RENEW_SECONDS = 30.0
TTL_SECONDS = 75.0  # of an entry, and of what a client was told: two renewals and some
LINGER_SECONDS = 5.0  # a page that is left for the next one is no departure
A_CALL = 500  # people in one round trip

KIND = "presence"


def online(user_ids: Collection[int]) -> set[int]:
    """Of these people, those who have a socket anywhere; nobody while Redis is away."""
    people = list(user_ids)
    replies = bus.ask([_counting(user_id) for user_id in people])
    return {user_id for user_id, count in zip(people, replies, strict=True) if _is_there(count)}


class Presence:
    """The entries of this process, and what those who watch are told."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._me = f"{settings.NODE}:{secrets.token_hex(4)}"

    async def run(self) -> None:
        """Renew and ask until cancelled."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._renew()
            await self._ask()

    async def come(self, viewer: Viewer) -> None:
        """Say that somebody is here: with their first socket in this process."""
        await self._hub.out.ask(self._keeping(viewer.id))
        await self._say(viewer.username, here=True)

    async def go(self, viewer: Viewer) -> None:
        """Say that somebody has left, unless they come back within LINGER_SECONDS, or are connected elsewhere."""
        await asyncio.sleep(LINGER_SECONDS)
        if viewer.id in self._hub.users:
            return
        _, left = await self._hub.out.ask([("ZREM", _key(viewer.id), self._me), _counting(viewer.id)])
        if left == 0:
            await self._say(viewer.username, here=False)

    async def _say(self, username: str, *, here: bool) -> None:
        topic = topics.join(KIND, username)
        await self._hub.out.publish([bus.of_ephemeral(topic, _frame(topic, here=here))])

    async def _renew(self) -> None:
        for people in _parts(list(self._hub.users)):
            await self._hub.out.ask([command for user_id in people for command in self._keeping(user_id)])

    async def _ask(self) -> None:
        """Tell those who watch how it is, whatever they were told before."""
        watched = [name for name in self._hub.watchers if name.startswith(f"{KIND}:")]
        for names in _parts(watched):
            owners = [self._hub.owners.get(name, 0) for name in names]
            counts = await self._hub.out.ask([_counting(owner) for owner in owners])
            for name, count in zip(names, counts, strict=True):
                if not isinstance(count, Exception):
                    frame = Frame(_frame(name, here=_is_there(count)).encode())
                    self._hub.pass_on(name, 0, frame)

    def _keeping(self, user_id: int) -> list[Command]:
        key, end = _key(user_id), int(time.time() + TTL_SECONDS)
        return [("ZADD", key, end, self._me), ("EXPIRE", key, int(TTL_SECONDS))]


def _frame(topic: str, *, here: bool) -> str:
    return protocol.ephemeral(topic, {"online": here}, ttl_seconds=TTL_SECONDS)


def _key(user_id: int) -> str:
    return f"presence:{{p{user_id % topics.PARTITIONS}}}:{user_id}"


def _counting(user_id: int) -> Command:
    """Count the processes that a person is connected to; entries that have run out do not count."""
    return ("ZCOUNT", _key(user_id), int(time.time()), "+inf")


def _is_there(count: object) -> bool:
    return isinstance(count, int) and count > 0


def _parts(things: list[int] | list[str]) -> Iterable[list]:  # type: ignore[type-arg]
    for start in range(0, len(things), A_CALL):
        yield things[start : start + A_CALL]
