"""What the web processes stand on, in numbers: the outbox, the task queues, PostgreSQL and Redis. Blocks."""

import logging
from collections.abc import Callable

from django.conf import settings

from core import sql
from events import outbox
from ops import queues
from realtime.links import Link

logger = logging.getLogger(__name__)

Numbers = dict[str, float]


def read() -> Numbers:
    """Read each part by itself; the numbers of one that does not answer are missing."""
    found: Numbers = {}
    for part in PARTS:
        try:
            found |= part()
        except Exception as error:  # whatever a driver may raise
            logger.info("not read: %s", error)
    return found


def _outbox() -> Numbers:
    depth = outbox.depth()
    return {"outbox": depth.waiting, "outbox_oldest": depth.oldest_seconds, "outbox_dead": depth.dead}


def _queues() -> Numbers:
    depths = queues.depths()
    found: Numbers = {f"tasks_{queue}": depth for queue, depth in depths.items()}
    return found | {"tasks": sum(depths.values())}


def _postgres() -> Numbers:
    ((used, most),) = sql.rows(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
        "current_setting('max_connections')::int"
    )
    return {"postgres": used, "postgres_most": most}


def _redis() -> Numbers:
    """Of all primaries together. Only part of them answering would look like less memory: then there is no number."""
    told = [_told(reply) for reply in Link(settings.REDIS_URL).each(("INFO",))]
    return {
        "redis": sum(float(one["used_memory"]) for one in told),
        "redis_most": sum(float(one["maxmemory"]) for one in told),  # 0: no limit
        "redis_clients": sum(float(one["connected_clients"]) for one in told),
    }


def _told(reply: bytes | Exception) -> dict[str, str]:
    if isinstance(reply, Exception):
        raise reply
    return dict(line.split(":", 1) for line in reply.decode().splitlines() if ":" in line)


PARTS: tuple[Callable[[], Numbers], ...] = (_outbox, _queues, _postgres, _redis)
