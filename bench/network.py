"""A network at size: people, follows, posts and hashtags, by COPY. Facts and their counts, nothing announced.

People have numbers. Number 0 is the star, whom every second person follows; of the others, the lower a number the more
follow it. How many somebody follows is as unequal. Every fifth person is active: reads, and posts.
"""

import contextlib
import itertools
import json
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models

from accounts.models import Follow, User
from content.models import Media, Post, PostTag, Tag
from content.ranking import rank_posts
from core import clock
from core.ids import EPOCH, created_at, id_at

TENTH = 10  # of all, this part is loaded first
POSTS_EACH = 5
FOLLOWS_EACH = 25
ACTIVE = 5  # every fifth
STAR = 0
SPAN = timedelta(days=300)  # in which all of it happened
POPULARITY = 0.7  # the exponent of Zipf's law: of 200,000 people some six then have more than 10,000 followers
DEGREES = 1_000  # of how many one follows: 3,800 at most, 3 at least
CAPTIONS, WORDS, TAGS = 10_000, 3_000, 2_000
POSTS_A_COPY = 100_000
LINES_A_WRITE = 1_000
NAMES = ("ana", "ben", "carla", "dmitri", "elif", "fatou", "georg", "hana", "ivo", "jun", "katja", "lior", "mara")
TABLES = (User, Follow, Post, Media, Tag, PostTag)

_IN_BULK = """
SET session_replication_role = replica;  -- no look at a foreign key for each row
SET maintenance_work_mem = '512MB';
SET statement_timeout = 0
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
_COUNTS = """
UPDATE accounts_user SET follower_count = coalesce(followers.count, 0), following_count = coalesce(followed.count, 0),
    post_count = coalesce(posts.count, 0), is_pulled = coalesce(followers.count, 0) > %s
