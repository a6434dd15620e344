"""The drain's handler: who falls silent, and posts out of sight, leave notifications, and may come back into them.

Decides by rows: an entry is hidden while its two keep silence, its actor is not active, or its post is in the archive
or deleted, whatever the event said.
"""

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
    types.PostDeleted,
    types.PostPublished,
)
Standing = types.UserSuspended | types.UserDeleted | types.UserReturned
PostMoved = types.PostDeleted | types.PostPublished

MAX_TOLD = 1_000  # entries of one batch that are told live; beyond that, a page that is loaded again shows it

_TOUCHED = """
FROM (
    SELECT id FROM notifications_entry WHERE actor_id = ANY(%s::bigint[])
    UNION SELECT entry.id FROM unnest(%s::bigint[], %s::bigint[]) AS pair (recipient_id, actor_id)
    JOIN notifications_entry AS entry USING (recipient_id, actor_id)
    UNION SELECT entry.id FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS moved (recipient_id, kind, target)
    JOIN notifications_group AS g USING (recipient_id, kind, target)
    JOIN notifications_entry AS entry ON entry.group_id = g.id
) AS touched JOIN notifications_entry AS entry USING (id) JOIN accounts_user AS actor ON actor.id = entry.actor_id
JOIN notifications_group AS g ON g.id = entry.group_id
LEFT JOIN content_post AS post ON post.id = g.target AND g.kind <> 'follow'
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
    pairs = [item.event for item in waiting if isinstance(item.event, types.SilenceChanged)]
    people = [item.event.user_id for item in waiting if isinstance(item.event, Standing)]
    posts = groups_of_posts([item.event for item in waiting if isinstance(item.event, PostMoved)])
    touched = people, *sql.columns(2, [(event.user_id, event.other_id) for event in pairs]), *sql.columns(3, posts)
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


def _quiet(item: Told) -> Told:
    """What is there again happened long ago: it is in the list and in the number, and no news."""
    if item.kind == "notification":
        item.data["quiet"] = True
    return item
