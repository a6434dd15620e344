"""Accounts whose grace is over, removed for good: what they made, whom they followed, what they were told, themselves.

Each batch is a transaction of facts and the events of their undoing, so that counters and notifications of others
follow by the drains as after any undo. A run that was killed is finished by the next. The row of the person goes last,
when nothing waits that names them: mostly the night after.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, transaction

import accounts.actions as people
import notifications.actions
from accounts import queries
from content import holding
from content.actions import leaving

logger = logging.getLogger(__name__)

PEOPLE_A_RUN = 1_000
TURN_SECONDS = 60.0  # of the nightly task; it goes on in another, so that none runs for longer than the broker waits

Step = Callable[..., int]

# In this order: of two that hang together the one first whose undoing others see; files before the posts they are in.
STEPS: tuple[Step, ...] = (
    leaving.remove_likes,
    leaving.remove_comment_likes,
    leaving.remove_answers,
    leaving.remove_said,
    leaving.remove_answers_under_posts,
    leaving.remove_comments_under_posts,
    leaving.remove_reactions,
    leaving.remove_media,
    leaving.remove_posts,
    people.remove_follows,
    people.remove_requests,
    notifications.actions.remove_some,
)


@dataclass(frozen=True, slots=True)
class Purged:
    """A person of whom nothing is left, or (not `gone`) the row: something waits that names them, or a backup runs."""

    user_id: int
    username: str
    gone: bool


def purge(*, dry_run: bool = False) -> Iterator[Purged]:
    """Remove everybody whose grace is over; with `dry_run` only say who that is."""
    for user_id, username in queries.overdue_people(limit=PEOPLE_A_RUN):
        yield Purged(user_id, username, gone=not dry_run and _remove(user_id))


def purge_a_turn() -> bool:
    """Remove people for TURN_SECONDS; answer whether time ran out before the end. One who resists holds up nobody."""
    until = time.monotonic() + TURN_SECONDS
    for user_id, _ in queries.overdue_people(limit=PEOPLE_A_RUN):
        try:
            for _ in _batches(user_id):
                if time.monotonic() > until:
                    return True
            _run(people.remove_person, user_id)
        except (OSError, DatabaseError) as error:
            logger.error("account %s not removed: %s", user_id, error)
    return False


def _remove(user_id: int) -> bool:
    """Remove a person; answer whether nothing is left of them. Photos stay while a backup runs, and so does the row."""
    try:
        for _ in _batches(user_id):
            pass
    except holding.Held:
        return False
    return _run(people.remove_person, user_id) == 1


def _batches(user_id: int) -> Iterator[int]:
    """Remove all but the row of a person, a batch at each step of the iteration."""
    for step in STEPS:
        while removed := _run(step, user_id):
            yield removed


def _run(step: Step, user_id: int) -> int:
    with transaction.atomic():
        return step(user_id=user_id) if people.hold(user_id) else 0
