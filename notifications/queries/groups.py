"""Reads: a person's notification groups as finished values, for pages, REST and frames alike."""

import functools
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from accounts import queries as accounts
from accounts.cards import CARD, card_of
from accounts.people import Person
from content.cards import post_url, rfc3339
from content.queries import seen_thumbs, thumbs
from core import cursors, ids, sql
from core.cursors import Page
from core.prepared import prepared
from notifications.deeds import GroupKey
from notifications.models import ELSEWHERE, REPEATED, Group, Kind
from realtime import log

ACTORS_SHOWN = 3
FACES = 2  # of those who ask to follow
COMMENTS_LOOKED_AT = 12  # the newest of a group, to find its latest actors: one may have commented often

Thumbs = Callable[[], dict[tuple[int, int], "PostThumb"]]  # by recipient and target


class GroupRow(NamedTuple):
    """The columns of a group."""

    id: int
    recipient_id: int
    kind: str
    target: int
    actor_count: int
    ver: int
    latest_id: int
    seen_id: int
    read_id: int
    sitting: str | None
    left_sitting: str | None


@dataclass(frozen=True, slots=True)
class Beside:
    """The others of a group's sitting (or, if it has none, of the one that it has left): how many, and their marks."""

    count: int
    seen: bool | None
    read: bool | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A group with its latest actors, the latest first, and what the latest wrote."""

    group: GroupRow
    beside: Beside
    actors: dict[int, Person]
    excerpt: str


_SHOWN = f"""
SELECT {", ".join(f"g.{name}" for name in GroupRow._fields)}, beside.*, entry.excerpt, {CARD}
FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS wanted (recipient_id, kind, target)
JOIN notifications_group AS g USING (recipient_id, kind, target) CROSS JOIN LATERAL (
    SELECT count(*), bool_and(latest_id <= greatest(seen_id, read_id)), bool_and(latest_id <= read_id)
    FROM notifications_group AS other WHERE other.sitting = coalesce(g.sitting, g.left_sitting) AND other.id <> g.id
) AS beside CROSS JOIN LATERAL (
    SELECT id, actor_id, excerpt FROM notifications_entry WHERE group_id = g.id AND NOT hidden
    ORDER BY id DESC LIMIT CASE WHEN g.kind = ANY(%s::text[]) THEN %s::int ELSE %s::int END
) AS entry JOIN accounts_user AS person ON person.id = entry.actor_id ORDER BY entry.id DESC
"""  # noqa: S608 -- of constants


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
class Across:
    """What one person did to so many things in one sitting, of which one group is shown: the key of the row."""

    key: str
    count: int

    def as_dict(self) -> dict[str, Any]:
        """It as JSON members."""
        return {"key": self.key, "count": self.count}


@dataclass(frozen=True, slots=True)
class NotificationView:
    """One group as people read it: the same row on the page, over REST and in a frame.

    With `across` it is shown for all of that sitting, and seen and read when all of it is.
    """

    id: int
    kind: str
    post: PostThumb | None
    actors: list[Person]
    actor_count: int
    across: Across | None
    at: datetime
    seen: bool
    read: bool
    ver: int
    latest_id: int
    text_excerpt: str

    def as_dict(self) -> dict[str, Any]:
        """The group as JSON members."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "post": self.post.as_dict() if self.post else None,
            "actors": [actor.as_dict() for actor in self.actors],
            "actor_count": self.actor_count,
            "across": self.across.as_dict() if self.across else None,
            "at": rfc3339(self.at),
            "seen": self.seen,
            "read": self.read,
            "ver": self.ver,
            "latest": str(self.latest_id),
            "excerpt": self.text_excerpt,
        }


