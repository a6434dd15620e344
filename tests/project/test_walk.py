"""Five thousand random deeds and undoings: whatever is derived equals a recount from the facts."""

import pytest

from accounts.models import User
from content import queries
from core.cursors import MAX_LIMIT
from notifications.queries import unread_count
from project import rebuild
from tests.project import recount
from tests.project.walk import MOST_DRAINED, TAGS, Walk
from tests.support.draining import drain_all

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
            crowd.hand_out()
            drained = number
        if number % LOOK_EVERY == 0:
            assert derived(crowd) == recounted(crowd), f"after {number} steps"


def derived(crowd):
    return {
        "drift": [str(drift) for drift in rebuild.rebuild(dry_run=True)],
        "entries": recount.entries_that_are(),
        "groups": recount.groups_that_are(),
        "badges": {user.username: unread_count(user.id) for user in crowd.users},
        "feeds": {user.username: ids_of(queries.home_feed, user.id) for user in active(crowd)},
        "saves": {user.username: ids_of(queries.saved_posts, user.id) for user in active(crowd)},
        "tags": {(user.id, tag): ids_of(queries.tag_posts, user.id, tag) for user in active(crowd) for tag in TAGS},
        "search": {user.username: ids_of(found, user.id, "at sea") for user in active(crowd)},
    }


def recounted(crowd):
    facts, badges = recount.Facts(), recount.badges_that_should_be()
    return {
        "drift": [],
        "entries": facts.entries(),
        "groups": recount.groups_that_should_be(),
        "badges": {user.username: badges[user.id] for user in crowd.users},
        "feeds": {user.username: facts.feed(user.id) for user in active(crowd)},
        "saves": {user.username: facts.saved(user.id) for user in active(crowd)},
        "tags": {(user.id, tag): facts.under(user.id, tag) for user in active(crowd) for tag in TAGS},
        "search": {user.username: facts.saying(user.id, "at sea") for user in active(crowd)},
    }


def active(crowd):
    here = set(User.objects.filter(is_active=True).values_list("id", flat=True))
    return [user for user in crowd.users if user.id in here]


def found(viewer_id, text, **page):
    return queries.search(viewer_id, text, kind="posts", **page).posts


def ids_of(read, *arguments):
    """The ids of all pages of a list."""
    ids, page = [], read(*arguments, limit=MAX_LIMIT)
    while True:
        ids += [card.id for card in page.items]
        if page.next is None:
            return ids
        page = read(*arguments, after=page.next, limit=MAX_LIMIT)
