"""Five thousand random deeds and undoings: whatever is derived equals a recount from the facts."""

import pytest

from accounts.models import User
from content import queries
from core.cursors import MAX_LIMIT
from events import outbox
from notifications.queries import unread_count
from project import drain, rebuild
from tests.project import walk
from tests.project.walk import MOST_DRAINED, Walk

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = 5_000
LOOK_EVERY = 500  # steps


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1])
def test_whatever_is_derived_equals_a_recount(seed):
    crowd = Walk(seed)
    drained = 0

    for number in range(1, STEPS + 1):
        crowd.step()
        if number - drained >= crowd.dice.randint(1, MOST_DRAINED) or number % LOOK_EVERY == 0:
            drain_all()
            drained = number
        if number % LOOK_EVERY == 0:
            assert derived(crowd) == recounted(crowd), f"after {number} steps"


def drain_all():
    while shards := outbox.waiting_shards():  # an event may come again
        for shard in shards:
            drain.drain_shard(shard)


def derived(crowd):
    return {
        "drift": [str(drift) for drift in rebuild.rebuild(dry_run=True)],
        "entries": walk.entries_that_are(),
        "groups": walk.groups_that_are(),
        "badges": {user.username: unread_count(user.id) for user in crowd.users},
        "feeds": {user.username: feed_of(user) for user in active(crowd)},
    }


def recounted(crowd):
    return {
        "drift": [],
        "entries": walk.entries_that_should_be(),
        "groups": walk.groups_that_should_be(),
        "badges": {user.username: walk.badge_that_should_be(user.id) for user in crowd.users},
        "feeds": {user.username: walk.feed_that_should_be(user) for user in active(crowd)},
    }


def active(crowd):
    here = set(User.objects.filter(is_active=True).values_list("id", flat=True))
    return [user for user in crowd.users if user.id in here]


def feed_of(user):
    ids, page = [], queries.home_feed(user.id, limit=MAX_LIMIT)
    while True:
        ids += [card.id for card in page.items]
        if page.next is None:
            return ids
        page = queries.home_feed(user.id, after=page.next, limit=MAX_LIMIT)
