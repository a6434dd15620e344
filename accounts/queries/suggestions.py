"""Reads whom one might follow: people met through those whom one follows, and newcomers. Decides nothing of its own."""

import functools
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts import policies
from accounts.cards import card_of
from accounts.models import Follow, FollowRequest, User
from accounts.people import PERSON_FIELDS, Person
from core import sql
from core.prepared import prepared
from core.statement import Statement

NEAR = 50  # of the people one follows, the latest; more would make suggestions slower, not better

# People are looked at in the order of how many paths lead to them until enough are strangers: most are never read.
_NEAR = f"""
WITH met AS (
    SELECT followee_id AS id, count(*) AS paths FROM accounts_follow WHERE follower_id IN (
        SELECT followee_id FROM accounts_follow WHERE follower_id = %(viewer_id)s ORDER BY id DESC LIMIT {NEAR}
    )
    GROUP BY followee_id ORDER BY paths DESC, id DESC
)
SELECT {", ".join(f"stranger.{field}" for field in PERSON_FIELDS)}
FROM met JOIN ({{strangers}}) AS stranger ON stranger.id = met.id
ORDER BY met.paths DESC, met.id DESC LIMIT %(limit)s
"""  # noqa: S608 -- of constants


def suggestions(viewer_id: int, *, limit: int = 5) -> list[Person]:
    """People to follow: first those whom most of one's latest followees follow, then the newest. Two queries."""
    with sql.pipeline(holds=True):
        found = suggestions_later(viewer_id, limit=limit)
    return found()


def suggestions_later(viewer_id: int, *, limit: int = 5) -> Callable[[], list[Person]]:
    """The same, sent for: call the answer for the people."""
    near, newest = _near(limit).later(viewer_id=viewer_id), _newest.later(limit, viewer_id=viewer_id)

    def found() -> list[Person]:
        people = {row[0]: card_of(*row) for row in (*near(), *newest())}
        return list(people.values())[:limit]

    return found


@functools.cache
def _near(limit: int) -> Statement:
    """The limit is written out: PostgreSQL plans for a few rows, as it would not for any number of them."""
    return Statement(_NEAR.replace("%(limit)s", str(limit)), strangers=_strangers)


@prepared
def _newest(limit: int, *, viewer_id: int) -> QuerySet[User, tuple[Any, ...]]:
    return _strangers(viewer_id).order_by("-id")[:limit]


def _strangers(viewer_id: int) -> QuerySet[User, tuple[Any, ...]]:
    mine = Follow.objects.filter(follower_id=viewer_id, followee=OuterRef("pk"))
    asked = FollowRequest.objects.filter(follower_id=viewer_id, followee=OuterRef("pk"))
    known = policies.known_to(viewer_id) & policies.unmuted_by(viewer_id)
    strangers = User.objects.filter(known).exclude(id=viewer_id).exclude(Exists(asked)).exclude(Exists(mine))
    return strangers.values_list(*PERSON_FIELDS)
