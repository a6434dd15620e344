"""The drain's handler: who fell silent and what is out of sight leaves notifications, or comes back into them.

Decides by rows: an entry is hidden while its two keep silence, its actor is not active, its recipient does not want to
hear of it, or its post is in the archive, deleted, or another's and not for its recipient, whatever the event said.
"""

from collections.abc import Sequence

from accounts.cards import CARD
from core import sql
from events import outbox, types
from events.outbox import Waiting
from notifications import groups, pieces
from notifications.deeds import GroupKey, groups_of_post, groups_of_posts
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
    types.PostPurged,
    types.HidingUnfinished,
    types.PostMuted,
    types.PostUnmuted,
    types.PreferenceChanged,
    types.SenderChanged,
)

MAX_TURNED = 5_000  # entries that one batch hides or shows; an event of their own brings the others
MAX_TOLD = 1_000  # entries of one batch that are told live; beyond that, a page that is loaded again shows it

# By who did it and by the two; then, of what is told of others' posts, by the post, its author, and who sees them; then
# by what a person wants to hear of. Each entry is looked up by its id: left to itself the planner, who has no other
# joins here, may compare all with all. An entry that is found twice takes two places of MAX_TURNED.
_TOUCHED = f"""
FROM (
    SELECT id FROM notifications_entry WHERE actor_id = ANY(%s::bigint[])
    UNION ALL SELECT told.id FROM unnest(%s::bigint[], %s::bigint[]) AS pair (recipient_id, actor_id)
        JOIN notifications_entry AS told USING (recipient_id, actor_id)
    UNION ALL SELECT told.id FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS moved (recipient_id, kind, target)
        JOIN notifications_group AS about USING (recipient_id, kind, target)
        JOIN notifications_entry AS told ON told.group_id = about.id
    UNION ALL SELECT told.id FROM notifications_group AS about
        JOIN notifications_entry AS told ON told.group_id = about.id WHERE about.post_id = ANY(%s::bigint[])
    UNION ALL SELECT told.id FROM content_post AS post JOIN notifications_group AS about ON about.post_id = post.id
        JOIN notifications_entry AS told ON told.group_id = about.id WHERE post.author_id = ANY(%s::bigint[])
    UNION ALL SELECT told.id FROM unnest(%s::bigint[], %s::bigint[]) AS pair (viewer, author)
        JOIN notifications_group AS about ON about.recipient_id = pair.viewer AND about.post_id IS NOT NULL
        JOIN content_post AS post ON post.id = about.post_id AND post.author_id = pair.author
        JOIN notifications_entry AS told ON told.group_id = about.id
    UNION ALL SELECT told.id FROM unnest(%s::bigint[], %s::bigint[]) AS quiet (recipient_id, post_id)
        JOIN notifications_group AS about USING (recipient_id, post_id)
        JOIN notifications_entry AS told ON told.group_id = about.id
    UNION ALL {pieces.TOLD}
) AS touched
CROSS JOIN LATERAL (SELECT * FROM notifications_entry WHERE id = touched.id OFFSET 0) AS entry
JOIN accounts_user AS actor ON actor.id = entry.actor_id
JOIN notifications_group AS g ON g.id = entry.group_id
LEFT JOIN content_post AS post ON post.id = coalesce(g.post_id, g.target) AND g.kind <> 'follow'
WHERE entry.hidden <> """  # noqa: S608 -- of constants
# The groups of the first that were found, whether these are all, and the groups' keys.
_LOCK = f"""
WITH found AS MATERIALIZED (SELECT entry.group_id {_TOUCHED}{HIDDEN} LIMIT %s)
SELECT id, (SELECT count(*) FROM found), recipient_id, kind, target FROM notifications_group
WHERE id = ANY(ARRAY(SELECT group_id FROM found)) ORDER BY id FOR UPDATE
"""  # noqa: S608 -- of constants
_TURN = f"""
WITH turned AS (
    UPDATE notifications_entry SET hidden = NOT hidden WHERE id = ANY(ARRAY(
        SELECT entry.id {_TOUCHED}{HIDDEN} AND entry.group_id = ANY(%s::bigint[]) LIMIT %s
    )) RETURNING {COLUMNS}
)
SELECT turned.*, {CARD} FROM turned JOIN accounts_user AS person ON person.id = turned.actor_id
"""  # noqa: S608 -- of constants


