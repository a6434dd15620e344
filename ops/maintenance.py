"""Maintenance: people may look, and nothing is changed, until an operator ends it. Knows no requests.

It is a row of PostgreSQL: every process looks once a second, and while it cannot, what it saw last holds.
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock, crossing
from ops.models import Maintenance
from realtime.hub import Hub

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
RETRY_AFTER_SECONDS = 60  # where no end is promised, or it has passed
HALF_A_DAY = 12 * 3600  # seconds; for longer the hour alone would mislead


@dataclass(frozen=True, slots=True)
class Notice:
    """That there is maintenance, and what people are told of it."""

    begun_at: datetime
    until: datetime | None
    message: str

    @property
    def left_seconds(self) -> int:
        """Seconds until the promised end; 0 if none is, or it has passed."""
        return max(0, round((self.until - clock.now()).total_seconds())) if self.until else 0

    @property
    def retry_after_seconds(self) -> int:
        """When it is worth asking again."""
        return self.left_seconds or RETRY_AFTER_SECONDS

    def __str__(self) -> str:
        """Say it to people, with the operator's own words behind."""
        said = _("You can look around, but nothing can be changed for now.")
        if self.until and self.left_seconds:
            form = "TIME_FORMAT" if self.left_seconds < HALF_A_DAY else "DATETIME_FORMAT"
            until = {"time": date_format(self.until, form)}
            said = _("You can look around, but nothing can be changed until about %(time)s UTC.") % until
        return f"{said} {self.message}".strip()

    def as_dict(self) -> dict[str, str | None]:
        """What sockets are told."""
        return {"until": self.until.isoformat() if self.until else None, "message": self.message}


def begin(*, message: str = "", minutes: int | None = None) -> Notice:
    """Let nobody write from the next second on; called again it says the new words and end, and goes on."""
    until = clock.now() + timedelta(minutes=minutes) if minutes else None
    Maintenance.objects.update_or_create(id=1, defaults={"message": message, "until": until})
    found = current()
    assert found is not None
    return found


def end() -> bool:
    """Let everybody write again; answer whether that changed anything."""
    return Maintenance.objects.all().delete()[0] > 0


def current() -> Notice | None:
    """The maintenance that is under way."""
    row = Maintenance.objects.first()
    return Notice(row.begun_at, row.until, row.message) if row else None


class Watch:
    """What a process has seen last, at most a second ago while the database answers."""

    def __init__(self) -> None:
        self.found: Notice | None = None
        self._looked_at = float("-inf")

    async def now(self) -> Notice | None:
        """The maintenance that is under way; asks the database once a second, whoever asks here."""
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            try:
                self.found = await crossing.call(current)
            except Exception as error:  # whatever a driver may raise: what was seen last holds
                logger.debug("maintenance not looked up: %s", error)
            self._looked_at = time.monotonic()
        return self.found

    async def run(self, hub: Hub) -> None:
        """Look as long as the process lives, and have its sockets told."""
        while True:
            found = await self.now()
            hub.maintain(found.as_dict() if found else None)
            await asyncio.sleep(LOOK_SECONDS)


watch = Watch()
