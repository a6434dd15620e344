"""Entries and the columns of their groups, kept in step: plain SQL, since it runs for every like. Tells nobody.

Each statement decides by the rows that the one before has left, so that all go to PostgreSQL in one round trip. They
must run in the drain's transaction: only the drain of a recipient's shard makes and removes their groups and entries.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from accounts.cards import CARD, card_of
from accounts.people import Person
from content.queries import POST_HIDDEN, SEES, WITH_COMMENT, WITH_POST
from core import sql
from core.pipeline import Row
from notifications.deeds import Deed, GroupKey, Key
from notifications.models import ACROSS, ELSEWHERE, REPEATED, Kind
from notifications.sittings import KEY, key_of

EXCERPT = 140  # characters of a comment that a notification shows


def listed(kinds: Iterable[Kind]) -> str:
    """Kinds of groups as SQL has them behind IN."""
    return "({})".format(", ".join(f"'{kind.value}'" for kind in kinds))


# Whether a recipient must not hear of an actor (accounts.policies.known_to), or does not want to, or not of such deeds
# or of this post; or the post is out of sight for all, or is another's and not for them (the policy for posts). For
# many pairs at once, where there are an `entry`, its group `g`, its `actor`, and its `post` if it is about one. A mute
# counts as long as its row is there, whatever the time: the event of its end shows all again.
_UNSEEN = "(g.post_id IS NOT NULL AND NOT {})".format(SEES.format(post="g.post_id", viewer="entry.recipient_id"))
WHY_HIDDEN = {
    "post": POST_HIDDEN,
    "actor": "NOT actor.is_active",
    "blocked_by": (
        "EXISTS (SELECT FROM accounts_block WHERE blocker_id = entry.actor_id AND blocked_id = entry.recipient_id)"
    ),
    "blocking": (
        "EXISTS (SELECT FROM accounts_block WHERE blocker_id = entry.recipient_id AND blocked_id = entry.actor_id)"
    ),
    "muted": (
        "EXISTS (SELECT FROM accounts_mute"
        " WHERE muter_id = entry.recipient_id AND muted_id = entry.actor_id AND notifications)"
    ),
    "preference": (
        "EXISTS (SELECT FROM notifications_preference AS wish"
        " WHERE wish.user_id = entry.recipient_id AND wish.kind = entry.kind AND (wish.senders = 'nobody' OR NOT EXISTS"
        " (SELECT FROM accounts_follow WHERE follower_id = entry.recipient_id AND followee_id = entry.actor_id)))"
    ),
    "post_muted": (
        "EXISTS (SELECT FROM notifications_post_mute AS quiet"
        " WHERE quiet.user_id = entry.recipient_id AND quiet.post_id = post.id)"
    ),
    "unseen": _UNSEEN,
}
HIDDEN = "({})".format(" OR ".join(WHY_HIDDEN.values()))
COLUMNS = "id, group_id, excerpt, hidden, recipient_id, kind, object_id, actor_id"

# Deeds that are done as entries to be, each with the post and the comment that it is about if they are still there.
_DEEDS = (
    "unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY "
    "AS entry (recipient_id, kind, target, object_id, actor_id, number) "
    + WITH_COMMENT.format("entry.object_id")
    + WITH_POST.format("coalesce(comment.post_id, entry.target)")
)
IS_REPEATED = f"IN {listed(REPEATED)}"
_ACROSS, _ELSEWHERE = listed(ACROSS), listed(ELSEWHERE)
# Whether there still is what a deed was about. One who is told of an answer is not told of it as a comment, or of a
# mention in it, as well; nor is the post's author told of a mention in what they are told of as a comment.
_ANSWERS = (
    "EXISTS (SELECT FROM content_comment AS answered "
    "WHERE answered.id = comment.parent_id AND answered.author_id = entry.recipient_id)"
)
_HOLDS = f"""CASE WHEN entry.kind = 'follow' THEN true WHEN post.id IS NULL THEN false
WHEN entry.kind = 'like' OR (entry.kind = 'mention' AND entry.object_id = entry.target) THEN true
WHEN comment.id IS NULL THEN false WHEN entry.kind = 'comment' THEN NOT {_ANSWERS}
WHEN entry.kind = 'mention' THEN post.author_id <> entry.recipient_id AND NOT {_ANSWERS}
ELSE true END"""
_GROUPS = """
unnest(%s::bigint[], %s::text[], %s::bigint[]) AS wanted (recipient_id, kind, target)
JOIN notifications_group AS g USING (recipient_id, kind, target)
"""
_UNDONE = """
unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) AS undone (recipient_id, kind, object_id, actor_id)
JOIN notifications_entry USING (recipient_id, kind, object_id, actor_id)
"""
_LOCK = f"""
WITH missing AS (
    INSERT INTO notifications_group (recipient_id, kind, target, post_id, actor_count, ver, latest_id, read_id)
    SELECT DISTINCT entry.recipient_id, entry.kind, entry.target,
        CASE WHEN entry.kind IN {_ELSEWHERE} THEN post.id END, 0, 0, 0, 0
    FROM {_DEEDS} LEFT JOIN notifications_group AS g USING (recipient_id, kind, target) WHERE g.id IS NULL AND {_HOLDS}
)
SELECT FROM notifications_group WHERE id IN (SELECT g.id FROM {_GROUPS} UNION ALL SELECT group_id FROM {_UNDONE})
ORDER BY id FOR UPDATE
"""  # noqa: S608 -- of constants
# A person likes a post or a comment, and follows another, only once, so there new entries are new people: a post with a
# hundred thousand likes is not counted for each. What one may do repeatedly is counted.
_ADD = f"""
WITH made AS (
    INSERT INTO notifications_entry (group_id, excerpt, hidden, recipient_id, kind, object_id, actor_id)
    SELECT g.id, left(coalesce(comment.text, ''), {EXCERPT}), {HIDDEN},
        entry.recipient_id, entry.kind, entry.object_id, entry.actor_id
    FROM {_DEEDS} JOIN notifications_group AS g USING (recipient_id, kind, target)
    JOIN accounts_user AS actor ON actor.id = entry.actor_id WHERE {_HOLDS} ORDER BY entry.number
    ON CONFLICT (recipient_id, kind, object_id, actor_id) DO NOTHING RETURNING {COLUMNS}
), change AS (
    SELECT group_id, count(*) AS entries, max(id) AS latest_id, max(actor_id) AS actor_id
    FROM made WHERE NOT hidden GROUP BY group_id
), grown AS (
    UPDATE notifications_group AS g SET ver = g.ver + 1, latest_id = greatest(g.latest_id, change.latest_id),
    actor_count = CASE WHEN g.kind {IS_REPEATED} THEN (
        SELECT count(DISTINCT actor_id) FROM (
            SELECT actor_id FROM notifications_entry WHERE group_id = g.id AND NOT hidden
            UNION ALL SELECT actor_id FROM made WHERE group_id = g.id AND NOT hidden
        ) AS actors
    ) ELSE g.actor_count + change.entries END,
    left_sitting = g.sitting, sitting = CASE WHEN g.kind IN {_ACROSS} AND g.actor_count + change.entries = 1
        THEN {KEY.format(kind="kind", recipient="recipient_id", actor="actor_id", entry="change.latest_id")} END
    FROM change WHERE g.id = change.group_id
)
SELECT made.*, {CARD} FROM made JOIN accounts_user AS person ON person.id = made.actor_id
"""  # noqa: S608 -- of constants
_REMOVE = f"""
WITH removed AS (
    DELETE FROM notifications_entry WHERE id IN (
        SELECT id FROM {_UNDONE} UNION ALL
        SELECT entry.id FROM {_GROUPS} JOIN notifications_entry AS entry ON entry.group_id = g.id
    ) RETURNING {COLUMNS}
)
SELECT removed.*, {CARD}, g.target FROM removed JOIN accounts_user AS person ON person.id = removed.actor_id
JOIN notifications_group AS g ON g.id = removed.group_id
"""  # noqa: S608 -- of constants
_REMOVE_EMPTY = """
DELETE FROM notifications_group AS g WHERE id = ANY(%s::bigint[])
AND NOT EXISTS (SELECT FROM notifications_entry WHERE group_id = g.id)
"""
_REFRESH = f"""
UPDATE notifications_group AS g SET ver = g.ver + 1,
latest_id = coalesce(
    (SELECT id FROM notifications_entry WHERE group_id = g.id AND NOT hidden ORDER BY id DESC LIMIT 1), 0
),
actor_count = CASE WHEN g.kind {IS_REPEATED} THEN (
    SELECT count(DISTINCT actor_id) FROM notifications_entry WHERE group_id = g.id AND NOT hidden
) ELSE g.actor_count + change.entries END,
left_sitting = g.sitting, sitting = CASE WHEN g.kind IN {_ACROSS} AND g.actor_count + change.entries = 1 THEN (
    SELECT {KEY.format(kind="kind", recipient="recipient_id", actor="actor_id", entry="id")} FROM notifications_entry
    WHERE group_id = g.id AND NOT hidden LIMIT 1
) END
FROM unnest(%s::bigint[], %s::int[]) AS change (id, entries) WHERE g.id = change.id
"""  # noqa: S608 -- of constants


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry of a group."""

    id: int
    group_id: int
    excerpt: str
    hidden: bool
    key: Key
    actor: Person

    @property
    def sitting(self) -> str | None:
        """The key of the row where it is shown while its actor is alone in the group."""
        recipient_id, kind, _, actor_id = self.key
        return key_of(kind, recipient_id, actor_id, self.id) if kind in ACROSS else None


