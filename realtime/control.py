"""Ends access live: follows the control log, which drains write, and closes or silences sockets. Decides nothing.

The log is person 0's: numbered, replayed and checked like anybody's, so that a lost message on the bus delays a
revocation by seconds and never loses it. What the log cannot tell (rows deleted by hand) the nets find.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from accounts.recognized import recognized
from core import crossing
from realtime import log, presence, protocol, topics
from realtime.protocol import Close, Cursor
from realtime.socket import Socket

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = logging.getLogger(__name__)

CHECK_SECONDS = 15.0
CHECK_AWAY_SECONDS = 1.0  # while Redis is away only this tells
START_SECONDS = 0.5  # between two tries to learn where the log stands

Watching = tuple[Socket, str]

_CODES = {"renewed": Close.RENEW_TICKET, "renamed": Close.RENEW_TICKET, "suspended": Close.SUSPENDED}


class Control:
    """This process's place in the control log, and what its entries do."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._seq = 0
        self._catching = asyncio.Lock()
        self.ready = asyncio.Event()  # the place is known: what is revoked from here on is heard

    async def run(self) -> None:
        """Follow the log until cancelled."""
        await self._hub.bus.listen(topics.user_channel(log.CONTROL), self._hear)
        await self._start()
        while True:
            await self._pause()
            await self.catch_up()

    async def _pause(self) -> None:
        """Wait for the next look, which is soon if Redis is away, also when it went in the middle of a wait."""
        until = time.monotonic() + CHECK_SECONDS
        while time.monotonic() < until:
            await asyncio.sleep(CHECK_AWAY_SECONDS)
            if not self._hub.bus.up:
                return

    async def _start(self) -> None:
        while not self.ready.is_set():
            try:
                self._seq = (await crossing.call(log.heads, [log.CONTROL]))[log.CONTROL]
                self.ready.set()
            except Exception as error:  # PostgreSQL away: nobody gets in either
                logger.warning("control log not read: %s", error)
                await asyncio.sleep(START_SECONDS)

    @property
    def place(self) -> int:
        """The newest entry done. Who reads rights, and then registers, looks whether it has moved in between."""
        return self._seq

    async def verify(self, socket: Socket) -> None:
        """Ask again who this is and whom they hide from: an entry came while they were let in, and passed them by."""
        await self._hub.nets.check_sockets([socket])
        if socket.viewer is not None and not socket.gone:
            self._hub.hide(socket, await self._hub.reads.hidden(socket.viewer.id))

    def verify_topics(self, socket: Socket, names: Iterable[str]) -> None:
        """Ask the rules again, for topics that were granted while an entry came."""
        self._check_again([(socket, name) for name in names], "checked")

    def verify_staff(self) -> None:
        """Ask again who may watch what is for staff: the right may have been taken by hand, which no entry tells."""
        sockets = [socket for sockets in self._hub.users.values() for socket in sockets]
        self._check_again(self._for_staff(sockets), "staff")

    def _hear(self, payload: bytes) -> None:
        head, _, body = payload.partition(b" ")
        if not self.ready.is_set() or int(head) <= self._seq:
            return
        if int(head) == self._seq + 1 and not self._catching.locked():
            self._seq += 1
            self._apply(body.decode())
        else:
            self._hub.run(self.catch_up())

    async def catch_up(self) -> None:
        """Apply whatever the bus has not brought."""
        async with self._catching:
            try:
                cursor = Cursor(await self._hub.reads.epoch(), self._seq)
                replay = await crossing.call(log.replay, log.CONTROL, cursor)
            except Exception as error:  # asked again at the next check
                logger.warning("control log not read: %s", error)
                return
            for frame in replay.frames:
                self._apply(frame)
            # Never back: a log that is behind us was emptied (tests do it), and each look goes through everything.
            self._seq = max(self._seq, replay.head)
            if replay.outcome == "resync":  # too much was missed to go through it one by one
                recognized.clear()
                await self._hub.nets.check_proofs()
                self._check_again(self._all(), "checked")

    def _apply(self, frame: str) -> None:
        try:
            self.act(protocol.data_of(frame))
        except Exception:  # one that this version cannot read must not stop those behind it
            logger.exception("control message not applied")

    def act(self, data: dict[str, Any]) -> None:
        """Do what one entry says."""
        reason = data.get("reason", "ended")
        _forget(data)
        match data:
            case {"session": int(number)}:
                self._end(self._hub.proofs.get(("session", number), ()), reason)
            case {"token": int(number)}:
                self._end(self._hub.proofs.get(("token", number), ()), reason)
            case {"user": int(user_id), "keep": kept}:
                self._end(
                    [one for one in self._of(user_id) if one.viewer and one.viewer.session_id not in (None, kept)],
                    reason,
                )
            case {"user": int(user_id)}:
                self._end(self._of(user_id), reason)
                self._check_again(self._owned(user_id), reason)
            case {"staff": int(user_id)}:
                self._check_again(self._for_staff(self._of(user_id)), reason)
            case {"owner": int(user_id)}:
                self._check_again(self._owned(user_id) + self._mutual(user_id), reason)
            case {"pair": [int(one), int(other)]}:
                self._part(one, other, reason)
            case {"topics": list(names)}:
                for name in names:
                    self._revoke([(socket, name) for socket in self._watching(name)], reason)

    def _of(self, user_id: int) -> list[Socket]:
        return self._hub.users.get(user_id, [])

    def _watching(self, topic: str) -> set[Socket]:
        return {*self._hub.watchers.get(topic, ()), *self._hub.viewers.get(topic, ())}

    def _owned(self, user_id: int) -> list[Watching]:
        names = self._hub.owned.get(user_id, ())
        return [(socket, name) for name in names for socket in self._watching(name) if not _is(socket, user_id)]

    def _mutual(self, user_id: int) -> list[Watching]:
        """What a person watches on terms of mutuality: who hides their presence sees nobody's."""
        mine = [(socket, name) for socket in self._of(user_id) for name in socket.topics]
        return [(socket, name) for socket, name in mine if name.startswith(f"{presence.KIND}:")]

    def _for_staff(self, sockets: Iterable[Socket]) -> list[Watching]:
        """What some watch that is for staff alone."""
        proven = self._hub.domain.proven
        return [(socket, name) for socket in sockets for name in socket.topics if name.partition(":")[0] in proven]

    def _all(self) -> list[Watching]:
        return [(socket, name) for name in list(self._hub.owners) for socket in self._watching(name)]

    def _end(self, sockets: Iterable[Socket], reason: str) -> None:
        """Close sockets whose proof is gone; a session or a person with a new name comes back with that."""
        code = _CODES.get(reason, Close.SESSION_REVOKED)
        for socket in list(sockets):
            if code != Close.RENEW_TICKET:
                socket.write(protocol.revoked_all(reason))
            socket.end(code)

    def _part(self, one: int, other: int, reason: str) -> None:
        """Two people stand differently to each other: whom they see, and whose topics they may watch."""
        for mine, theirs in ((one, other), (other, one)):
            sockets = self._of(mine)
            if sockets:
                self._hub.run(self._reload_hidden(mine))
                names = self._hub.owned.get(theirs, ())
                self._check_again([(s, n) for s in sockets for n in names if n in s.topics or n in s.viewed], reason)

    async def _reload_hidden(self, user_id: int) -> None:
        hidden = await self._hub.reads.hidden(user_id)
        for socket in self._of(user_id):
            self._hub.hide(socket, hidden)

    def _check_again(self, watching: list[Watching], reason: str) -> None:
        if watching:
            self._hub.run(self._check(watching, reason))

    async def _check(self, watching: list[Watching], reason: str) -> None:
        """Ask the rules once more, and take away what they do not allow; without an answer all of it."""
        wanted: dict[int | None, list[str]] = {}
        for socket, name in watching:
            wanted.setdefault(socket.viewer.id if socket.viewer else None, []).append(name)
        try:
            asked = wanted.items()
            states = await asyncio.gather(*(self._hub.reads.states(viewer, names) for viewer, names in asked))
            allowed = {(viewer, name) for viewer, found in zip(wanted, states, strict=True) for name in found}
        except Exception as error:
            logger.warning("topics not checked again, so taken away: %s", error)
            allowed = set()
        refused = [(s, n) for s, n in watching if (s.viewer.id if s.viewer else None, n) not in allowed]
        self._revoke(refused, reason)

    def _revoke(self, watching: list[Watching], reason: str) -> None:
        taken: dict[Socket, list[str]] = {}
        for socket, name in watching:
            taken.setdefault(socket, []).append(name)
        for socket, names in taken.items():
            self._hub.unwatch(socket, names)
            self._hub.unview(socket, names)
            socket.write(protocol.revoked(names, reason))


def _forget(data: dict[str, Any]) -> None:
    """Have requests look up again whom an entry is about: what they bring may prove nobody now, or somebody else."""
    match data:
        case {"session": int(number)}:
            recognized.forget("session", number)
        case {"token": int(number)}:
            recognized.forget("token", number)
        case {"user": int(user_id)} | {"staff": int(user_id)}:
            recognized.forget("user", user_id)


def _is(socket: Socket, user_id: int) -> bool:
    return socket.viewer is not None and socket.viewer.id == user_id
