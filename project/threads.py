"""What drains show to those who have a post open: comments that come and go, their counts, and which one is pinned.

A frame is about who wrote a comment, and who wrote what it answers, since not everybody is to see everybody's: whoever
keeps silence with one of them is passed over, as where comments are read (`shown_to` in content.models). The post's
version grew by as many frames as there may be (content.threads.frames_of), so that each has one of its own.
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

People = tuple[int, ...]
Frame = tuple[People, dict[str, Any]]  # whom it is about, and what it says


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
        for ver, (people, data) in enumerate(frames, counts.ver - len(frames) + 1):
            effects.shown.append(bus.of_state(topic, protocol.state(topic, ver, data), *people))


def _edited(by_post: dict[int, list[Shown]]) -> dict[int, list[Frame]]:
    """What an edit made of posts. Not after one that narrowed the audience: the hubs may not have heard yet who must
    not see it any more."""
    edits = [event for events in by_post.values() for event in events if isinstance(event, types.PostEdited)]
    narrowed = {event.post_id for event in edits if event.narrowed}
    captions = queries.captions_of({event.post_id for event in edits} - narrowed) if edits else {}
    return {post_id: [((), data)] for post_id, data in captions.items()}


def _comments(events: list[Shown], kept: dict[int, CommentView], comment_count: int) -> Iterator[Frame]:
    """New and removed comments, a frame for each who wrote some, and each whom they answered."""
    by_people: dict[People, dict[str, list[Any]]] = {}
    for event in events:
        if isinstance(event, types.CommentAdded | types.CommentDeleted):
            people = _people(event.actor_id, event.answered_id)
            shown = by_people.setdefault(people, {"added": [], "removed": []})
            if isinstance(event, types.CommentDeleted):
                shown["removed"].append(str(event.comment_id))
            elif event.comment_id in kept:
                shown["added"].append(kept[event.comment_id].as_dict())
    yield from ((people, {"comment_count": comment_count, **shown}) for people, shown in by_people.items())


def _counts(post_id: int, effects: Effects) -> Iterator[Frame]:
    """Comments with their version, likes and answers, a frame for each who wrote some, and each whom they answered."""
    by_people: dict[People, dict[str, list[int]]] = defaultdict(dict)
    for comment_id, now in effects.comment_counts.items():
        if now.post_id == post_id:
            people = _people(now.author_id, now.answered_id)
            by_people[people][str(comment_id)] = [now.ver, now.like_count, now.reply_count]
    yield from ((people, {"counts": counts}) for people, counts in by_people.items())


def _people(writer_id: int, answered_id: int | None) -> People:
    return (writer_id,) if answered_id in (None, writer_id) else (writer_id, answered_id)


def _pinned(by_post: dict[int, list[Shown]]) -> dict[int, list[Frame]]:
    """Which comment is pinned now. Who must not see it is told that none is."""
    asked = [post_id for post_id, events in by_post.items() if any(isinstance(e, types.CommentPinned) for e in events)]
    found = queries.pinned_comments(asked) if asked else {}
    return {
        post_id: [((), {"pinned": None}), *([((now[1],), {"pinned": str(now[0])})] if now else [])]
        for post_id, now in found.items()
    }
