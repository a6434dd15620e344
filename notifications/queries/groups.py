"""Reads: a person's notification groups as finished values, for pages, REST and frames alike."""

import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from accounts import queries as accounts
from accounts.cards import CARD, card_of
from accounts.people import Person
from content.cards import post_url, rfc3339
from content.photos import thumb_url
from content.queries import FIRST_PHOTO, seen_thumbs
from core import cursors, ids, sql
from core.cursors import Page
from core.pipeline import Row
from notifications.deeds import GroupKey
from notifications.entries import IS_REPEATED, listed
from notifications.models import ELSEWHERE, Kind
from realtime import log

ACTORS_SHOWN = 3
FACES = 2  # of those who ask to follow
VIEWS = 4_096  # kept with their JSON, about 3 KB each, those asked for last
_OWN = (Kind.LIKE, Kind.COMMENT)  # are about a post of the recipient's
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
    own: PostThumb | None  # the post, if it is the recipient's


_GROUP = len(GroupRow._fields)
_PHOTO = _GROUP + 3  # behind the three of Beside
_EXCERPT = _PHOTO + 3
_ACTOR = _EXCERPT + 1  # its id, the first of CARD
_ENTRY = _ACTOR + 4

# What is shown of some groups: of each at most so many rows, one for each of its latest entries.
_SHOWN = f"""
SELECT {", ".join(f"g.{name}" for name in GroupRow._fields)}, beside.*, photo.*, entry.excerpt, {CARD},
entry.id AS entry_id FROM {{groups}} CROSS JOIN LATERAL (
    SELECT count(*), bool_and(latest_id <= greatest(seen_id, read_id)), bool_and(latest_id <= read_id)
    FROM notifications_group AS other WHERE other.sitting = coalesce(g.sitting, g.left_sitting) AND other.id <> g.id
) AS beside LEFT JOIN LATERAL (
    {FIRST_PHOTO.format("g.target")}
) AS photo ON g.kind IN {listed(_OWN)} CROSS JOIN LATERAL (
    SELECT id, actor_id, excerpt FROM notifications_entry WHERE group_id = g.id AND NOT hidden
    ORDER BY id DESC LIMIT CASE WHEN g.kind {IS_REPEATED} THEN {COMMENTS_LOOKED_AT} ELSE {ACTORS_SHOWN} END
) AS entry JOIN accounts_user AS person ON person.id = entry.actor_id
"""  # noqa: S608 -- of constants
_WANTED = """
unnest(%s::bigint[], %s::text[], %s::bigint[]) AS wanted (recipient_id, kind, target)
JOIN notifications_group AS g USING (recipient_id, kind, target)
"""
# A person's rows: of the groups of one sitting the latest stands for all.
_LATEST = """(
    SELECT * FROM notifications_group AS g
    WHERE recipient_id = %s::bigint AND latest_id < %s::bigint AND actor_count > 0
    AND NOT EXISTS (SELECT FROM notifications_group WHERE sitting = g.sitting AND latest_id > g.latest_id)
    ORDER BY latest_id DESC LIMIT %s::int
) AS g"""
_BY_KEY = f"{_SHOWN.format(groups=_WANTED)} ORDER BY entry.id DESC"
# Where their log stands is of the same moment, and told without rows, too.
_PAGE = f"""
SELECT head.seq, shown.* FROM (SELECT {log.HEAD.format("%s::bigint")} AS seq) AS head
LEFT JOIN ({_SHOWN.format(groups=_LATEST)}) AS shown ON true ORDER BY shown.entry_id DESC
"""  # noqa: S608 -- of constants
_UNREAD_ROWS = "count(*) - count(sitting) + count(DISTINCT sitting)"
_IS_UNREAD = "latest_id > greatest(seen_id, read_id)"
_UNREAD = f"""
SELECT {log.HEAD.format("%s::bigint")}, {_UNREAD_ROWS} FROM notifications_group
WHERE recipient_id = %s::bigint AND {_IS_UNREAD}
"""  # noqa: S608 -- of constants


@dataclass(frozen=True, slots=True)
class Across:
    """What one person did to so many things in one sitting, of which one group is shown: the key of the row."""

    key: str
    count: int

    def as_dict(self) -> dict[str, Any]:
        """It as JSON members."""
        return {"key": self.key, "count": self.count}


class NotificationView(msgspec.Struct, frozen=True, dict=True, cache_hash=True):
    """One group as people read it: the same row on the page, over REST and in a frame.

    With `across` it is shown for all of that sitting, and seen and read when all of it is.
    """

    id: int
    kind: str
    post: PostThumb | None
    actors: tuple[Person, ...]
    actor_count: int
    across: Across | None
    at: datetime
    seen: bool
    read: bool
    ver: int
    latest_id: int
    text_excerpt: str

    @functools.cached_property
    def json(self) -> msgspec.Raw:
        """The group as JSON, encoded once."""
        return msgspec.Raw(msgspec.json.encode(self.as_dict()))

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
    """One page of a person's rows, the latest first: one query, and one more if it holds any of others' posts."""
    return snapshot(user_id, after=after, limit=limit).page


