"""Removing people for good whose grace is over: steps of project.purge, which opens the transaction of each.

A follow goes with the event of its undoing, so that what others see follows as after any unfollow.
"""

from django.db.models import Q

from accounts import policies
from accounts.actions import pairs
from accounts.models import Follow, FollowRequest, User
from events import outbox

BATCH = 100  # rows that go in one transaction


def hold(user_id: int) -> bool:
    """Lock a person in the caller's transaction; answer whether they are still to be removed.

    Two runs at once take turns with it, and a person who has just come back is left alone.
    """
    people = User.objects.filter(policies.overdue(), id=user_id)
    return bool(people.select_for_update(no_key=True).values_list("id"))


def remove_follows(*, user_id: int) -> int:
    """Remove some follows of a person, and of those who follow them; answer how many."""
    follows = Follow.objects.filter(Q(follower_id=user_id) | Q(followee_id=user_id))
    some = follows.values_list("follower_id", "followee_id")[:BATCH]
    return sum(pairs.drop_follow(*pair) for pair in some)


def remove_requests(*, user_id: int) -> int:
    """Remove some requests that a person made, and that others made to them; answer how many."""
    requests = FollowRequest.objects.filter(Q(follower_id=user_id) | Q(followee_id=user_id))
    some = requests.values_list("follower_id", "followee_id")[:BATCH]
    return sum(pairs.drop_request(*pair, how="withdrawn" if pair[0] == user_id else "refused") for pair in some)


def remove_person(*, user_id: int) -> int:
    """Remove the row, and with it all that nobody else sees; answer 1, or 0 while something waits that names them.

    Whoever handles that may look them up, and must find them.
    """
    if outbox.names(user_id):
        return 0
    User.objects.filter(id=user_id).delete()
    return 1
