"""The drain's handler: who fell silent and what is out of sight leaves notifications, or comes back into them.

Decides by rows: an entry is hidden while its two keep silence, its actor is not active, or its post is in the archive,
deleted, or another's and not for its recipient, whatever the event said.
"""

from collections.abc import Sequence

from accounts.cards import CARD
from core import sql
from events import types
from events.outbox import Waiting
from notifications import groups
from notifications.deeds import GroupKey, groups_of_posts
from notifications.entries import COLUMNS, HIDDEN, entered
from realtime.log import Told

EVENTS: tuple[type[types.Event], ...] = (
    types.SilenceChanged,
    types.UserSuspended,
    types.UserDeleted,
    types.UserReturned,
    types.UserFollowed,
    types.UserUnfollowed,
    types.AudienceNarrowed,
    types.AudienceWidened,
    types.PostPublished,
    types.PostEdited,
    types.PostDeleted,
)

MAX_TOLD = 1_000  # entries of one batch that are told live; beyond that, a page that is loaded again shows it

# By who did it and by the two; then, of what is told of others' posts, by the post, its author, and who sees them.
_TOUCHED = """
FROM (
    SELECT id FROM notifications_entry WHERE actor_id = ANY(%s::bigint[])
    UNION SELECT told.id FROM unnest(%s::bigint[], %s::bigint[]) AS pair (recipient_id, actor_id)
        JOIN notifications_entry AS told USING (recipient_id, actor_id)
    UNION SELECT told.id FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS moved (recipient_id, kind, target)
        JOIN notifications_group AS about USING (recipient_id, kind, target)
        JOIN notifications_entry AS told ON told.group_id = about.id
    UNION SELECT told.id FROM notifications_group AS about JOIN notifications_entry AS told ON told.group_id = about.id
        WHERE about.post_id = ANY(%s::bigint[])
    UNION SELECT told.id FROM content_post AS post JOIN notifications_group AS about ON about.post_id = post.id
        JOIN notifications_entry AS told ON told.group_id = about.id WHERE post.author_id = ANY(%s::bigint[])
    UNION SELECT told.id FROM unnest(%s::bigint[], %s::bigint[]) AS pair (viewer, author)
        JOIN notifications_group AS about ON about.recipient_id = pair.viewer AND about.post_id IS NOT NULL
        JOIN content_post AS post ON post.id = about.post_id AND post.author_id = pair.author
        JOIN notifications_entry AS told ON told.group_id = about.id
) AS touched JOIN notifications_entry AS entry USING (id) JOIN accounts_user AS actor ON actor.id = entry.actor_id
JOIN notifications_group AS g ON g.id = entry.group_id
LEFT JOIN content_post AS post ON post.id = coalesce(g.post_id, g.target) AND g.kind <> 'follow'
WHERE entry.hidden <> """
_LOCK = f"""
SELECT recipient_id, kind, target FROM notifications_group WHERE id IN (SELECT entry.group_id {_TOUCHED}{HIDDEN})
ORDER BY id FOR UPDATE
"""  # noqa: S608 -- of constants
_TURN = f"""
WITH turned AS (
    UPDATE notifications_entry SET hidden = NOT hidden WHERE id IN (SELECT entry.id {_TOUCHED}{HIDDEN})
    RETURNING {COLUMNS}
)
SELECT turned.*, {CARD} FROM turned JOIN accounts_user AS person ON person.id = turned.actor_id
"""  # noqa: S608 -- of constants


def apply(waiting: list[Waiting]) -> list[Told]:
    """Hide and show entries again, and tell it: retracted, or there again. A fixed number of queries."""
    touched = _touched([item.event for item in waiting])
    locked = sql.rows(_LOCK, *touched)
    if not locked:
        return []
    turned = entered(sql.rows(_TURN, *touched))
    told = groups.show(
        [entry for entry in turned if not entry.hidden],
        [entry for entry in turned if entry.hidden],
        {GroupKey(*row) for row in locked},
    )
    return [_quiet(item) for item in told[-MAX_TOLD:]]


def _touched(events: Sequence[types.Event]) -> list[list[int | str]]:
    """What the events may have changed the sight of, as the parameters of _TOUCHED."""
    people, authors, posts, moved = set[int](), set[int](), set[int](), set[GroupKey]()
    silent, sights = set[tuple[int, int]](), set[tuple[int, int]]()
    for event in events:
        match event:
            case types.SilenceChanged(user_id=user, other_id=other):
                silent.add((user, other))
            case types.UserSuspended(user_id=user) | types.UserDeleted(user_id=user) | types.UserReturned(user_id=user):
                people.add(user)
            case types.UserFollowed(follower_id=user, followee_id=other):
                sights.add((user, other))
            case types.UserUnfollowed(follower_id=user, followee_id=other):
                sights.add((user, other))
            case types.AudienceNarrowed(user_id=user) | types.AudienceWidened(user_id=user):
                authors.add(user)
            case types.PostEdited(post_id=post):
                posts.add(post)
            case types.PostPublished(post_id=post) | types.PostDeleted(post_id=post):
                posts.add(post)
                moved |= groups_of_posts([event])
    columns = sql.columns(2, silent), sql.columns(2, silent | sights)
    return [
        list(people), *columns[0], *sql.columns(3, moved), list(posts), list(people | authors), *columns[1]
    ]  # fmt: skip


def _quiet(item: Told) -> Told:
    """What is there again happened long ago: it is in the list and in the number, and no news."""
    if item.kind == "notification":
        item.data["quiet"] = True
    return item