def snapshot(user_id: int, *, after: str | None = None, limit: int = 20) -> Snapshot:
    """A page together with the place in the log from which a socket keeps it fresh, both of one moment."""
    limit = cursors.bounded(limit)
    before = cursors.decode(after)
    with sql.pipeline():
        found = sql.later(_PAGE, user_id, user_id, cursors.NEWEST if before is None else before, limit + 1)()
        rows = [row[1:] for row in found if row[1] is not None]
        groups = [(GroupRow(*rows[0][:_GROUP]), rows) for rows in _by_group(rows)]
        groups.sort(key=lambda one: one[0].latest_id, reverse=True)
        thumbs = seen_later([group for group, _ in groups[:limit]])
    posts = thumbs()

    def view(one: tuple[GroupRow, tuple[Row, ...]]) -> NotificationView:
        group, rows = one
        return _kept_view(rows, posts.get((group.recipient_id, group.target)))

    page = cursors.page_of(groups, limit, key=lambda one: one[0].latest_id, make=view)
    return Snapshot(page, {"epoch": log.epoch(), "seq": found[0][0]})


def opened(user_id: int, *, after: str | None = None) -> NotificationsPage:
    """What the page of notifications shows: a page of rows, and who asks to follow.

    In two queries more than `notification_page`.

    Raises:
        Invalid: if `after` is no cursor.
    """
    asking = accounts.follow_requests(user_id, limit=FACES).items
    count = accounts.request_counts([user_id])[user_id]
    return NotificationsPage(notification_page(user_id, after=after), asking, count)


def unread_snapshot(user_id: int) -> dict[str, Any]:
    """The unread count with its place in the log, both of one moment."""
    return unread_later(user_id)()


def unread_later(user_id: int) -> Callable[[], dict[str, Any]]:
    """The same, sent for."""
    found = sql.later(_UNREAD, user_id, user_id)

    def unread() -> dict[str, Any]:
        ((seq, count),) = found()
        return {"count": count, "at": {"epoch": log.epoch(), "seq": seq}}

    return unread


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
        f"SELECT recipient_id, {_UNREAD_ROWS} FROM notifications_group "  # noqa: S608 -- of constants
        f"WHERE recipient_id = ANY(%s::bigint[]) AND {_IS_UNREAD} GROUP BY recipient_id",
        list(counts),
    )
    return lambda: counts | dict(unread())


@functools.lru_cache(VIEWS)
def _kept_view(rows: tuple[Row, ...], seen: PostThumb | None) -> NotificationView:
    return _view(_shown_of(rows), seen)


def view_of(shown: Shown, seen: dict[tuple[int, int], PostThumb]) -> NotificationView:
    """A group as a finished value, with the post of another if it is among those that are seen."""
    return _view(shown, seen.get((shown.group.recipient_id, shown.group.target)))


def _view(shown: Shown, seen: PostThumb | None) -> NotificationView:
    group, beside = shown.group, shown.beside
    with_it = beside if group.sitting and beside.count else Beside(0, seen=True, read=True)
    return NotificationView(
        id=group.id,
        kind=group.kind,
        post=shown.own or seen,
        actors=tuple(shown.actors.values()),
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
    return _shown(sql.later(_BY_KEY, *sql.columns(3, groups)))


def _shown(found: Callable[[], list[Row]]) -> Callable[[], dict[int, Shown]]:
    """Groups by id, of the rows of a statement made of _SHOWN."""
    return functools.cache(lambda: {rows[0][0]: _shown_of(rows) for rows in _by_group(found())})


def _by_group(rows: list[Row]) -> list[tuple[Row, ...]]:
    """The rows of each group, whose id is the first column."""
    by_id: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_id[row[0]].append(row)
    return list(map(tuple, by_id.values()))


def _shown_of(rows: tuple[Row, ...]) -> Shown:
    """A group of its rows, the latest first."""
    latest, actors = rows[0], dict[int, Person]()
    for row in rows:
        if row[_ACTOR] not in actors and len(actors) < ACTORS_SHOWN:
            actors[row[_ACTOR]] = card_of(*row[_ACTOR:_ENTRY])
    group, (folder, renditions, alt) = GroupRow(*latest[:_GROUP]), latest[_PHOTO:_EXCERPT]
    own = None if folder is None else _thumb(group.target, thumb_url(folder, renditions), alt)
    return Shown(group, Beside(*latest[_GROUP:_PHOTO]), actors, latest[_EXCERPT], own)


def _thumb(post_id: int, thumb: str, alt: str) -> PostThumb:
    return PostThumb(post_id, post_url(post_id), thumb, alt)


def seen_later(groups: Collection[GroupKey | GroupRow]) -> Thumbs:
    """Send for the posts of others that groups are about, if the policy lets their recipients see them."""
    others = [(group.recipient_id, group.target) for group in groups if group.kind in ELSEWHERE]
    if not others:
        return dict
    found = seen_thumbs(others)
    return lambda: {key: _thumb(*of_post) for key, of_post in found().items()}
