"""The drain's handler: events become grouped notifications. Decides by rows, so that a repeat does nothing."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F

from content.queries import StillThere, still_there
from core import sql
from core.sql import Row
from events import types
from events.outbox import Waiting
from notifications import queries
from notifications.models import Group, Kind
from notifications.queries import Frames
from realtime.log import Told

GROUP = ("id", "recipient_id", "kind", "target", "actor_count", "ver", "latest_id", "read_id")

# Whether a recipient must not hear of an actor: the policy of accounts.policies.known_to, for many pairs at once.
HIDDEN = (
    "(NOT actor.is_active"
    " OR EXISTS (SELECT FROM accounts_block WHERE blocker_id = entry.actor_id AND blocked_id = entry.recipient_id)"
    " OR EXISTS (SELECT FROM accounts_block WHERE blocker_id = entry.recipient_id AND blocked_id = entry.actor_id))"
)
EXCERPT = 140  # characters of a comment that a notification shows


class Key(NamedTuple):
    """What makes two deeds the same: there is at most one entry with it."""

    recipient_id: int
    kind: str
    object_id: int
    actor_id: int


class GroupKey(NamedTuple):
    """Which group a deed belongs to; a function of the event, so that no race can split a group."""

    recipient_id: int
    kind: str
    target: int


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry of a group; its `id` is 0 until it is kept."""

    key: Key
    group_id: int
    excerpt: str
    hidden: bool
    id: int = 0


@dataclass(frozen=True, slots=True)
class Deed:
    """How things stand after the batch: the deed is done, or it is undone."""

    key: Key
    group: GroupKey
    done: bool


def apply(waiting: list[Waiting]) -> list[Told]:
    """Bring groups and entries in line with a batch of events; answer whom to tell what, in the order of the events.

    A deed and its undoing in one batch leave no trace. Costs a fixed number of queries, whatever the batch holds.
    Must run in the drain's transaction.
    """
    deeds, gone = _deeds(waiting), _groups_of_deleted_posts(waiting)
    with sql.pipeline():
        locked = _lock_groups({deed.group for deed in deeds} | gone, [deed.key for deed in deeds if not deed.done])
        entries, others = _entries([deed.key for deed in deeds]), _entries_of(gone)
        silence = silent([deed.key for deed in deeds if deed.done])
        alive = still_there(
            {deed.group.target for deed in deeds if deed.done and deed.key.kind != Kind.FOLLOW},
            {deed.key.object_id for deed in deeds if deed.done and deed.key.kind == Kind.COMMENT},
        )
    known, facts = {entry.key: entry for entry in entries()}, alive()
    added = [deed for deed in deeds if deed.done and deed.key not in known and _holds(deed, facts)]
    undone = [known[deed.key] for deed in deeds if not deed.done and deed.key in known]
    undone += others()

    if not added and not undone:
        return []
    groups = _with_missing(locked(), {deed.group for deed in added})
    quiet = silence()
    made = [_entry(deed, groups, facts, hidden=deed.key in quiet) for deed in added]
    targets = {group.target for group in groups if group.kind != Kind.FOLLOW}
    with sql.pipeline():
        _add(made)
        _remove(undone)
        shown = show([one for one in made if not one.hidden], [one for one in undone if not one.hidden], targets)
    return shown()


def _deeds(waiting: list[Waiting]) -> list[Deed]:
    """The last word on each deed, in the order of the last words; nobody is told of what they did themselves."""
    last: dict[Key, Deed] = {}
    for item in waiting:
        deed = _deed(item)
        if deed is not None and deed.key.actor_id != deed.key.recipient_id:
            last.pop(deed.key, None)
            last[deed.key] = deed
    return list(last.values())


def _deed(item: Waiting) -> Deed | None:
    match item.event:
        case types.PostLiked() | types.PostUnliked() as event:
            key = Key(event.author_id, Kind.LIKE, event.post_id, event.actor_id)
            target, done = event.post_id, isinstance(event, types.PostLiked)
        case types.CommentAdded() | types.CommentDeleted() as event:
            key = Key(event.author_id, Kind.COMMENT, event.comment_id, event.actor_id)
            target, done = event.post_id, isinstance(event, types.CommentAdded)
        case types.UserFollowed() | types.UserUnfollowed() as event:
            key = Key(event.followee_id, Kind.FOLLOW, 0, event.follower_id)
            target, done = item.recorded_at.toordinal(), isinstance(event, types.UserFollowed)
        case _:
            return None
    return Deed(key, GroupKey(key.recipient_id, key.kind, target), done)