def entered(found: list[Row]) -> list[Entered]:
    """Entries from rows of COLUMNS and of the actor's CARD, the oldest first."""
    return [
        Entered(entry_id, group_id, excerpt, hidden, Key(*rest[:4]), card_of(*rest[4:]))
        for entry_id, group_id, excerpt, hidden, *rest in sorted(found)
    ]


def lock_groups(deeds: list[Deed], gone: Collection[GroupKey]) -> None:
    """Make the groups that are missing, and lock those that are there, in id order, as whoever marks them read does."""
    sql.later(
        _LOCK,
        *_of_deeds([deed for deed in deeds if deed.done]),
        *sql.columns(3, {deed.group for deed in deeds}.union(gone)),
        *sql.columns(4, [deed.key for deed in deeds if not deed.done]),
    )


def add(deeds: list[Deed]) -> Callable[[], list[Entered]]:
    """Enter those of the deeds that are done, hold, and were not entered before; call the answer for these.

    Their groups must be locked.
    """
    done = [deed for deed in deeds if deed.done]
    if not done:
        return list
    order = {deed.key: number for number, deed in enumerate(done)}
    found = sql.later(_ADD, *_of_deeds(done))
    return lambda: sorted(entered(found()), key=lambda entry: order[entry.key])


def _of_deeds(done: list[Deed]) -> list[list[int | str]]:
    return sql.columns(5, [(*deed.group, deed.key.object_id, deed.key.actor_id) for deed in done])


