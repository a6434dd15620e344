"""Reads: a person's notification groups as finished values, for pages, REST and frames alike."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F

from accounts.models import User
from accounts.people import PERSON_FIELDS, Person, person_of
from content.cards import MediaView, media_of, post_url, rfc3339
from content.models import Media
from core import cursors, ids
from core.cursors import Page
from notifications.models import Group, Kind
from realtime import log

ACTORS_SHOWN = 3
ENTRIES_LOOKED_AT = 12  # the newest of a group, to find its latest actors: one may have commented often

Actors = dict[int, list[tuple[int, str]]]  # group id → (actor id, excerpt), the latest first


@dataclass(frozen=True, slots=True)
class PostThumb:
    """The small picture of the post that a notification is about."""

    id: int
    url: str
    thumb: str
    alt: str

    def as_dict(self) -> dict[str, Any]:
        """The thumb as JSON members."""
        return {"id": str(self.id), "url": self.url, "thumb": self.thumb, "alt": self.alt}


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One group as people read it: the same row on the page, over REST and in a frame."""

    id: int
    kind: str
    post: PostThumb | None
    actors: list[Person]
    actor_count: int
    at: datetime
    read: bool
    ver: int
    text_excerpt: str

    @property
    def seen(self) -> bool:
        """Whether it was on a screen; reading the list does both."""
        return self.read

    def as_dict(self) -> dict[str, Any]:
        """The group as JSON members."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "post": self.post.as_dict() if self.post else None,
            "actors": [actor.as_dict() for actor in self.actors],
            "actor_count": self.actor_count,
            "at": rfc3339(self.at),
            "seen": self.seen,
            "read": self.read,
            "ver": self.ver,
            "excerpt": self.text_excerpt,
        }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A page, and the position that a client resumes from to keep it fresh."""

    page: Page[NotificationView]
    at: dict[str, Any]


def notification_page(user_id: int, *, after: str | None = None, limit: int = 20) -> Page[NotificationView]:
    """One page of a person's groups, the latest first, in four queries whatever it holds."""
    limit = cursors.bounded(limit)
    groups = Group.objects.filter(recipient_id=user_id, actor_count__gt=0).order_by("-latest_id")
    before = cursors.decode(after)
    if before is not None:
        groups = groups.filter(latest_id__lt=before)
    rows = list(groups[: limit + 1])
    actors = latest_actors([group.id for group in rows[:limit]])
    views = views_of(rows[:limit], actors, people_by_id(shown_in(actors)))
    return cursors.page_of(rows, limit, key=lambda group: group.latest_id, make=lambda group: views[group.id])


def snapshot(user_id: int, *, after: str | None = None, limit: int = 20) -> Snapshot:
    """A page together with the place in the log from which a socket keeps it fresh, read before the data."""
    epoch, seq = log.position(user_id)
    return Snapshot(notification_page(user_id, after=after, limit=limit), {"epoch": epoch, "seq": seq})


def unread_snapshot(user_id: int) -> dict[str, Any]:
    """The unread count with its place in the log."""
    epoch, seq = log.position(user_id)
    return {"count": unread_count(user_id), "at": {"epoch": epoch, "seq": seq}}


def unread_count(user_id: int) -> int:
    """How many groups hold something that a person has not read."""
    return unread_counts([user_id])[user_id]


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """The unread counts of many people in one query."""
    counts = dict.fromkeys(user_ids, 0)
    unread = Group.objects.filter(recipient_id__in=list(counts), latest_id__gt=F("read_id"))
    counts.update(unread.order_by().values_list("recipient_id").annotate(Count("id")))
    return counts


def views_of(groups: list[Group], actors: Actors, people: dict[int, Person]) -> dict[int, NotificationView]:
    """Groups as finished values, by id, in one query more than their actors cost."""
    thumbs = _thumbs({group.target for group in groups if group.kind != Kind.FOLLOW})
    return {group.id: _view(group, actors[group.id], people, thumbs) for group in groups}


def shown_in(actors: Actors) -> set[int]:
    """The people who are named in groups."""
    return {actor_id for entries in actors.values() for actor_id, _ in entries}


def _view(
    group: Group, entries: list[tuple[int, str]], people: dict[int, Person], thumbs: dict[int, PostThumb]
) -> NotificationView:
    return NotificationView(
        id=group.id,
        kind=group.kind,
        post=thumbs.get(group.target) if group.kind != Kind.FOLLOW else None,
        actors=[people[actor_id] for actor_id, _ in entries],
        actor_count=group.actor_count,
        at=ids.created_at(group.latest_id),
        read=group.latest_id <= group.read_id,
        ver=group.ver,
        text_excerpt=entries[0][1] if entries else "",
    )


def latest_actors(group_ids: list[int]) -> Actors:
    """The latest distinct actors of each group, by the index on (group, -id): the cost is that of what is shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.id, entry.actor_id, entry.excerpt FROM unnest(%s::bigint[]) AS wanted (id) "
            "CROSS JOIN LATERAL (SELECT id, actor_id, excerpt FROM notifications_entry "
            "WHERE group_id = wanted.id ORDER BY id DESC LIMIT %s) AS entry ORDER BY entry.id DESC",
            [group_ids, ENTRIES_LOOKED_AT],
        )
        rows = cursor.fetchall()
    latest: dict[int, dict[int, str]] = defaultdict(dict)
    for group_id, actor_id, excerpt in rows:
        if len(latest[group_id]) < ACTORS_SHOWN:
            latest[group_id].setdefault(actor_id, excerpt)
    return defaultdict(list, {group_id: list(actors.items()) for group_id, actors in latest.items()})


def people_by_id(user_ids: Iterable[int]) -> dict[int, Person]:
    """The cards of many people in one query."""
    users = User.objects.filter(id__in=list(user_ids)).only(*PERSON_FIELDS)
    return {user.id: person_of(user) for user in users}


def _thumbs(post_ids: set[int]) -> dict[int, PostThumb]:
    """The first photo of each post; the recipients are the posts' authors, so no policy is asked."""
    rows = Media.objects.kept().filter(post_id__in=post_ids).order_by("post_id", "position").distinct("post_id")
    return {row.post_id: _thumb(row.post_id, media_of(row)) for row in rows if row.post_id}


def _thumb(post_id: int, photo: MediaView) -> PostThumb:
    return PostThumb(post_id, post_url(post_id), photo.thumb, photo.alt)