def _groups_of_deleted_posts(waiting: list[Waiting]) -> set[GroupKey]:
    """A deleted post takes its notifications with it."""
    deleted = [item.event for item in waiting if isinstance(item.event, types.PostDeleted)]
    return {GroupKey(event.author_id, kind, event.post_id) for event in deleted for kind in (Kind.LIKE, Kind.COMMENT)}


def _lock_groups(wanted: set[GroupKey], undone: list[Key]) -> Callable[[], dict[GroupKey, int]]:
    """Lock groups, those of deeds that were undone too, in id order, as whoever marks them read does."""
    found = sql.later(
        "SELECT id, recipient_id, kind, target FROM notifications_group WHERE id IN ("
        "SELECT id FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS wanted (recipient_id, kind, target) "
        "JOIN notifications_group USING (recipient_id, kind, target) UNION ALL "
        "SELECT group_id FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) "
        "AS undone (recipient_id, kind, object_id, actor_id) "
        "JOIN notifications_entry USING (recipient_id, kind, object_id, actor_id)) ORDER BY id FOR UPDATE",
        *_columns(3, wanted),
        *_columns(4, undone),
    )
    return lambda: {GroupKey(*key): group_id for group_id, *key in found()}


def _entries(keys: list[Key]) -> Callable[[], list[Entered]]:
    """The entries that exist already, among these keys."""
    if not keys:
        return list
    found = sql.later(
        "SELECT id, group_id, excerpt, hidden, recipient_id, kind, object_id, actor_id "
        "FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) "
        "AS wanted (recipient_id, kind, object_id, actor_id) "
        "JOIN notifications_entry USING (recipient_id, kind, object_id, actor_id)",
        *_columns(4, keys),
    )
    return lambda: entered(found())


def _entries_of(groups: set[GroupKey]) -> Callable[[], list[Entered]]:
    """All entries of groups, the oldest first."""
    if not groups:
        return list
    found = sql.later(
        "SELECT entry.id, group_id, excerpt, hidden, entry.recipient_id, entry.kind, object_id, actor_id "
        "FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS gone (recipient_id, kind, target) "
        "JOIN notifications_group AS g USING (recipient_id, kind, target) "
        "JOIN notifications_entry AS entry ON entry.group_id = g.id ORDER BY entry.id",
        *_columns(3, groups),
    )
    return lambda: entered(found())


def _columns(width: int, rows: Collection[tuple[int | str, ...]]) -> list[list[int | str]]:
    return [[row[n] for row in rows] for n in range(width)]


def entered(found: list[Row]) -> list[Entered]:
    """Entries from rows of id, group, excerpt, hidden, and the columns of `Key`."""
    return [Entered(Key(*key), group, excerpt, hidden, entry_id) for entry_id, group, excerpt, hidden, *key in found]


def _holds(deed: Deed, facts: StillThere) -> bool:
    if deed.key.kind == Kind.FOLLOW:
        return True
    return deed.group.target in facts.posts and (deed.key.kind == Kind.LIKE or deed.key.object_id in facts.comments)


def silent(keys: list[Key]) -> Callable[[], set[Key]]:
    """Send for those of these deeds that their recipients must not hear of: see `Entry.hidden`."""
    if not keys:
        return set
    found = sql.later(
        "SELECT recipient_id, kind, object_id, actor_id "
        "FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) "
        "AS entry (recipient_id, kind, object_id, actor_id) "
        "JOIN accounts_user AS actor ON actor.id = actor_id WHERE " + HIDDEN,
        *_columns(4, keys),
    )
    return lambda: {Key(*key) for key in found()}


def _entry(deed: Deed, groups: dict[GroupKey, int], facts: StillThere, *, hidden: bool) -> Entered:
    return Entered(deed.key, groups[deed.group], facts.comments.get(deed.key.object_id, "")[:EXCERPT], hidden)


def _with_missing(found: dict[GroupKey, int], wanted: set[GroupKey]) -> dict[GroupKey, int]:
    """Make the groups that are missing; only the recipient's shard makes any, and its drain has the lock."""
    missing = sorted(wanted - found.keys())
    if not missing:
        return found
    made = sql.rows(
        "INSERT INTO notifications_group (recipient_id, kind, target, actor_count, ver, latest_id, read_id) "
        "SELECT *, 0, 0, 0, 0 FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) "
        "RETURNING id, recipient_id, kind, target",
        *_columns(3, missing),
    )
    return found | {GroupKey(*key): group_id for group_id, *key in made}