def remove(deeds: list[Deed], gone: Collection[GroupKey]) -> tuple[list[Entered], set[GroupKey]]:
    """Remove the entries of deeds that were undone and of groups that are gone. Waits, if anything may be there.

    Answers what was removed, and the groups that it was in, which must be locked, and may have no entries now.
    """
    undone = [deed.key for deed in deeds if not deed.done]
    if not undone and not gone:
        return [], set()
    rows = sql.rows(_REMOVE, *sql.columns(4, undone), *sql.columns(3, gone))
    removed = entered([row[:-1] for row in rows])
    if removed:
        refresh([], [entry for entry in removed if not entry.hidden])
    return removed, {GroupKey(row[4], row[5], row[-1]) for row in rows}


def remove_empty(removed: list[Entered]) -> None:
    """Remove the groups of removed entries that have none left: last, for what the batch adds may need them."""
    if removed:
        sql.later(_REMOVE_EMPTY, list({entry.group_id for entry in removed}))


def refresh(shown: list[Entered], vanished: list[Entered]) -> None:
    """Derive the groups' columns anew, after these entries came into sight, and those went out of it."""
    change: Counter[int] = Counter(entry.group_id for entry in shown)
    change.subtract(entry.group_id for entry in vanished)
    sql.later(_REFRESH, list(change.keys()), list(change.values()))
