"""The console's data in each web process: a snapshot a second to who watches topic `ops` here, and the history.

Nothing is read while nobody watches, but for a point of the history every ten seconds, by one process for all.
"""

import asyncio
import logging
import time

import msgspec
from django.conf import settings

from accounts.viewers import Viewer
from core import crossing
from ops import audit, history, services, snapshot, tallies
from ops.nodes import Attendance, Away, Node, Roll
from ops.readings import Course
from ops.services import Numbers
from ops.snapshot import Snapshot
from ops.tallies import Totals
from realtime import protocol
from realtime.hub import Hub
from realtime.meters import added

logger = logging.getLogger(__name__)

TOPIC = "ops"
SUBJECT = "console"  # in the record
SECONDS = 1.0


class Console:
    """That of one web process."""

    def __init__(self, hub: Hub, attendance: Attendance) -> None:
        self._hub = hub
        self._attendance = attendance
        self._course = Course()
        self._numbers: Numbers = {}
        self._reading: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Show and keep as long as the process lives."""
        await asyncio.gather(self._show(), self._keep())

    async def _show(self) -> None:
        while True:
            if TOPIC in self._hub.watchers:
                await self._show_once()
            await asyncio.sleep(SECONDS)

    async def _show_once(self) -> None:
        self._read_services()
        try:
            nodes, totals = await crossing.call(_read)
            shown = await crossing.call(self._made, nodes or [self._alone()], totals)
        except Exception as error:  # our threads are full: a second later there is another one
            logger.info("console not shown: %s", error)
        else:
            self._hub.show(TOPIC, protocol.state(TOPIC, shown.ver, shown.as_dict()))

    def _made(self, nodes: list[Node], totals: Totals | None) -> Snapshot:
        self._course.take(nodes, totals)
        return snapshot.made(nodes, self._course, self._numbers)

    def _alone(self) -> Node:
        """Only this process, while Redis is away: every process knows itself."""
        me = self._attendance.me()
        return msgspec.structs.replace(me, meters=added([me.meters]))  # of its own, as a report has it

    def _read_services(self) -> None:
        """Have them read beside: a broker that does not answer must not hold up what else is to be seen."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._take_services())

    async def _take_services(self) -> None:
        try:
            self._numbers = await crossing.call(services.read)
        except Exception as error:
            logger.info("console: services not read: %s", error)

    async def _keep(self) -> None:
        """Add a point to the history every ten seconds, if it is this process that keeps it."""
        course = Course()
        while True:
            await asyncio.sleep(history.next_point_at() - time.time())
            try:
                await crossing.call(_add_point, self._attendance.id, course)
            except Exception as error:  # one point less
                logger.info("no point in the history: %s", error)


def _add_point(process_id: str, course: Course) -> None:
    if history.is_kept_by(process_id):
        history.add(now(course))


def now(course: Course) -> Snapshot:
    """A snapshot, read here and now; of no process while Redis is away."""
    nodes, totals = _read()
    course.take(nodes, totals)
    return snapshot.made(nodes, course, services.read())


def opened(operator: Viewer) -> Snapshot:
    """What an operator sees who opens the console, which is put on record. Its rates are those of the last point."""
    audit.record(operator, "watch", SUBJECT)
    shown = now(Course())
    return msgspec.structs.replace(shown, numbers=history.latest() | shown.numbers)


def _read() -> tuple[list[Node], Totals | None]:
    """Of Redis, the web processes and what the workers have counted."""
    try:
        return Roll(settings.REDIS_URL).call(), tallies.read()
    except Away:
        return [], None
