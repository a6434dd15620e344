"""What the console's charts have of the last day: a point every ten seconds, in a capped stream in Redis, lost with it.

One process keeps it for all: the one that holds a lease, which ends when it no longer renews it. Should two hold it, as
after a pause, Redis still takes one point for each ten seconds, since the time is the entry's id.
"""

import time
from typing import Any

import msgspec
from django.conf import settings

from ops.figures import CHARTED
from ops.nodes import Away
from ops.snapshot import Snapshot
from realtime.links import Link

RASTER_SECONDS = 10
DAY_SECONDS = 24 * 3600
LEASE_SECONDS = 25  # two points are missing after the death of who holds it
MOST_POINTS = 1_440  # of a chart: more than it has pixels

# One partition, as in ops.nodes. The number counts changes of what a point is.
KEEPER = "ops:{p0}:keeper"
POINTS = "ops:{p0}:points:2"

Columns = dict[str, list[float | None]]


def next_point_at() -> float:
    """When the next point is due, in seconds since 1970: the same for all processes."""
    return (time.time() // RASTER_SECONDS + 1) * RASTER_SECONDS


def is_kept_by(process_id: str) -> bool:
    """Take the lease if nobody has it, renew it if it is ours; tell whether it is."""
    link = Link(settings.REDIS_URL)
    _, keeper = link.execute([("SET", KEEPER, process_id, "NX", "EX", LEASE_SECONDS), ("GET", KEEPER)])
    if keeper != process_id.encode():
        return False
    link.execute([("EXPIRE", KEEPER, LEASE_SECONDS)])
    return True


def add(snapshot: Snapshot) -> None:
    """Add a point; nothing happens if there is one already, or while Redis is away."""
    at = int(snapshot.at) // RASTER_SECONDS * RASTER_SECONDS
    point = msgspec.json.encode([snapshot.numbers.get(name) for name in CHARTED]).decode()
    most = DAY_SECONDS // RASTER_SECONDS
    Link(settings.REDIS_URL).execute([("XADD", POINTS, "MAXLEN", "~", most, f"{at * 1000}-0", "p", point)])


def load(seconds: int = DAY_SECONDS) -> Columns:
    """The points of the last seconds as columns, `at` and each number of the charts; thinned to the highest of a span.

    Raises:
        Away: if Redis does not answer.
    """
    since = int(time.time() - seconds) * 1000
    (found,) = Link(settings.REDIS_URL).execute([("XRANGE", POINTS, since, "+")])
    if isinstance(found, Exception):
        raise Away(str(found)) from found
    points = [_point(entry) for entry in found]
    span = -(-len(points) // MOST_POINTS) or 1
    thinned = [_highest(points[start : start + span]) for start in range(0, len(points), span)]
    return {name: [point[place] for point in thinned] for place, name in enumerate(("at", *CHARTED))}


def latest() -> dict[str, float]:
    """The numbers of the last point; none if it is old, or Redis away."""
    try:
        columns = load(3 * RASTER_SECONDS)
    except Away:
        return {}
    return {name: column[-1] for name, column in columns.items() if name != "at" and column and column[-1] is not None}


def _point(entry: Any) -> list[float | None]:
    entry_id, (_, point) = entry
    return [int(entry_id.partition(b"-")[0]) / 1000, *msgspec.json.decode(point)]


def _highest(points: list[list[float | None]]) -> list[float | None]:
    """One point for several: of each number the highest, since a peak is what is looked for."""
    return [max((value for value in values if value is not None), default=None) for values in zip(*points, strict=True)]
