"""What drains show to those who have a post open: comments that come and go, their counts, and which one is pinned.

A frame is about one person, since not everybody is to see everybody's: who keeps silence with them is passed over. The
post's version grew by as many frames as there may be (content.threads.frames_of), so that each has one of its own.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from content import queries
from content.cards import CommentView
from content.threads import Shown
from events import types
from events.outbox import Waiting
from project.effects import Effects
from realtime import bus, protocol

EVENTS: tuple[type[types.Event], ...] = (
    types.CommentAdded,
    types.CommentDeleted,
    types.CommentLiked,
    types.CommentUnliked,
    types.CommentPinned,
    types.PostEdited,
)

Frame = tuple[int, dict[str, Any]]  # whom it is about (0: nobody), and what it says


def show(waiting: list[Waiting], effects: Effects) -> None:
    """Show what became of comments under the posts that somebody reads."""
    by_post: dict[int, list[Shown]] = defaultdict(list)
    for item in waiting:
        if isinstance(item.event, Shown):
            by_post[item.event.post_id].append(item.event)
    added = [item.event for item in waiting if isinstance(item.event, types.CommentAdded)]
    kept = queries.comments_by_id([event.comment_id for event in added]) if added else {}
    edited, pinned = _edited(by_post), _pinned(by_post)
    for post_id, events in by_post.items():
        counts = effects.counts.get(post_id)
        if counts is None:
            continue
        frames = [
            *edited.get(post_id, ()),
            *_comments(events, kept, counts.comment_count),
            *_counts(post_id, effects),
            *pinned.get(post_id, ()),
        ]
        topic = f"post:{post_id}"
        for ver, (about_id, data) in enumerate(frames, counts.ver - len(frames) + 1):
            effects.shown.append(bus.of_state(topic, protocol.state(topic, ver, data), about_id))


def _edited(by_post: dict[int, list[Shown]]) -> dict[int, list[Frame]]:
    """What an edit made of posts. Not after one that narrowed the audience: the hubs may not have heard yet who must
    not see it any more."""
    edits = [event for events in by_post.values() for event in events if isinstance(event, types.PostEdited)]
    narrowed = {event.post_id for event in edits if event.narrowed}
    captions = queries.captions_of({event.post_id for event in edits} - narrowed) if edits else {}
    return {post_id: [(0, data)] for post_id, data in captions.items()}


def _comments(events: list[Shown], kept: dict[int, CommentView], comment_count: int) -> Iterator[Frame]:
    """New and removed comments, a frame for each who wrote some."""
    added = [event for event in events if isinstance(event, types.CommentAdded)]
    removed = [event for event in events if isinstance(event, types.CommentDeleted)]
    for actor_id in dict.fromkeys([*(event.actor_id for event in added), *(event.actor_id for event in removed)]):
        yield (
            actor_id,
            {
                "comment_count": comment_count,
                "added": [
                    kept[event.comment_id].as_dict()
                    for event in added
                    if event.actor_id == actor_id and event.comment_id in kept
                ],
                "removed": [str(event.comment_id) for event in removed if event.actor_id == actor_id],
            },
        )


def _counts(post_id: int, effects: Effects) -> Iterator[Frame]:
    """Comments with their version, likes and answers, a frame for each who wrote some."""
    by_author: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for comment_id, now in effects.comment_counts.items():
        if now.post_id == post_id:
            by_author[now.author_id][str(comment_id)] = [now.ver, now.like_count, now.reply_count]
    yield from ((author_id, {"counts": counts}) for author_id, counts in by_author.items())


def _pinned(by_post: dict[int, list[Shown]]) -> dict[int, list[Frame]]:
    """Which comment is pinned now. Who must not see it is told that none is."""
    asked = [post_id for post_id, events in by_post.items() if any(isinstance(e, types.CommentPinned) for e in events)]
    found = queries.pinned_comments(asked) if asked else {}
    return {
        post_id: [(0, {"pinned": None}), *([(now[1], {"pinned": str(now[0])})] if now else [])]
        for post_id, now in found.items()
    }
