"""Whether this process lives (`/healthz`) and whether it can serve (`/readyz`). For machines; says no secrets."""

import asyncio
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from core import crossing
from ops import aside, maintenance
from ops.leaving import State, here
from realtime import bus, hub

logger = logging.getLogger(__name__)

_migrated: list[bool] = []  # holds True once it was seen


async def healthz(request: HttpRequest) -> HttpResponse:
    """Answer while the event loop turns; touches neither database nor Redis."""
    return JsonResponse({"status": "ok", "node": settings.NODE})


async def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every part works, else 503 with the names of those that do not, or with `draining`; in a second.

    `live` is the hop that live updates do not pass, if one is broken: people are served without them. So they are under
    `maintenance`, to look.
    """
    if here.state is not State.SERVING:
        return _answer(here.state, [], 503)
    failed = await broken()
    if crossing.is_full():
        failed.append("threads")
    return _answer("broken" if failed else "ok", failed, 503 if failed else 200)


def _answer(status: str, failed: list[str], code: int) -> HttpResponse:
    body = {
        "status": status,
        "node": settings.NODE,
        "broken": failed,
        "live": hub.broken() or "ok",
        "maintenance": maintenance.watch.found is not None,
    }
    return JsonResponse(body, status=code)


async def broken() -> list[str]:
    """The names of the parts that do not work now, or do not answer in ops.aside's time."""
    held = await asyncio.gather(*(_holds(name, works) for name, works in CHECKS.items()))
    return [name for name, holds in zip(CHECKS, held, strict=True) if not holds]


async def _holds(name: str, works: Callable[[], bool]) -> bool:
    try:
        return await aside.ask(name, works)
    except Exception as error:  # whatever a driver may raise: that part does not work
        logger.warning("not ready: %s: %s", name, str(error) or "no answer")
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    """Whether every migration of this code is applied. Once true it stays so while the process lives."""
    if not _migrated and not unapplied():
        _migrated.append(True)
    return bool(_migrated)


def unapplied() -> int:
    """How many migrations of this code are not applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


CHECKS: dict[str, Callable[[], bool]] = {"database": _database, "migrations": _migrations, "redis": bus.ping}
