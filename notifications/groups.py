"""The drain's handler: events become grouped notifications. Decides by rows, so that a repeat does nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from content.models import Comment, Post
from events import types
from events.outbox import Waiting
from notifications import queries
from notifications.models import Entry, Group, Kind
from realtime.log import Told

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
    deeds = _deeds(waiting)
    known = _entries([deed.key for deed in deeds])
    excerpts = _excerpts(deeds)
    alive = _alive({deed.group.target for deed in deeds if deed.key.kind != Kind.FOLLOW})
    added = [deed for deed in deeds if deed.done and deed.key not in known and _still_there(deed, excerpts, alive)]
    undone = [known[deed.key] for deed in deeds if not deed.done and deed.key in known]
    undone += _entries_of_deleted_posts(waiting)

    if not added and not undone:
        return []
    groups = _lock_groups({deed.group for deed in added}, {entry.group_id for entry in undone})
    made = _add(added, groups, excerpts)
    _remove(undone)
    return _told(made, undone, _refresh([entry.group_id for entry in [*made, *undone]]))


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


def _entries(keys: list[Key]) -> dict[Key, Entry]:
    """The entries that exist already, among these keys."""
    entries = Entry.objects.filter(
        recipient_id__in={key.recipient_id for key in keys},
        object_id__in={key.object_id for key in keys},
        actor_id__in={key.actor_id for key in keys},
    )
    wanted = set(keys)
    found = {Key(entry.recipient_id, entry.kind, entry.object_id, entry.actor_id): entry for entry in entries}
    return {key: entry for key, entry in found.items() if key in wanted}


def _excerpts(deeds: list[Deed]) -> dict[int, str]:
    """The beginnings of the comments that are still there."""
    comment_ids = [deed.key.object_id for deed in deeds if deed.done and deed.key.kind == Kind.COMMENT]
    comments = Comment.objects.filter(id__in=comment_ids).values_list("id", "text")
    return {comment_id: text[:EXCERPT] for comment_id, text in comments}


def _alive(post_ids: Iterable[int]) -> set[int]:
    """The posts that nobody has deleted since."""
    return set(Post.objects.filter(id__in=post_ids, deleted_at__isnull=True).values_list("id", flat=True))


def _still_there(deed: Deed, excerpts: dict[int, str], alive: set[int]) -> bool:
    if deed.key.kind == Kind.FOLLOW:
        return True
    return deed.group.target in alive and (deed.key.kind == Kind.LIKE or deed.key.object_id in excerpts)


def _entries_of_deleted_posts(waiting: list[Waiting]) -> list[Entry]:
    """A deleted post takes its notifications with it."""
    deleted = [item.event for item in waiting if isinstance(item.event, types.PostDeleted)]
    groups = Group.objects.filter(
        recipient_id__in={event.author_id for event in deleted},
        target__in={event.post_id for event in deleted},
        kind__in=[Kind.LIKE, Kind.COMMENT],
    )
    return list(Entry.objects.filter(group__in=groups).order_by("id"))


def _lock_groups(wanted: set[GroupKey], others: set[int]) -> dict[GroupKey, int]:
    """Lock groups in id order, as whoever marks them read does, and make those that are missing; answer the wanted."""
    found = _locked(wanted, others)
    missing = wanted - found.keys()
    if missing:
        Group.objects.bulk_create(
            Group(recipient_id=key.recipient_id, kind=key.kind, target=key.target) for key in sorted(missing)
        )
        found |= _locked(missing, set())
    return {key: found[key] for key in wanted}


def _locked(wanted: set[GroupKey], others: set[int]) -> dict[GroupKey, int]:
    columns: list[list[object]] = [[key[n] for key in wanted] for n in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, recipient_id, kind, target FROM notifications_group WHERE id = ANY(%s) OR "
            "(recipient_id, kind, target) IN (SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[])) "
            "ORDER BY id FOR UPDATE",
            [list(others), *columns],
        )
        return {GroupKey(*key): group_id for group_id, *key in cursor.fetchall()}


def _add(deeds: list[Deed], groups: dict[GroupKey, int], excerpts: dict[int, str]) -> list[Entry]:
    return Entry.objects.bulk_create(
        Entry(
            group_id=groups[deed.group],
            recipient_id=deed.key.recipient_id,
            actor_id=deed.key.actor_id,
            kind=deed.key.kind,
            object_id=deed.key.object_id,
            excerpt=excerpts.get(deed.key.object_id, ""),
        )
        for deed in deeds
    )


def _remove(undone: list[Entry]) -> None:
    """Remove entries, and the groups that have none left."""
    if not undone:
        return
    Entry.objects.filter(id__in=[entry.id for entry in undone]).delete()
    groups = Group.objects.filter(id__in={entry.group_id for entry in undone})
    groups.filter(~Exists(Entry.objects.filter(group=OuterRef("pk")))).delete()


def _refresh(group_ids: list[int]) -> list[Group]:
    """Derive the groups' columns from their entries; answer the groups as they are now."""
    return list(
        Group.objects.raw(
            "UPDATE notifications_group AS g SET actor_count = n.actors, latest_id = n.latest, ver = g.ver + 1 FROM "
            "(SELECT group_id, count(DISTINCT actor_id) AS actors, max(id) AS latest FROM notifications_entry "
            "WHERE group_id = ANY(%s) GROUP BY group_id) AS n WHERE g.id = n.group_id RETURNING g.*",
            [group_ids],
        )
    )


def _told(made: list[Entry], undone: list[Entry], groups: list[Group]) -> list[Told]:
    """A message for each deed and each undoing, with the group as it stands after the batch."""
    entries = [*made, *undone]
    actors = queries.latest_actors([group.id for group in groups])
    people = queries.people_by_id({entry.actor_id for entry in entries} | queries.shown_in(actors))
    views = queries.views_of(groups, actors, people)
    unread = queries.unread_counts({entry.recipient_id for entry in entries})
    told = []
    for position, entry in enumerate(entries):
        group = views.get(entry.group_id)
        data = {
            "id": str(entry.group_id),
            "group": group.as_dict() if group else None,
            "entry": {"actor": people[entry.actor_id].as_dict(), "text": entry.excerpt or None},
            "unread": unread[entry.recipient_id],
        }
        kind = "notification" if position < len(made) else "notification.retracted"
        told.append(Told(entry.recipient_id, kind, data))
    return told


def read_told(waiting: list[Waiting]) -> list[Told]:
    """Tell all of a person's devices what one of them has read."""
    events = [item.event for item in waiting if isinstance(item.event, types.NotificationsRead)]
    unread = queries.unread_counts({event.user_id for event in events})
    return [
        Told(
            event.user_id,
            "notification.read",
            {"ids": [str(group_id) for group_id in event.group_ids], "up_to": None, "unread": unread[event.user_id]},
            event.mut,
        )
        for event in events
    ]