def apply(waiting: list[Waiting]) -> list[Told]:
    """Hide and show entries again, and tell it: retracted, or there again. A fixed number of queries.

    At most MAX_TURNED; the rest by events that come again, which tell one entry a group, for the group's numbers. So is
    told what a preference hides or shows: it may be all that a person was ever told.
    """
    pieces.go_on(waiting)
    events, resumed = _events(waiting)
    touched = [*_touched(events), *pieces.parameters(events)]
    locked = sql.rows(_LOCK, *touched, MAX_TURNED)
    if not locked:
        return []
    turned = entered(sql.rows(_TURN, *touched, [row[0] for row in locked], MAX_TURNED))
    told = groups.show(
        [entry for entry in turned if not entry.hidden],
        [entry for entry in turned if entry.hidden],
        {GroupKey(*row[2:]) for row in locked},
    )
    if locked[0][1] == MAX_TURNED:
        left = [types.HidingUnfinished(event=types.encode(event)) for event in dict.fromkeys(events)]
        outbox.record_all(left, for_user=locked[0][2])  # any shard: all decide by rows, under the groups' locks
    if resumed or any(isinstance(event, types.PreferenceChanged) for event in events):
        told = list({(item.user_id, item.kind, item.data["id"]): item for item in told}.values())
    return [_quiet(item) for item in told[-MAX_TOLD:]]


def _events(waiting: Sequence[Waiting]) -> tuple[list[types.Event], bool]:
    """What happened, in this batch or in those before it that left something; and whether one did."""
    left = [item.event.event for item in waiting if isinstance(item.event, types.HidingUnfinished)]
    new = [item.event for item in waiting if not isinstance(item.event, types.HidingUnfinished)]
    return [*new, *map(types.decode, left)], bool(left)


def _touched(events: Sequence[types.Event]) -> list[list[int | str]]:
    """What the events may have changed the sight of, as the first parameters of _TOUCHED."""
    people, authors, posts, moved = set[int](), set[int](), set[int](), set[GroupKey]()
    silent, sights, quiet = set[tuple[int, int]](), set[tuple[int, int]](), set[tuple[int, int]]()
    for event in events:
        match event:
            case types.SilenceChanged(user_id=user, other_id=other):
                silent.add((user, other))
            case types.SenderChanged(user_id=user, sender_id=other):
                silent.add((user, other))
            case types.UserSuspended(user_id=user) | types.UserDeleted(user_id=user) | types.UserReturned(user_id=user):
                people.add(user)
            case types.UserFollowed(follower_id=user, followee_id=other):
                sights.add((user, other))
            case types.UserUnfollowed(follower_id=user, followee_id=other):
                sights.add((user, other))
            case types.AudienceNarrowed(user_id=user) | types.AudienceWidened(user_id=user):
                authors.add(user)
            case types.PostEdited(post_id=post) | types.PostPurged(post_id=post):
                posts.add(post)
            case types.PostPublished(post_id=post) | types.PostDeleted(post_id=post):
                posts.add(post)
                moved |= groups_of_posts([event])
            case types.PostMuted(post_id=post, user_id=user) | types.PostUnmuted(post_id=post, user_id=user):
                quiet.add((user, post))
                moved |= groups_of_post(user, post)
    columns = sql.columns(2, silent), sql.columns(2, silent | sights)
    return [
        list(people), *columns[0], *sql.columns(3, moved), list(posts), list(people | authors), *columns[1],
        *sql.columns(2, quiet),
    ]  # fmt: skip


def _quiet(item: Told) -> Told:
    """What is there again happened long ago: it is in the list and in the number, and no news."""
    if item.kind == "notification":
        item.data["quiet"] = True
    return item
