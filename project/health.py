"""Whether this process lives (`/healthz`) and whether it can serve (`/readyz`). For machines; says no secrets."""

import functools
import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import crossing
from core.problems import Problem
from project.leaving import State, here

logger = logging.getLogger(__name__)

_migrated: list[bool] = []  # holds True once it was seen

PING_SECONDS = 1.0  # a load balancer asks every few seconds; slower than that is as good as away


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


def _redis() -> bool:
    return bool(_client().ping())


@functools.cache
def _client() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PING_SECONDS,
        socket_connect_timeout=PING_SECONDS,
        retry=Retry(NoBackoff(), retries=0),  # by default it would try for ten times as long
    )


CHECKS: dict[str, Callable[[], bool]] = {"database": _database, "migrations": _migrations, "redis": _redis}
