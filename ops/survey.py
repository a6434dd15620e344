"""Who has which connection, asked of all web processes at once (ops.asking), and orders about them."""

import asyncio
import heapq
from dataclasses import dataclass
from typing import Literal

import msgspec

from core import clock
from ops.asking import Asked, Subject
from ops.sight import Connection, Detail, Matcher, Wanted, candidates, connection, detail, is_of
from ops.tails import Full, Tails
from realtime import protocol
from realtime.departure import send_away
from realtime.hub import Hub
from realtime.protocol import Close
from realtime.socket import Socket

MOST = 100  # connections that one process tells of
TURN = 1_000  # sockets looked at before others get the loop
A_STEP, STEP_SECONDS = 100, 0.25  # of those who are to come back: all at once would be a wave

Act = Literal["find", "detail", "reconnect", "end", "tail", "stop"]


class Question(msgspec.Struct, frozen=True):
    """What all are asked, or told to do, about the connections that are wanted."""

    act: Act
    wanted: Wanted = Wanted()
    tail: str = ""  # which one is to stop


class Answer(msgspec.Struct, frozen=True):
    """What one process answers: how many there are, and of the first MOST what they are."""

    node: str
    count: int = 0
    connections: list[Connection] = []
    detail: Detail | None = None
    tail: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Survey(Asked[Answer]):
    """All answers together."""

    @property
    def count(self) -> int:
        """How many connections there are."""
        return sum(answer.count for answer in self.answers)

    @property
    def connections(self) -> list[Connection]:
        """The first of each process."""
        return [one for answer in self.answers for one in answer.connections]


_subject = Subject("survey", Question, Answer)


class Respondent:
    """One process's part: hear, look, do, answer."""

    def __init__(self, hub: Hub, node_id: str) -> None:
        self._hub = hub
        self._node_id = node_id
        self._tails = Tails(hub, node_id)

    async def listen(self) -> None:
        """Hear questions from here on."""
        await _subject.hear(self._hub, self._answer)

    async def _answer(self, question: Question) -> Answer:
        return await self._act(question, await self._find(question.wanted))

    async def _find(self, wanted: Wanted) -> list[Socket]:
        if not is_of(wanted.node, self._node_id):
            return []
        matches, found = Matcher(wanted), []
        for number, socket in enumerate(list(candidates(self._hub, wanted)), 1):
            if matches(socket):
                found.append(socket)
            if number % TURN == 0:
                await asyncio.sleep(0)
        return [socket for socket in found if not socket.gone]

    async def _act(self, question: Question, found: list[Socket]) -> Answer:
        first = heapq.nsmallest(MOST, found, key=lambda socket: socket.peer.since)  # the same ones at each look
        told = [connection(self._hub, self._node_id, socket) for socket in first]
        answer = Answer(self._node_id, len(found), told)
        match question.act:
            case "detail" if found:
                return msgspec.structs.replace(answer, detail=detail(self._hub, found[0], clock.now()))
            case "reconnect":
                self._hub.run(_send_away(found))
            case "end":
                for socket in found:
                    socket.write(protocol.revoked_all("operator"))
                    socket.end(Close.SESSION_REVOKED)
            case "tail" if found:
                return self._tail(answer, found[0])
            case "stop":
                await self._tails.stop(question.tail)
        return answer

    def _tail(self, answer: Answer, socket: Socket) -> Answer:
        try:
            return msgspec.structs.replace(answer, tail=self._tails.begin(socket))
        except Full:
            return msgspec.structs.replace(answer, refused="full")


async def _send_away(sockets: list[Socket]) -> None:
    for start in range(0, len(sockets), A_STEP):
        send_away([socket for socket in sockets[start : start + A_STEP] if not socket.gone], "operator", Close.DRAIN)
        await asyncio.sleep(STEP_SECONDS)


def ask(act: Act, wanted: Wanted, *, tail: str = "") -> Survey:
    """Ask all processes, or have them do something.

    Raises:
        Away: if Redis does not answer.
    """
    asked = _subject.ask(Question(act, wanted, tail))
    return Survey(asked.answers, asked.silent)
