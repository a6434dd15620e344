"""What sockets ask of the database, for all of them together: who they are, what they missed, what they may watch."""

import asyncio
from collections.abc import Collection, Iterable, Mapping

from accounts import policies
from core import crossing
from realtime import auth, log, topics
from realtime.auth import Credentials, Proof
from realtime.batch import Batch
from realtime.bus import Bus
from realtime.log import Replay, ReplayAsk
from realtime.polls import Polls
from realtime.protocol import Cursor
from realtime.subscriber import Subscriber
from realtime.topics import Ask, Domain, TopicState


class Reads:
    """The batches of one process; a storm of five thousand handshakes costs a few dozen queries."""

    def __init__(self, domain: Domain, bus: Bus, subscriber: Subscriber) -> None:
        self.polls = Polls(self.read_log, bus, subscriber)
        self._bus = bus
        self._epoch = ""
        self._proofs: Batch[Credentials, Proof] = Batch(self._prove)
        self._replays: Batch[ReplayAsk, Replay] = Batch(self._replay)
        self._hidden: Batch[int, frozenset[int]] = Batch(self._hide)
        self._rules = {kind: Batch(self._asker(rule)) for kind, rule in domain.rules.items()}

    async def proof(self, credentials: Credentials) -> Proof:
        """Who proves to be whom."""
        return (await self._proofs.load([credentials]))[credentials]

    async def replay(self, user_id: int, cursor: Cursor | None) -> Replay:
        """What a client at `cursor` has missed."""
        ask = (user_id, cursor)
        return (await self._replays.load([ask]))[ask]

    async def hidden(self, user_id: int) -> frozenset[int]:
        """Whose doings a person does not see."""
        return (await self._hidden.load([user_id])).get(user_id, frozenset())

    async def epoch(self) -> str:
        """The log's epoch; asked once, since every process starts anew after what changes it."""
        if not self._epoch:
            self._epoch = await crossing.call(log.epoch)
        return self._epoch

    async def states(self, viewer_id: int | None, names: Collection[str]) -> dict[str, TopicState]:
        """Of these topics, those that a viewer may watch, with their states."""
        asks: dict[str, list[Ask]] = {}
        for name in names:
            part = topics.split(name)
            if part is not None and part[0] in self._rules:
                asks.setdefault(part[0], []).append((viewer_id, part[1]))
        answers = await asyncio.gather(*(self._rules[kind].load(keys) for kind, keys in asks.items()))
        states: dict[str, TopicState] = {}
        for (kind, keys), allowed in zip(asks.items(), answers, strict=True):
            # By the names that were asked for: a rule may read `07` as 7, which nobody counted.
            states |= {topics.join(kind, ask[1]): allowed[ask] for ask in keys if ask in allowed}
        return states

    @staticmethod
    async def _prove(given: list[Credentials]) -> Mapping[Credentials, Proof]:
        return await crossing.call(auth.prove, given)

    @staticmethod
    async def _hide(user_ids: list[int]) -> Mapping[int, frozenset[int]]:
        return await crossing.call(policies.hidden_from, user_ids)

    async def _replay(self, asks: list[ReplayAsk]) -> Mapping[ReplayAsk, Replay]:
        found = await self.read_log(asks)
        await self._bus.open_rings({user_id: replay.head for (user_id, _), replay in found.items()})
        return found

    async def read_log(self, asks: Collection[ReplayAsk]) -> dict[ReplayAsk, Replay]:
        """What was missed: from the rings, and from PostgreSQL what they lack up to the head that it names."""
        rings = await self._bus.read_rings(_furthest(asks))
        return await crossing.call(log.replay_many, {ask: _behind(ask, rings.get(ask[0], [])) for ask in asks})

    @staticmethod
    def _asker(rule: topics.Rule) -> "topics.AsyncRule":
        async def ask(asks: list[Ask]) -> Mapping[Ask, TopicState]:
            return await crossing.call(rule, asks)

        return ask


def _furthest(asks: Iterable[ReplayAsk]) -> dict[int, int]:
    """From where to read each person's ring, for all who ask for it."""
    after: dict[int, int] = {}
    for user_id, cursor in asks:
        if cursor is not None:
            after[user_id] = min(cursor.seq, after.get(user_id, cursor.seq))
    return after


def _behind(ask: ReplayAsk, entries: Iterable[tuple[int, str]]) -> list[str]:
    """The frames of a ring that follow a cursor."""
    cursor = ask[1]
    return [frame for seq, frame in entries if cursor is not None and seq > cursor.seq]
