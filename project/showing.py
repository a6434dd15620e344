"""What drains show to those who look, on topics: comments, the numbers of a profile, and that somebody has posted."""

from collections.abc import Iterable
from typing import Any

from accounts import queries as people
from content import queries
from content.cards import CommentView, PostCounts
from events import types
from events.outbox import Waiting
from project.effects import Effects
from realtime import bus, protocol

Posted = types.PostPublished | types.PostDeleted


def show_comments(waiting: list[Waiting], effects: Effects) -> None:
    """Show new and removed comments under the posts that somebody reads.

    One frame for each who wrote, since not everybody is to see everybody's; the post's version grew by as many.
    """
    events = [item.event for item in waiting if isinstance(item.event, types.CommentAdded | types.CommentDeleted)]
    kept = queries.comments_by_id([event.comment_id for event in events if isinstance(event, types.CommentAdded)])
    for post_id in dict.fromkeys(event.post_id for event in events):
        counts = effects.counts.get(post_id)
        if counts is None:
            continue
        mine = [event for event in events if event.post_id == post_id]
        actors = list(dict.fromkeys(event.actor_id for event in mine))
        for ver, actor_id in enumerate(actors, counts.ver - len(actors) + 1):
            data = _comments([event for event in mine if event.actor_id == actor_id], kept, counts)
            topic = f"post:{post_id}"
            effects.shown.append(bus.of_state(topic, protocol.state(topic, ver, data), actor_id))


def _comments(
    events: Iterable[types.CommentAdded | types.CommentDeleted], kept: dict[int, CommentView], counts: PostCounts
) -> dict[str, Any]:
    added = [event for event in events if isinstance(event, types.CommentAdded) and event.comment_id in kept]
    removed = [event for event in events if isinstance(event, types.CommentDeleted)]
    return {
        "comment_count": counts.comment_count,
        "added": [kept[event.comment_id].as_dict() for event in added],
        "removed": [str(event.comment_id) for event in removed],
    }


def show_profiles(waiting: list[Waiting], effects: Effects) -> None:
    """Show a profile's numbers, and its posts that came and went, to those who have it open."""
    posts: dict[int, list[Posted]] = {}
    for item in waiting:
        match item.event:
            case types.UserFollowed() | types.UserUnfollowed() as event:
                posts.setdefault(event.followee_id, [])
                posts.setdefault(event.follower_id, [])
            case types.PostPublished() | types.PostDeleted() as event:
                posts.setdefault(event.author_id, []).append(event)
    for user_id, (username, numbers) in people.numbers_of(posts).items():
        data = {"followers": numbers.followers, "following": numbers.following, "posts": numbers.posts}
        topic = f"profile:{username}"
        frame = protocol.state(topic, numbers.ver, data | _posted(posts[user_id]))
        effects.shown.append(bus.of_state(topic, frame))


def _posted(events: list[Posted]) -> dict[str, list[str]]:
    return {
        "added": [str(event.post_id) for event in events if isinstance(event, types.PostPublished)],
        "removed": [str(event.post_id) for event in events if _was_shown(event)],
    }


def _was_shown(event: Posted) -> bool:
    return isinstance(event, types.PostDeleted) and event.published


def announce_posts(waiting: list[Waiting], effects: Effects) -> None:
    """Have the followers' open feeds told, in a task of its own: there may be thousands of them."""
    for item in waiting:
        if isinstance(item.event, types.PostPublished) or (isinstance(item.event, Posted) and _was_shown(item.event)):
            gone = isinstance(item.event, types.PostDeleted)
            kwargs = {
                "author_id": item.event.author_id,
                "post_id": item.event.post_id,
                "gone": gone,
                "ver": item.row_id,
            }
            effects.later.append(("feeds.announce", kwargs, "feeds"))
