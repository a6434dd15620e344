"""What drains show to those who look, on topics: the numbers of a profile, and that somebody has posted."""

from accounts import queries as people
from content import queries
from events import types
from events.outbox import Waiting
from project.effects import Effects
from realtime import bus, protocol

Posted = types.PostPublished | types.PostDeleted


def show_profiles(waiting: list[Waiting], effects: Effects) -> None:
    """Show a profile's numbers, and its posts for all that came and went, to those who have it open."""
    posts: dict[int, list[Posted]] = {}
    for item in waiting:
        match item.event:
            case types.UserFollowed() | types.UserUnfollowed() as event:
                posts.setdefault(event.followee_id, [])
                posts.setdefault(event.follower_id, [])
            case types.PostPublished() | types.PostDeleted() as event:
                posts.setdefault(event.author_id, []).append(event)
    hidden = queries.for_followers({event.post_id for events in posts.values() for event in events})
    for user_id, (username, numbers) in people.numbers_of(posts).items():
        data = {"followers": numbers.followers, "following": numbers.following, "posts": numbers.posts}
        topic = f"profile:{username}"
        frame = protocol.state(
            topic, numbers.ver, data | _posted([event for event in posts[user_id] if event.post_id not in hidden])
        )
        effects.shown.append(bus.of_state(topic, frame))


def _posted(events: list[Posted]) -> dict[str, list[str]]:
    return {
        "added": [str(event.post_id) for event in events if isinstance(event, types.PostPublished)],
        "removed": [str(event.post_id) for event in events if _was_shown(event)],
    }


def _was_shown(event: Posted) -> bool:
    return isinstance(event, types.PostDeleted) and event.published


def _is_new(event: Posted) -> bool:
    return isinstance(event, types.PostPublished) and not event.again


def announce_posts(waiting: list[Waiting], effects: Effects) -> None:
    """Have the followers' open feeds told, in a task of its own: there may be thousands of them.

    A post that comes back is no news.
    """
    for item in waiting:
        if isinstance(item.event, Posted) and (_is_new(item.event) or _was_shown(item.event)):
            gone = isinstance(item.event, types.PostDeleted)
            kwargs = {
                "author_id": item.event.author_id,
                "post_id": item.event.post_id,
                "gone": gone,
                "ver": item.row_id,
            }
            effects.later.append(("feeds.announce", kwargs, "feeds"))
