"""The drain's handler: what people were told of others' posts goes with the rows of these posts, some at a time.

Only what is hidden goes, and `hiding` hides all that is about a post which is gone: nobody is told anything here.
"""

from core import sql
from events import outbox, types
from events.outbox import Waiting

MAX_REMOVED = 5_000  # groups, and entries, that one batch removes; the event comes again for the others

_LOCK = "SELECT id FROM notifications_group WHERE post_id = ANY(%s::bigint[]) ORDER BY id LIMIT %s FOR UPDATE"
_ENTRIES = """
DELETE FROM notifications_entry WHERE id = ANY(ARRAY(
    SELECT id FROM notifications_entry WHERE group_id = ANY(%s::bigint[]) AND hidden LIMIT %s
))
"""
_GROUPS = """
DELETE FROM notifications_group AS g WHERE id = ANY(%s::bigint[])
AND NOT EXISTS (SELECT FROM notifications_entry WHERE group_id = g.id)
"""
_LEFT = "SELECT DISTINCT post_id FROM notifications_group WHERE post_id = ANY(%s::bigint[])"


def apply(waiting: list[Waiting]) -> None:
    """Remove the groups of posts that are gone. A fixed number of queries; a repeat finds nothing."""
    posts = {item.event.post_id: item.event for item in waiting if isinstance(item.event, types.PostPurged)}
    groups = [row[0] for row in sql.rows(_LOCK, list(posts), MAX_REMOVED)]
    if not groups:
        return
    sql.later(_ENTRIES, groups, MAX_REMOVED)
    sql.later(_GROUPS, groups)
    for (post_id,) in sql.rows(_LEFT, list(posts)):
        outbox.record(posts[post_id], for_user=posts[post_id].author_id)
