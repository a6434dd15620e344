"""All counters against their facts: finds drift, mends it, shows the right counts to those who look."""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import accounts.counters
import content.counters
import content.threads
from content.counters import PostCounts
from events import recount
from events.recount import Counted, Drift
from realtime import bus

logger = logging.getLogger(__name__)

TABLES = (content.counters.POSTS, content.counters.AUTHORS, content.threads.COMMENTS, accounts.counters.PEOPLE)
TURN_SECONDS = 60.0  # of the nightly task; it goes on in another, so that none runs for longer than the broker waits


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recount stands: the number of the table, and the last row that was looked at."""

    table: int = 0
    after: int = 0


def rebuild(*, dry_run: bool = False) -> Iterator[Drift]:
    """Recount everything; mend and publish what has drifted, unless it is a `dry_run`. Again, it finds nothing."""
    for _, drifts in _walk(Place(), dry_run=dry_run):
        yield from drifts


def rebuild_a_turn(place: Place) -> Place | None:
    """Recount for TURN_SECONDS from a place on, log what has drifted; answer where to go on, None at the end."""
    until = time.monotonic() + TURN_SECONDS
    for reached, drifts in _walk(place, dry_run=False):
        for drift in drifts:
            logger.warning("counter drift: %s", drift)
        if time.monotonic() > until:
            return reached
    return None


def _walk(place: Place, *, dry_run: bool) -> Iterator[tuple[Place, list[Drift]]]:
    for number, counted in list(enumerate(TABLES))[place.table :]:
        after = place.after if number == place.table else 0
        for ids in recount.pages(counted, after):
            drifts = recount.drifted(counted, ids)
            if drifts and not dry_run:
                drifts = _mend(counted, {drift.object_id for drift in drifts})
            yield Place(number, ids[-1]), drifts


def _mend(counted: Counted, ids: Iterable[int]) -> list[Drift]:
    drifts = recount.mend(counted, sorted(ids))
    if counted is content.counters.POSTS:
        counts = content.counters.now({drift.object_id for drift in drifts})
        bus.publish(_shown(counts))
    return drifts


def _shown(counts: dict[int, PostCounts]) -> list[bus.Message]:
    return [bus.of_counters(post, now.ver, now.like_count, now.comment_count) for post, now in counts.items()]
