"""Fills an instance with the demo: facts spread over past weeks; all else is derived by the real handlers."""

import random
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from core import clock
from events import outbox
from notifications import actions, queries
from notifications.models import Entry, Group
from notifications.sittings import KEY
from project.demo import conditions, facts
from project.demo.captions import SCRIPTS
from project.demo.cast import CAST, HEROINE
from project.demo.conditions import RefusedError
from project.demo.darkroom import Darkroom
from project.demo.story import Story, tell
from project.drain import drain_shard

SEED = 41
UNREAD = 3  # groups that the heroine has not read; others have as many at the most


@dataclass(frozen=True, slots=True)
class Made:
    """How many of what were made."""

    people: int
    posts: int
    photos: int
    follows: int
    likes: int
    comments: int
    notifications: int | None  # None: they follow from the rest, and nobody has looked yet
    seconds: float


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not User.objects.exists()


def seed(*, people: int = len(CAST), posts: int = len(SCRIPTS), seed: int = SEED, now: datetime | None = None) -> Made:
    """Make the demo, or a smaller one of its first people and latest posts. The same for the same seed and moment.

    The facts are one transaction: all or nothing. Should the process die behind it, the sweep derives the rest.

    Raises:
        RefusedError: if it does not belong in this database, or one of its people is there already.
    """
    began = time.monotonic()
    conditions.check()
    story = _story(people, posts, seed, now or clock.now())
    _check_names(story)
    written = _write(story)
    _drain()
    _date_back(list(written.values()))
    _read(written, random.Random(seed))  # noqa: S311 -- a story, not a secret
    return _made(story, Entry.objects.filter(recipient__in=written.values()).count(), time.monotonic() - began)


def plan() -> Made:
    """What `seed` would make.

    Raises:
        RefusedError: as `seed` does.
    """
    conditions.check()
    story = _story(len(CAST), len(SCRIPTS), SEED, clock.now())
    _check_names(story)
    return _made(story, None, 0.0)


def _story(people: int, posts: int, seed: int, now: datetime) -> Story:
    members = CAST[:people]
    authors = {member.username for member in members}
    scripts = [script for script in SCRIPTS if script.author in authors]
    return tell(members, scripts[-posts:], now=now, rng=random.Random(seed))  # noqa: S311 -- see above


def _check_names(story: Story) -> None:
    names = list(story.joined)
    if taken := User.objects.filter(username__in=names).order_by("username").values_list("username", flat=True).first():
        raise RefusedError(f"There is a {taken} here already: the demo is made once, and beside nobody of those names.")


def _write(story: Story) -> facts.People:
    shots = [shot for script in story.scripts for shot in script.shots]
    with Darkroom() as darkroom:
        darkroom.develop(shots, avatars=[member.avatar for member in story.members])
        ids = facts.Ids()
        with transaction.atomic():
            people = facts.write_people(story.members, story.joined, darkroom, ids)
            posts = facts.write_posts(story, people, darkroom, ids)
            facts.write_deeds(story, people, posts, ids)
    return people


def _drain() -> None:
    for shard in outbox.waiting_shards():
        drain_shard(shard)


# A notification's entry is as old as the drain that made it, which was just now. As drains follow a deed within
# moments, its id becomes the one of the deed's own fact; the groups' columns follow from the entries as ever.
_ENTRIES_OF = {
    "like": "content_like AS fact WHERE fact.post_id = entry.object_id AND fact.user_id = entry.actor_id",
    "comment": "content_comment AS fact WHERE fact.id = entry.object_id",
    "follow": "accounts_follow AS fact WHERE fact.followee_id = entry.recipient_id "
    "AND fact.follower_id = entry.actor_id",
}


def _date_back(people: list[int]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Locked as mark_read and the drain do, groups in id order, so that a notification of now waits its turn.
        list(Group.objects.filter(recipient__in=people).order_by("id").select_for_update().values_list("id"))
        for kind, matching in _ENTRIES_OF.items():
            cursor.execute(
                f"UPDATE notifications_entry AS entry SET id = fact.id FROM {matching} "  # noqa: S608 -- constants
                "AND entry.kind = %s AND entry.recipient_id = ANY(%s) AND entry.actor_id = ANY(%s)",
                [kind, people, people],
            )
        cursor.execute(
            "UPDATE notifications_group AS g SET latest_id = n.latest, sitting = CASE WHEN g.sitting IS NOT NULL "  # noqa: S608
            f"THEN {KEY.format(kind='g.kind', recipient='g.recipient_id', actor='n.actor', entry='n.latest')} END "
            "FROM (SELECT group_id, max(id) AS latest, max(actor_id) AS actor "
            "FROM notifications_entry WHERE recipient_id = ANY(%s) GROUP BY group_id) AS n WHERE g.id = n.group_id",
            [people],
        )


def _read(people: facts.People, rng: random.Random) -> None:
    """Have everybody read all but their latest notifications."""
    for username, user_id in people.items():
        left = UNREAD if username == HEROINE else rng.randint(0, UNREAD)
        groups = queries.notification_page(user_id, limit=left + 1).items
        if len(groups) > left:
            actions.mark_read(user_id=user_id, up_to=groups[left].id)
    _drain()


def _made(story: Story, notifications: int | None, seconds: float) -> Made:
    return Made(
        people=len(story.members),
        posts=len(story.scripts),
        photos=sum(len(script.shots) for script in story.scripts),
        follows=len(story.follows),
        likes=len(story.likes),
        comments=len(story.comments),
        notifications=notifications,
        seconds=round(seconds, 1),
    )