def show(made: list[Entered], undone: list[Entered], targets: set[int]) -> Callable[[], list[Told]]:
    """Bring the groups of entries that came and went in line, and send for what is to be told of it."""
    change: Counter[int] = Counter(entry.group_id for entry in made)
    change.subtract(entry.group_id for entry in undone)
    entries = [*made, *undone]
    if not entries:
        return list
    groups = _refresh(change)
    frames = queries.frames_of(
        list(change), targets, {entry.key.recipient_id for entry in entries}, {entry.key.actor_id for entry in entries}
    )
    return lambda: _told(made, undone, [Group(**dict(zip(GROUP, row, strict=True))) for row in groups()], frames)


def _add(entries: list[Entered]) -> None:
    if entries:
        sql.later(
            "INSERT INTO notifications_entry (recipient_id, kind, object_id, actor_id, group_id, excerpt, hidden) "
            "SELECT * FROM unnest"
            "(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bool[])",
            *_columns(4, [entry.key for entry in entries]),
            [entry.group_id for entry in entries],
            [entry.excerpt for entry in entries],
            [entry.hidden for entry in entries],
        )


def _remove(undone: list[Entered]) -> None:
    """Remove entries, and the groups that have none left."""
    if undone:
        sql.later("DELETE FROM notifications_entry WHERE id = ANY(%s::bigint[])", [entry.id for entry in undone])
        sql.later(
            "DELETE FROM notifications_group AS g WHERE id = ANY(%s::bigint[]) "
            "AND NOT EXISTS (SELECT FROM notifications_entry WHERE group_id = g.id)",
            list({entry.group_id for entry in undone}),
        )


def _refresh(change: Counter[int]) -> Callable[[], list[Row]]:
    """Derive the groups' columns from their entries; answer the groups as they are now.

    A person likes a post or follows another only once, so there the change of entries is that of people: a post with a
    hundred thousand likes is not counted for each. Comments are counted.
    """
    return sql.later(
        "UPDATE notifications_group AS g SET ver = g.ver + 1, "
        "latest_id = COALESCE((SELECT id FROM notifications_entry WHERE group_id = g.id AND NOT hidden "
        "ORDER BY id DESC LIMIT 1), 0), "
        "actor_count = CASE g.kind WHEN 'comment' "
        "THEN (SELECT count(DISTINCT actor_id) FROM notifications_entry WHERE group_id = g.id AND NOT hidden) "
        "ELSE g.actor_count + change.entries END "
        "FROM unnest(%s::bigint[], %s::int[]) AS change (id, entries) WHERE g.id = change.id "
        "RETURNING g.id, recipient_id, kind, target, actor_count, ver, latest_id, read_id",
        list(change.keys()),
        list(change.values()),
    )


def _told(made: list[Entered], undone: list[Entered], rows: list[Group], frames: Frames) -> list[Told]:
    """A message for each deed and each undoing, with the group as it stands after the batch."""
    groups, people, unread = frames.groups(rows), frames.people(), frames.unread()
    told = []
    for position, entry in enumerate([*made, *undone]):
        data = {
            "id": str(entry.group_id),
            "group": groups.get(entry.group_id),
            "entry": {"actor": people[entry.key.actor_id].as_dict(), "text": entry.excerpt or None},
            "unread": unread[entry.key.recipient_id],
        }
        kind = "notification" if position < len(made) else "notification.retracted"
        told.append(Told(entry.key.recipient_id, kind, data))
    return told


def read_told(waiting: list[Waiting]) -> list[Told]:
    """Tell all of a person's devices what one of them has read; not what was added to after that, in the same batch."""
    events = [item.event for item in waiting if isinstance(item.event, types.NotificationsRead)]
    unread = queries.unread_counts({event.user_id for event in events})
    grown = _unread({group_id for event in events for group_id in event.group_ids})
    return [Told(event.user_id, "notification.read", _read(event, grown, unread), event.mut) for event in events]


def _unread(group_ids: Collection[int]) -> set[int]:
    unread = Group.objects.filter(id__in=list(group_ids), latest_id__gt=F("read_id"))
    return set(unread.values_list("id", flat=True))


def _read(event: types.NotificationsRead, grown: set[int], unread: dict[int, int]) -> dict[str, Any]:
    ids = [str(group_id) for group_id in event.group_ids if group_id not in grown]
    return {"ids": ids, "up_to": None, "unread": unread[event.user_id]}