FROM accounts_user AS person
LEFT JOIN (SELECT followee_id AS id, count(*) FROM accounts_follow GROUP BY 1) AS followers ON followers.id = person.id
LEFT JOIN (SELECT follower_id AS id, count(*) FROM accounts_follow GROUP BY 1) AS followed ON followed.id = person.id
LEFT JOIN (SELECT author_id AS id, count(*) FROM content_post GROUP BY 1) AS posts ON posts.id = person.id
WHERE person.id = accounts_user.id
"""


class Network:
    """So many people, of whom nothing is loaded yet."""

    def __init__(self, people: int) -> None:
        self.people = 0  # that are loaded
        self._all = people
        self._now = clock.now()
        self._ids = self._ids_of(people)
        self._chance = random.Random(7)
        self._captions = [_caption(self._chance, _zipf(WORDS, 1), _zipf(TAGS, 1)) for _ in range(CAPTIONS)]

    @property
    def star_id(self) -> int:
        return self._ids[STAR]

    @property
    def size(self) -> dict[str, int]:
        """How many of each there are."""
        return {"people": self.people, "posts": self.people * POSTS_EACH, "follows": self.people * FOLLOWS_EACH}

    def active(self, count: int) -> list[int]:
        """Ids of so many people who read and post, evenly from all who are there."""
        numbers = range(ACTIVE, self.people, ACTIVE)
        return [self._ids[number] for number in numbers[:: max(1, len(numbers) // count)][:count]]

    def load(self) -> dict[str, float]:
        """Load a tenth, and the next time the rest; answer how many seconds each stage took."""
        numbers = range(self.people, self._all if self.people else self._all // TENTH)
        self.people = numbers.stop
        stages: dict[str, float] = {}
        with connection.cursor() as cursor:
            cursor.execute(_IN_BULK)
            indexes = _drop_indexes(cursor)
            with _stage(stages, "people"):
                self._copy_people(cursor, numbers)
            with _stage(stages, "follows"):
                _copy(cursor, Follow, ("id", "follower_id", "followee_id"), self._follows(numbers))
            with _stage(stages, "posts"):
                self._copy_posts(cursor, first=not numbers.start)
            with _stage(stages, "counts"):
                cursor.execute(_COUNTS, [settings.FEED_PULL_FOLLOWERS])
            with _stage(stages, "indexes"):
                for definition in indexes:
                    cursor.execute(definition)
            with _stage(stages, "statistics"):
                cursor.execute(f"VACUUM (ANALYZE) {', '.join(table._meta.db_table for table in TABLES)}")
                cursor.execute("CHECKPOINT")  # not later, while we measure
            cursor.execute("RESET ALL")
        with _stage(stages, "ranking"):
            rank_posts()
        return stages

    def _copy_people(self, cursor: Any, numbers: range) -> None:
        rows = (
            f"{self._ids[number]}\t{(name := NAMES[number % len(NAMES)])}_{number}\t{name.title()} {number}\t!"
            for number in numbers
        )
        _copy(cursor, User, ("id", "username", "name", "password"), rows)
        if not numbers.start:
            _copy(cursor, Tag, ("id", "name"), (f"{number}\ttag{number}" for number in range(TAGS)))

    def _follows(self, numbers: range) -> Iterator[str]:
        ids = _part(self._ids_of(self._all * FOLLOWS_EACH), first=not numbers.start)
        degrees = _degrees()
        others, weights = range(1, self.people), _zipf(self.people - 1, POPULARITY)
        for number in numbers:
            degree = min(degrees[number * 619 % DEGREES], self.people // 4)
            chosen = {STAR} if number % 2 else set()
            while len(chosen) < degree:
                chosen.update(self._chance.choices(others, cum_weights=weights, k=degree - len(chosen)))
                chosen.discard(number)
            for other in chosen:
                yield f"{next(ids)}\t{self._ids[number]}\t{self._ids[other]}"

    def _copy_posts(self, cursor: Any, *, first: bool) -> None:
        ids = _part(self._ids_of(self._all * POSTS_EACH), first=first)
        while made := [self._post(post_id) for post_id in itertools.islice(ids, POSTS_A_COPY)]:
            posts, photos, tags = zip(*made, strict=True)
            _copy(cursor, Post, ("id", "author_id", "caption", "published_at", "like_count"), posts)
            _copy(cursor, Media, ("id", "post_id", "owner_id", "folder", "state", "width", "renditions"), photos)
            _copy(cursor, PostTag, ("id", "post_id", "tag_id"), itertools.chain.from_iterable(tags))

    def _ids_of(self, count: int) -> range:
        """Ids of so many moments, evenly over the span until now."""
        first, last = id_at(max(EPOCH, self._now - SPAN)), id_at(self._now)
        return range(first, last, (last - first) // count)[:count]

    def _post(self, post_id: int) -> tuple[str, str, list[str]]:
        """The rows of a post, its photo and its hashtags; people of low numbers post the most."""
        active = range(0, self.people, ACTIVE)
        author = self._ids[active[int(len(active) * self._chance.random() ** 2)]]
        caption, tags = self._captions[int(self._chance.random() * CAPTIONS)]
        likes = int(self._chance.paretovariate(1)) % 10_000
        return (
            f"{post_id}\t{author}\tonly{post_id} {caption}\t{created_at(post_id)}\t{likes}",
            f"{post_id}\t{post_id}\t{author}\t{post_id:032}\tready\t1080\t{_RENDITIONS}",
            [f"{post_id + number}\t{post_id}\t{tag}" for number, tag in enumerate(tags)],
        )


_RENDITIONS = json.dumps({str(width): f"{width:032}.webp" for width in (320, 640, 1080)})


def _caption(chance: random.Random, words: Sequence[float], tags: Sequence[float]) -> tuple[str, set[int]]:
    """Eight words and up to three hashtags, some of them in most captions and most in few."""
    said = [f"word{number}" for number in chance.choices(range(WORDS), cum_weights=words, k=8)]
    under = set(chance.choices(range(TAGS), cum_weights=tags, k=chance.randrange(4)))
    return " ".join([*said, *(f"#tag{number}" for number in under)]), under


def _zipf(count: int, exponent: float) -> list[float]:
    """Zipf's law over so many, as weights that are added up."""
    return list(itertools.accumulate(rank**-exponent for rank in range(1, count + 1)))


def _degrees() -> list[int]:
    """How many people one may follow, each at the same chance: by Zipf's law too, and FOLLOWS_EACH on average."""
    whole = FOLLOWS_EACH * DEGREES
    least = whole / _zipf(DEGREES, 1)[-1]
    degrees = [int(least / rank) for rank in range(1, DEGREES + 1)]
    return [whole - sum(degrees[1:]), *degrees[1:]]


def _part(ids: range, *, first: bool) -> Iterator[int]:
    """The tenth of ids that is used first, or the rest; both spread over the whole span."""
    return iter(ids[::TENTH]) if first else (one for number, one in enumerate(ids) if number % TENTH)


def _copy(cursor: Any, model: type[models.Model], columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY lines of these columns; what else the table wants has the model's default."""
    others = {
        field.column: field.get_default()
        for field in model._meta.local_concrete_fields
        if field.column not in columns and not field.null and not field.has_db_default()
    }
    rest = "".join(f"\t{json.dumps(value) if isinstance(value, dict) else value}" for value in others.values()) + "\n"
    lines = iter(lines)
    with cursor.copy(f"COPY {model._meta.db_table} ({', '.join([*columns, *others])}) FROM STDIN") as copy:
        while some := "".join(line + rest for line in itertools.islice(lines, LINES_A_WRITE)):
            copy.write(some)


def _drop_indexes(cursor: Any) -> list[str]:
    """Drop what is slow to keep row by row, and answer how to build it anew."""
    cursor.execute(_INDEXES, [[table._meta.db_table for table in TABLES]])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _, definition in indexes]


@contextlib.contextmanager
def _stage(stages: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    stages[name] = time.monotonic() - began
