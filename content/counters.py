"""The counts of posts, and of people's posts, derived when the outbox is drained; those of comments are in threads."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from accounts.counters import lock
from content import threads
from content.cards import PostCounts
from core import sql
from events.recount import Count, Counted
from events.types import (
    CommentAdded,
    CommentDeleted,
    Event,
    PostDeleted,
    PostLiked,
    PostPublished,
    PostUnliked,
)

__all__ = ["AUTHORS", "POSTS", "PostCounts", "apply", "apply_later", "now"]

_LIKES: dict[type[Event], int] = {PostLiked: 1, PostUnliked: -1}
_COMMENTS: dict[type[Event], int] = {CommentAdded: 1, CommentDeleted: -1}

# What the counts should be.
POSTS = Counted(
    "content_post",
    (
        Count("likes", "like_count", "SELECT count(*) FROM content_like WHERE post_id = counted.id", "post_id", _LIKES),
        Count(
            "comments",
            "comment_count",
            "SELECT count(*) FROM content_comment WHERE post_id = counted.id",
            "post_id",
            _COMMENTS,
        ),
    ),
)
AUTHORS = Counted(
    "accounts_user",
    (
        Count(
            "posts",
            "post_count",
            "SELECT count(*) FROM content_post "
            "WHERE author_id = counted.id AND published_at IS NOT NULL AND archived_at IS NULL AND deleted_at IS NULL",
            "author_id",
            {PostPublished: 1, PostDeleted: -1},
        ),
    ),
)


def apply(events: Sequence[Event]) -> dict[int, PostCounts]:
    """Add events to the counts, in the caller's transaction, and return the posts liked or commented as they are now.

    An event is applied once: its outbox row goes in the same transaction. One statement for all posts and two for all
    people, however many events. A post that is gone is missing from the answer.
    """
    return apply_later(events)()


def apply_later(events: Sequence[Event]) -> Callable[[], dict[int, PostCounts]]:
    """The same, inside `sql.pipeline` without waiting: call the answer for the counts."""
    _count_published(events)
    likes: dict[int, int] = defaultdict(int)  # a Counter takes ten times as long to make, for each like
    comments: dict[int, int] = defaultdict(int)
    frames: dict[int, set[threads.Shape]] = defaultdict(set)  # each with a version of its own (threads.frames_of)
    for event in events:
        if isinstance(event, PostLiked | PostUnliked):
            likes[event.post_id] += _LIKES[type(event)]
        elif isinstance(event, CommentAdded | CommentDeleted):
            comments[event.post_id] += _COMMENTS[type(event)]
        if isinstance(event, threads.Shown):
            frames[event.post_id] |= threads.frames_of(event)
    # Posts whose changes cancel out stay in: their watchers hear of the deeds with a version of their own.
    changed = sorted({*likes, *comments, *frames})
    if not changed:
        return dict
    steps = [max(1, len(frames[post])) for post in changed]
    return _add(changed, [likes[post] for post in changed], [comments[post] for post in changed], steps)


def _add(
    posts: list[int], likes: list[int], comments: list[int], steps: list[int]
) -> Callable[[], dict[int, PostCounts]]:
    """Change the counts, and the versions by `steps`.

    One that had drifted stops at 0, and is the recount's: it must not hold up what else follows from the event, such as
    the end of a right.

    Locks the posts in id order, so that two who change counts never wait for each other. With NO KEY, since each new
    like locks the very row by its foreign key: likes must not wait for a drain.
    """
    counts = sql.later(
        "UPDATE content_post AS post "
        "SET like_count = greatest(0, like_count + change.likes), "
        "comment_count = greatest(0, comment_count + change.comments), "
        "ver = ver + change.steps "
        "FROM (SELECT id FROM content_post WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE) AS locked "
        "JOIN unnest(%s::bigint[], %s::int[], %s::int[], %s::int[]) AS change (id, likes, comments, steps) USING (id) "
        "WHERE post.id = locked.id "
        "RETURNING post.id, post.ver, post.like_count, post.comment_count, post.author_id",
        posts,
        posts,
        likes,
        comments,
        steps,
    )
    return lambda: {post_id: PostCounts(*of_post) for post_id, *of_post in counts()}


def now(post_ids: Collection[int]) -> dict[int, PostCounts]:
    """The counts of posts as they are."""
    found = sql.rows(
        "SELECT id, ver, like_count, comment_count, author_id FROM content_post WHERE id = ANY(%s::bigint[])",
        list(post_ids),
    )
    return {post_id: PostCounts(*of_post) for post_id, *of_post in found}


def _count_published(events: Sequence[Event]) -> None:
    """Add to the authors' numbers of posts; one that was never published was never counted."""
    changes: dict[int, int] = defaultdict(int)
    for event in events:
        if isinstance(event, PostPublished):
            changes[event.author_id] += 1
        elif isinstance(event, PostDeleted) and event.published:
            changes[event.author_id] -= 1
    authors = sorted(author for author, change in changes.items() if change)
    if authors:
        lock(authors)
        sql.later(
            "UPDATE accounts_user AS author SET post_count = greatest(0, post_count + change.posts), ver = ver + 1 "
            "FROM unnest(%s::bigint[], %s::int[]) AS change (id, posts) WHERE author.id = change.id",
            authors,
            [changes[author] for author in authors],
        )
