"""Whether this process lives (`/healthz`) and whether it can serve (`/readyz`). For machines; says no secrets."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from core import crossing
from core.problems import Problem
from project.leaving import State, here
from realtime import bus

logger = logging.getLogger(__name__)

_migrated: list[bool] = []  # holds True once it was seen


async def healthz(request: HttpRequest) -> HttpResponse:
    """Answer while the event loop turns; touches neither database nor Redis."""
    return JsonResponse({"status": "ok", "node": settings.NODE})


async def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every part works, else 503 with the names of those that do not, or with `draining`."""
    if here.state is not State.SERVING:
        return JsonResponse({"status": here.state, "node": settings.NODE, "broken": []}, status=503)
    try:
        broken = await crossing.call(_broken)
    except Problem:  # the crossing is full
        broken = ["threads"]
    body = {"status": "broken" if broken else "ok", "node": settings.NODE, "broken": broken}
    return JsonResponse(body, status=503 if broken else 200)


def _broken() -> list[str]:
    return [name for name, works in CHECKS.items() if not _holds(name, works)]


def _holds(name: str, works: Callable[[], bool]) -> bool:
    try:
        return works()
    except Exception as error:  # whatever a driver may raise: that part does not work
        logger.warning("not ready: %s: %s", name, error)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    """Whether every migration of this code is applied. Once true it stays so while the process lives."""
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated.extend([] if executor.migration_plan(executor.loader.graph.leaf_nodes()) else [True])
    return bool(_migrated)


CHECKS: dict[str, Callable[[], bool]] = {"database": _database, "migrations": _migrations, "redis": bus.ping}
