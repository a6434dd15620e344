"""What sockets ask of the database, for all of them together: who they are, what they missed, what they may watch."""

import asyncio
from collections.abc import Collection, Mapping

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
        self.polls = Polls(self.log, bus, subscriber)
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
        found = await self.log(asks)
        await self._bus.open_rings({user_id: replay.head for (user_id, _), replay in found.items()})
        return found

    async def log(self, asks: Collection[ReplayAsk]) -> dict[ReplayAsk, Replay]:
        """The heads from PostgreSQL, what was missed from the rings, and from PostgreSQL what no ring has whole."""
        epoch = await self.epoch()
        stands = await crossing.call(log.stand_of, {user_id for user_id, _ in asks})
        found = {ask: log.judge(ask[1], stands[ask[0]], epoch) for ask in asks}
        behind = {ask: replay for ask, replay in found.items() if log.is_behind(ask, replay)}
        found |= await self._from_rings(behind)
        left = [ask for ask in behind if not found[ask].frames]
        if left:
            found |= await crossing.call(log.replay_many, left, stands)
        return found

    async def _from_rings(self, behind: Mapping[ReplayAsk, Replay]) -> dict[ReplayAsk, Replay]:
        """What the rings have whole, up to the head at least."""
        after: dict[int, int] = {}
        for (user_id, cursor), _ in behind.items():
            assert cursor is not None
            after[user_id] = min(cursor.seq, after.get(user_id, cursor.seq))
        rings = await self._bus.read_rings(after) if after else {}
        found = {}
        for ask, replay in behind.items():
            user_id, cursor = ask
            assert cursor is not None
            kept = [entry for entry in rings.get(user_id, ()) if entry[0] > cursor.seq]
            if kept and kept[-1][0] >= replay.head:
                found[ask] = Replay("replaying", replay.epoch, kept[-1][0], [frame for _, frame in kept])
        return found

    @staticmethod
    def _asker(rule: topics.Rule) -> "topics.AsyncRule":
        async def ask(asks: list[Ask]) -> Mapping[Ask, TopicState]:
            return await crossing.call(rule, asks)

        return ask
