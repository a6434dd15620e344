"""The way of an event from a deed to each device, as operators read it: its hops, when each was passed, what stops it.

Times of one machine's hops are exact; between machines they are as good as their clocks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from django.utils.translation import gettext as _

from core import clock
from events import outbox
from events.models import MAX_ATTEMPTS, OutboxRow
from ops import hops
from ops.nodes import Away
from realtime import log
from realtime.models import UserEvent

MOST = 20  # rows of the outbox that are told

State = Literal["done", "waiting", "stopped"]


@dataclass(frozen=True, slots=True)
class Hop:
    """One step; `took_ms` since the one before that has a time. Those that run `beside` each other begin together."""

    name: str
    said: str = ""
    at: datetime | None = None
    state: State = "done"
    took_ms: float | None = None
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Trail:
    """The hops of one event to one person, as far as it has come."""

    title: str
    hops: list[Hop]
    request_id: str = ""

    @property
    def state(self) -> State:
        """That of the last hop."""
        return self.hops[-1].state if self.hops else "waiting"


def made(title: str, steps: Iterable[Hop], request_id: str = "") -> Trail:
    """A trail, with the times between its hops."""
    before: datetime | None = None
    timed = []
    for hop in steps:
        took = (hop.at - before).total_seconds() * 1_000 if hop.at and before else None
        timed.append(replace(hop, took_ms=took))
        before = before if hop.beside else hop.at or before
    return Trail(title, timed, request_id)


def waiting(user_id: int, *values: str | int) -> list[Trail]:
    """What waits in the outbox for a person and names all of these ids, the oldest first; at most MOST.

    A shard holds others' too, and of those what this person did to them.
    """
    rows = OutboxRow.objects.filter(shard=outbox.shard_of(user_id)).exclude(event__regex=_member("actor_id", user_id))
    for value in (user_id, *values):
        rows = rows.filter(event__regex=_member("", value))
    return [_waits(row) for row in rows.order_by("id")[:MOST]]


def _member(name: str, value: str | int) -> str:
    """A regular expression for a member of an event's JSON; of any name if it is empty."""
    quoted = f'"{name}"' if name else ""
    return f'{quoted}:"?{value}"?[,}}]'


def _waits(row: OutboxRow) -> Trail:
    error = row.error.partition("\n")[0]  # what follows may show what somebody wrote
    steps = [Hop(_("Recorded"), at=row.created_at)]
    if row.attempts >= MAX_ATTEMPTS:
        said = _("It failed %(count)s times and is tried no more: %(error)s") % {"count": row.attempts, "error": error}
        steps.append(Hop(_("Outbox"), said, state="stopped"))
    elif row.attempts:
        said = _("It failed %(count)s times: %(error)s") % {"count": row.attempts, "error": error}
        steps.append(Hop(_("Outbox"), said, state="waiting"))
    else:
        seconds = (clock.now() - row.created_at).total_seconds()
        said = _("It waits in the outbox for a worker, for %(seconds)s s now.") % {"seconds": f"{seconds:.1f}"}
        steps.append(Hop(_("Outbox"), said, state="waiting"))
    return made(_kind(row.event), steps, row.request_id)


def _kind(event: str) -> str:
    return event.partition('"type":"')[2].partition('"')[0]


class Reach:
    """How far events of a person's log have come, of all of them in one question to the web processes."""

    def __init__(self, user_id: int, seqs: list[int]) -> None:
        self._user_id = user_id
        self._stand = log.stand_of([user_id])[user_id]
        try:
            self._answers: list[hops.Answer] | None = hops.ask(user_id, seqs)
        except Away:
            self._answers = None

    def of(self, event: UserEvent) -> list[Hop]:
        """From its place in the log to each device."""
        said = _("Number %(seq)s of the log of this person.") % {"seq": event.seq}
        steps = [Hop(_("Drained and numbered"), said, event.created_at)]
        if self._answers is None:
            steps.append(Hop(_("Published"), _("Redis does not answer, so no process can be asked."), state="stopped"))
            return steps
        devices = [device for answer in self._answers for device in answer.devices]
        steps.append(self._published(event.seq, self._answers, devices))
        return [*steps, *(_written(device, event.seq) for device in devices)]

    def _published(self, seq: int, answers: list[hops.Answer], devices: list[hops.Device]) -> Hop:
        heard = sorted((answer.heard[seq], answer.node) for answer in answers if seq in answer.heard)
        if heard:
            said = _("Heard by %(nodes)s.") % {"nodes": ", ".join(_named(node) for _at, node in heard)}
            return Hop(_("Published"), said, _moment(heard[0][0]))
        if not devices:
            return Hop(_("Published"), self._offline(), state="waiting")
        if all(device.written >= seq for device in devices):
            return Hop(_("Published"), _("Too long ago for any process to remember when, or it came by a replay."))
        said = _("No process has heard it: Redis has lost it. The next heartbeat shows the hole, and the log fills it.")
        return Hop(_("Published"), said, state="stopped")

    def _offline(self) -> str:
        values = {"least": self._stand.trimmed, "head": self._stand.seq, "most": log.MAX_REPLAY}
        return (
            _(
                "No device is connected. The next will resume from the number it has seen, %(least)s or later, up to "
                "%(head)s; one that is more than %(most)s behind loads its page anew."
            )
            % values
        )


def _written(device: hops.Device, seq: int) -> Hop:
    name = _("Device %(id)s on %(node)s") % {"id": device.id, "node": _named(device.node)}
    if device.written < seq:
        said = {
            "lagging": _("Its queue overflowed at %(seq)s: it will resume from there."),
            "replaying": _("It stands at %(seq)s, and is being brought up to date."),
        }.get(device.state, _("It stands at %(seq)s, and was not written this."))
        return Hop(name, said % {"seq": device.written}, state="waiting", beside=True)
    if device.waiting:
        said = _("Written, but the device does not read: %(count)s frames wait for it.") % {"count": device.waiting}
        return Hop(name, said, state="waiting", beside=True)
    if device.acked < seq:
        said = _("Written. Not acknowledged yet: it says up to %(seq)s, and says so every 10 s.")
        return Hop(name, said % {"seq": device.acked}, state="waiting", beside=True)
    said = _("Written, and acknowledged up to %(seq)s.") % {"seq": device.acked}
    return Hop(name, said, _moment(device.acked_at), beside=True)


def _named(node: str) -> str:
    """A process by the name of its node, and enough of its own to tell two apart."""
    name, _dot, own = node.rpartition(".")
    return f"{name}.{own[:4]}" if name else node


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