@dataclass(frozen=True, slots=True)
class NotificationsPage:
    """A page of rows; above it the latest of those who ask to follow, and how many they are."""

    groups: Page[NotificationView]
    asking: list[Person]
    asking_count: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A page, and the position that a client resumes from to keep it fresh."""

    page: Page[NotificationView]
    at: dict[str, Any]


def notification_page(user_id: int, *, after: str | None = None, limit: int = 20) -> Page[NotificationView]:
    """One page of a person's rows, the latest first: three queries, and one if it holds any of others' posts."""
    limit = cursors.bounded(limit)
    rows = _rows(limit + 1, user_id=user_id, before=cursors.decode(after))
    views = views_of(rows[:limit])
    page = cursors.page_of(rows, limit, key=lambda group: group.latest_id, make=lambda group: views.get(group.id))
    # Between the queries a drain may have taken back all that a group tells of.
    return Page([view for view in page.items if view is not None], page.next)


@prepared
def _rows(limit: int, *, user_id: int, before: int | None) -> QuerySet[Group]:
    newer = Group.objects.filter(sitting=OuterRef("sitting"), latest_id__gt=OuterRef("latest_id"))
    groups = Group.objects.filter(~Exists(newer), recipient_id=user_id, actor_count__gt=0).order_by("-latest_id")
    return (groups if before is None else groups.filter(latest_id__lt=before))[:limit]


def opened(user_id: int, *, after: str | None = None) -> NotificationsPage:
    """What the page of notifications shows: a page of rows, and who asks to follow.

    In two queries more than `notification_page`.

    Raises:
        Invalid: if `after` is no cursor.
    """
    asking = accounts.follow_requests(user_id, limit=FACES).items
    count = accounts.request_counts([user_id])[user_id]
    return NotificationsPage(notification_page(user_id, after=after), asking, count)


def snapshot(user_id: int, *, after: str | None = None, limit: int = 20) -> Snapshot:
    """A page together with the place in the log from which a socket keeps it fresh, read before the data."""
    epoch, seq = log.position(user_id)
    return Snapshot(notification_page(user_id, after=after, limit=limit), {"epoch": epoch, "seq": seq})


def unread_snapshot(user_id: int) -> dict[str, Any]:
    """The unread count with its place in the log."""
    epoch, seq = log.position(user_id)
    return {"count": unread_count(user_id), "at": {"epoch": epoch, "seq": seq}}


def unread_count(user_id: int) -> int:
    """The number on a person's badge: how many rows hold something that was on none of their screens."""
    return unread_counts([user_id])[user_id]


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """The badges of many people in one query."""
    return unread_counts_later(user_ids)()


def unread_counts_later(user_ids: Iterable[int]) -> Callable[[], dict[int, int]]:
    """The same, sent for: call the answer for the counts."""
    counts = dict.fromkeys(user_ids, 0)
    unread = sql.later(
        "SELECT recipient_id, count(*) - count(sitting) + count(DISTINCT sitting) FROM notifications_group "
        "WHERE recipient_id = ANY(%s::bigint[]) AND latest_id > greatest(seen_id, read_id) GROUP BY recipient_id",
        list(counts),
    )
    return lambda: counts | dict(unread())


def views_of(groups: list[Group]) -> dict[int, NotificationView]:
    """Groups as finished values, by id, in two queries, or three, and one round trip."""
    keys = [GroupKey(group.recipient_id, group.kind, group.target) for group in groups]
    with sql.pipeline():
        shown, thumbs = shown_later(keys), thumbs_later(keys)
    found = thumbs()
    return {group_id: view_of(one, found) for group_id, one in shown().items()}


def view_of(shown: Shown, thumbs: dict[tuple[int, int], PostThumb]) -> NotificationView:
    """A group as a finished value."""
    group, beside = shown.group, shown.beside
    with_it = beside if group.sitting and beside.count else Beside(0, seen=True, read=True)
    return NotificationView(
        id=group.id,
        kind=group.kind,
        post=thumbs.get((group.recipient_id, group.target)),
        actors=list(shown.actors.values()),
        actor_count=group.actor_count,
        across=Across(group.sitting, 1 + beside.count) if group.sitting else None,
        at=ids.created_at(group.latest_id),
        seen=group.latest_id <= max(group.seen_id, group.read_id) and bool(with_it.seen),
        read=group.latest_id <= group.read_id and bool(with_it.read),
        ver=group.ver,
        latest_id=group.latest_id,
        text_excerpt=shown.excerpt,
    )


def shown_later(groups: Collection[GroupKey]) -> Callable[[], dict[int, Shown]]:
    """Groups with their latest distinct actors, by the index on (group, -id): the cost is that of what is shown."""
    found = sql.later(_SHOWN, *sql.columns(3, groups), list(REPEATED), COMMENTS_LOOKED_AT, ACTORS_SHOWN)

    def shown() -> dict[int, Shown]:
        by_id: dict[int, Shown] = {}
        for row in found():
            one = by_id.get(row[0]) or by_id.setdefault(row[0], _without_actors(*row[:15]))
            actor = card_of(*row[15:])
            if len(one.actors) < ACTORS_SHOWN:
                one.actors.setdefault(actor.id, actor)
        return by_id

    return functools.cache(shown)


def _without_actors(*columns: Any) -> Shown:
    return Shown(GroupRow(*columns[:11]), Beside(*columns[11:14]), {}, columns[14])


def thumbs_later(groups: Collection[GroupKey]) -> Thumbs:
    """The pictures of posts: of one's own without asking, of others' if the policy allows."""
    own = [group for group in groups if group.kind in (Kind.LIKE, Kind.COMMENT)]
    others = [(group.recipient_id, group.target) for group in groups if group.kind in ELSEWHERE]
    of_own = thumbs({group.target for group in own}) if own else dict
    of_others = seen_thumbs(others) if others else dict

    def found() -> dict[tuple[int, int], PostThumb]:
        posts = of_own()
        asked = {
            (group.recipient_id, group.target): (group.target, *posts[group.target])
            for group in own
            if group.target in posts
        }
        return {
            key: PostThumb(post_id, post_url(post_id), *of) for key, (post_id, *of) in (asked | of_others()).items()
        }

    return found
