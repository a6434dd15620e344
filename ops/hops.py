"""How far events have come in each web process: when they were heard, what each device was written and has shown."""

import msgspec

from ops.asking import Subject
from realtime.hub import Hub
from realtime.socket import Socket


class Question(msgspec.Struct, frozen=True):
    """What has become of one person's events."""

    person: int
    seqs: list[int]


class Device(msgspec.Struct, frozen=True):
    """A connection of the person. Times are seconds since 1970, 0 for none."""

    node: str
    id: str
    written: int  # the newest event that was written, or waits in its queue
    acked: int  # the newest that it says to have shown
    acked_at: float
    waiting: int  # frames that it does not read
    state: str  # live, replaying, lagging


class Answer(msgspec.Struct, frozen=True):
    """What one process knows."""

    node: str
    heard: dict[int, float]  # seq → when; those that are missing were not heard, or are forgotten
    devices: list[Device]


_subject = Subject("hops", Question, Answer)


class Respondent:
    """One process's part: hear, look, answer."""

    def __init__(self, hub: Hub, node_id: str) -> None:
        self._hub = hub
        self._node_id = node_id

    async def listen(self) -> None:
        """Hear questions from here on."""
        await _subject.hear(self._hub, self._answer)

    async def _answer(self, question: Question) -> Answer:
        wanted = set(question.seqs)
        heard = {seq: at for person, seq, at in self._hub.heard if person == question.person and seq in wanted}
        devices = [self._device(socket) for socket in self._hub.users.get(question.person, ())]
        return Answer(self._node_id, heard, devices)

    def _device(self, socket: Socket) -> Device:
        state = "lagging" if socket.lagging else "live" if socket.held is None else "replaying"
        return Device(self._node_id, socket.id, socket.seq, socket.acked, socket.acked_at, socket.waiting, state)


def ask(person: int, seqs: list[int]) -> list[Answer]:
    """Ask all processes; one that has not answered within a second is missing.

    Raises:
        Away: if Redis does not answer.
    """
    return _subject.ask(Question(person, seqs)).answers
