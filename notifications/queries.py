"""Reads: a person's notification groups as finished values, for pages, REST and frames alike."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.cards import people
from accounts.people import Person
from content.cards import post_url, rfc3339
from content.queries import thumbs
from core import cursors, ids, sql
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
    views = views_of(rows[:limit])
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
    return _unread_counts(user_ids)()


def _unread_counts(user_ids: Iterable[int]) -> Callable[[], dict[int, int]]:
    counts = dict.fromkeys(user_ids, 0)
    unread = sql.later(
        "SELECT recipient_id, count(*) FROM notifications_group "
        "WHERE recipient_id = ANY(%s::bigint[]) AND latest_id > read_id GROUP BY recipient_id",
        list(counts),
    )
    return lambda: counts | dict(unread())


@dataclass(frozen=True, slots=True)
class Frames:
    """What the frames of a batch show, as JSON members: groups by id, people by id, unread counts by person."""

    groups: dict[int, dict[str, Any]]
    people: dict[int, dict[str, Any]]
    unread: dict[int, int]


def frames_of(
    group_ids: list[int], recipient_ids: Iterable[int], actor_ids: Iterable[int]
) -> Callable[[list[Group]], Frames]:
    """Send for what frames show; the answer makes it of the groups' rows, in two queries more."""
    actors_found, unread = _latest_actors(group_ids), _unread_counts(recipient_ids)

    def made(groups: list[Group]) -> Frames:
        actors = actors_found()
        with sql.pipeline():
            found = people(shown_in(actors) | set(actor_ids))
            shown = _thumbs(groups)
        cards, pictures = found(), shown()
        views = {group.id: _view(group, actors[group.id], cards, pictures) for group in groups}
        return Frames(
            {group_id: view.as_dict() for group_id, view in views.items()},
            {user_id: card.as_dict() for user_id, card in cards.items()},
            unread(),
        )

    return made


def views_of(groups: list[Group]) -> dict[int, NotificationView]:
    """Groups as finished values, by id, in three queries."""
    actors = _latest_actors([group.id for group in groups])()
    cards = people(shown_in(actors))()
    pictures = _thumbs(groups)()
    return {group.id: _view(group, actors[group.id], cards, pictures) for group in groups}


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


def _latest_actors(group_ids: list[int]) -> Callable[[], Actors]:
    """The latest distinct actors of each group, by the index on (group, -id): the cost is that of what is shown."""
    found = sql.later(
        "SELECT wanted.id, entry.actor_id, entry.excerpt FROM unnest(%s::bigint[]) AS wanted (id) "
        "CROSS JOIN LATERAL (SELECT id, actor_id, excerpt FROM notifications_entry "
        "WHERE group_id = wanted.id ORDER BY id DESC LIMIT %s) AS entry ORDER BY entry.id DESC",
        group_ids,
        ENTRIES_LOOKED_AT,
    )

    def actors() -> Actors:
        latest: dict[int, dict[int, str]] = defaultdict(dict)
        for group_id, actor_id, excerpt in found():
            if len(latest[group_id]) < ACTORS_SHOWN:
                latest[group_id].setdefault(actor_id, excerpt)
        return defaultdict(list, {group_id: list(actors.items()) for group_id, actors in latest.items()})

    return actors


def _thumbs(groups: list[Group]) -> Callable[[], dict[int, PostThumb]]:
    """The pictures of posts; the recipients are the posts' authors, so no policy is asked."""
    found = thumbs({group.target for group in groups if group.kind != Kind.FOLLOW})
    return lambda: {
        post_id: PostThumb(post_id, post_url(post_id), thumb, alt) for post_id, (thumb, alt) in found().items()
    }
