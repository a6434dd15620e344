"""What the live path reads of people, for many viewers at once: their numbers, and who may see who is here."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from accounts.models import Follow, Mute, User

Ask = tuple[int | None, str]  # who asks (None: a visitor), and whose username
NOBODY = 0  # a visitor, in SQL

# `policies.open_to` for many viewers at once; each line is a line of the policy there. A test holds the two equal.
_OPEN = """
SELECT ask.number, person.id, person.ver, person.follower_count, person.following_count, person.post_count
FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS ask (viewer, username, number)
JOIN accounts_user AS person ON person.username = ask.username
WHERE person.is_active
AND (NOT person.is_private OR person.id = ask.viewer OR EXISTS (
    SELECT FROM accounts_follow WHERE follower_id = ask.viewer AND followee_id = person.id))
AND NOT EXISTS (SELECT FROM accounts_block WHERE blocker_id = ask.viewer AND blocked_id = person.id)
AND NOT EXISTS (SELECT FROM accounts_block WHERE blocker_id = person.id AND blocked_id = ask.viewer)
"""

# They follow each other (so neither has blocked), and both show when they are here. One's own is open to oneself.
_PRESENT = """
SELECT ask.number, person.id
FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS ask (viewer, username, number)
JOIN accounts_user AS person ON person.username = ask.username AND person.is_active
JOIN accounts_user AS viewer ON viewer.id = ask.viewer
WHERE person.id = viewer.id OR (person.shows_presence AND viewer.shows_presence
AND EXISTS (SELECT FROM accounts_follow WHERE follower_id = viewer.id AND followee_id = person.id)
AND EXISTS (SELECT FROM accounts_follow WHERE follower_id = person.id AND followee_id = viewer.id))
"""


class Numbers(NamedTuple):
    """A person's derived counts, at a version."""

    ver: int
    followers: int
    following: int
    posts: int


def numbers_of(user_ids: Collection[int]) -> dict[int, tuple[str, Numbers]]:
    """The usernames and numbers of people, as the caller's transaction sees them; one query."""
    fields = ("id", "username", "ver", "follower_count", "following_count", "post_count")
    rows = User.objects.filter(id__in=list(user_ids)).values_list(*fields)
    return {user_id: (username, Numbers(*numbers)) for user_id, username, *numbers in rows}


def profiles_open_to(asks: Collection[Ask]) -> dict[Ask, tuple[int, Numbers]]:
    """Of these asks, those who may see what the person posts: the person's id and numbers; one query."""
    pairs = list(asks)
    return {pairs[number - 1]: (user_id, Numbers(*numbers)) for number, user_id, *numbers in _rows(_OPEN, pairs)}


def presence_open_to(asks: Collection[Ask]) -> dict[Ask, int]:
    """Of these asks, those who may see whether the person is here, with the person's id; one query."""
    pairs = list(asks)
    return {pairs[number - 1]: user_id for number, user_id in _rows(_PRESENT, pairs)}


def staff_among(user_ids: Collection[int]) -> set[int]:
    """Of these people, those who are staff; one query."""
    return set(User.objects.filter(id__in=user_ids, is_active=True, is_staff=True).values_list("id", flat=True))


def followers_after(user_id: int, *, after: int, limit: int) -> list[tuple[int, int]]:
    """A person's followers who have not muted them, behind the follow `after`: ids of follow and follower; one query.

    In the order of the follows, which an index has: many followers would be sorted anew for each page.
    """
    muted = Mute.objects.standing().filter(muter=OuterRef("follower_id"), muted_id=user_id)
    rows = Follow.objects.filter(~Exists(muted), followee_id=user_id, id__gt=after).order_by("id")
    return list(rows.values_list("id", "follower_id")[:limit])


def _rows(query: str, asks: list[Ask]) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [[viewer or NOBODY for viewer, _ in asks], [username for _, username in asks]])
        rows: list[tuple[int, ...]] = cursor.fetchall()
        return rows
