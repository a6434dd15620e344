"""What people are told of who follows whom: their own follows on all of their devices, and who asks to follow them."""

from accounts import queries
from accounts.models import User
from accounts.people import PERSON_FIELDS, Person, person_of
from events import types
from events.outbox import Waiting
from realtime.log import Told

Request = types.FollowRequested | types.FollowRequestEnded
Follow = types.UserFollowed | types.UserUnfollowed | Request

EVENTS: tuple[type[types.Event], ...] = (
    types.UserFollowed,
    types.UserUnfollowed,
    types.FollowRequested,
    types.FollowRequestEnded,
)


def told(waiting: list[Waiting]) -> list[Told]:
    """Tell both sides of a batch of follows and requests, in two queries at most more than the requests cost."""
    events = [item.event for item in waiting if isinstance(item.event, Follow)]
    requests = _net([event for event in events if isinstance(event, Request)])
    return [*_own_follows(events), *(_requests(requests) if requests else [])]


def _own_follows(events: list[Follow]) -> list[Told]:
    """Tell followers, on all of their devices, how they stand to those they follow, asked, or left."""
    followees = {event.followee_id for event in events}
    usernames = dict(User.objects.filter(id__in=followees).values_list("id", "username"))
    told = []
    for event in events:
        following, mut = _following(event)
        if following:
            data = {"user": str(event.followee_id), "username": usernames.get(event.followee_id)}
            told.append(Told(event.follower_id, "user.followed", data | {"following": following}, mut))
    return told


def _following(event: Follow) -> tuple[str, str | None]:
    """How the follower stands now, and the mutation that it answers if the follower's client sent it."""
    match event:
        case types.UserFollowed():
            return "yes", event.mut
        case types.UserUnfollowed():
            return "no", event.mut
        case types.FollowRequested():
            return "requested", event.mut
        case types.FollowRequestEnded(how="withdrawn"):
            return "no", event.mut
        case types.FollowRequestEnded(how="refused"):
            return "no", None
    return "", None  # granted: the follow beside it says so


def _net(requests: list[Request]) -> list[Request]:
    """The last word on each request; one that came and went within the batch was never seen."""
    first: dict[tuple[int, int], Request] = {}
    last: dict[tuple[int, int], Request] = {}
    for event in requests:
        pair = (event.follower_id, event.followee_id)
        first.setdefault(pair, event)
        last.pop(pair, None)
        last[pair] = event
    came = {pair for pair, event in first.items() if isinstance(event, types.FollowRequested)}
    return [event for pair, event in last.items() if isinstance(event, types.FollowRequested) or pair not in came]


def _requests(requests: list[Request]) -> list[Told]:
    """Tell followees, on all of their devices, who asks, and who does no longer."""
    people = _people({event.follower_id for event in requests})
    waiting = queries.request_counts({event.followee_id for event in requests})
    told = []
    for event in requests:
        data = {"person": people[event.follower_id].as_dict(), "waiting": waiting[event.followee_id]}
        if isinstance(event, types.FollowRequested):
            told.append(Told(event.followee_id, "follow.request", data))
        else:  # the echo is for their own client, if it was they who answered
            mut = event.mut if event.how != "withdrawn" else None
            told.append(Told(event.followee_id, "follow.request.retracted", data, mut))
    return told


def _people(user_ids: set[int]) -> dict[int, Person]:
    users = User.objects.filter(id__in=user_ids).only(*PERSON_FIELDS)
    return {user.id: person_of(user) for user in users}
