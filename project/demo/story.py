"""What happens in the demo, and when: follows, posts, likes, comments, drawn by lot. Touches no database."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from project.demo import remarks
from project.demo.captions import Script
from project.demo.cast import Member

JOINED = timedelta(days=56)  # before now: the first person; the others follow within three weeks
JOINING = timedelta(days=21)
FIRST_POST = timedelta(days=35)
LAST_POST = timedelta(minutes=12)
LONG_DELAY = timedelta(hours=9)  # of a late like; most come soon after the post
THANKS_DELAY = timedelta(hours=2)
FOLLOWER_LIKES = 0.85  # chances; the post's own luck comes on top
STRANGER_LIKES = 0.22
LIKER_COMMENTS = 0.38
AUTHOR_THANKS = 0.35


@dataclass(frozen=True, slots=True)
class Follow:
    """Usernames and a moment."""

    follower: str
    followee: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Like:
    """A like of the post with this place in the story."""

    post: int
    user: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment under the post with this place in the story."""

    post: int
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """All of it; `joined` and `posted` give the moments of people and posts."""

    members: Sequence[Member]
    scripts: Sequence[Script]
    joined: dict[str, datetime]
    posted: list[datetime]
    follows: list[Follow]
    likes: list[Like]
    comments: list[Comment]


def tell(members: Sequence[Member], scripts: Sequence[Script], *, now: datetime, rng: random.Random) -> Story:
    """Make the story up: the same one for the same seed and the same moment. Nothing in it lies in the future."""
    joined = _joined(members, now, rng)
    posted = _posted(len(scripts), now, rng)
    follows = _follows(members, joined, now, rng)
    likes = _likes(scripts, posted, members, follows, now=now, rng=rng)
    return Story(members, scripts, joined, posted, follows, likes, _comments(scripts, likes, now, rng))


def _joined(members: Sequence[Member], now: datetime, rng: random.Random) -> dict[str, datetime]:
    step = JOINING / max(1, len(members))
    return {member.username: now - JOINED + step * (place + rng.random() * 0.9) for place, member in enumerate(members)}


def _posted(count: int, now: datetime, rng: random.Random) -> list[datetime]:
    """Moments in order, denser towards now, as if the place had grown."""
    ages = sorted(((rng.random() * 0.6 + place) / count) ** 1.6 for place in range(count))
    return [now - LAST_POST - (FIRST_POST - LAST_POST) * age for age in reversed(ages)]


def _follows(members: Sequence[Member], joined: dict[str, datetime], now: datetime, rng: random.Random) -> list[Follow]:
    follows = []
    for follower in members:
        for followee in members:
            if follower is not followee and rng.random() < followee.charm:
                start = max(joined[follower.username], joined[followee.username])
                at = start + (now - start) * rng.random() ** 2.5  # most of them soon
                follows.append(Follow(follower.username, followee.username, at))
    return sorted(follows, key=lambda follow: follow.at)


def _likes(
    scripts: Sequence[Script],
    posted: list[datetime],
    members: Sequence[Member],
    follows: list[Follow],
    *,
    now: datetime,
    rng: random.Random,
) -> list[Like]:
    known = {(follow.follower, follow.followee) for follow in follows}
    likes = []
    for post, script in enumerate(scripts):
        luck = rng.uniform(0.35, 1)
        for member in members:
            chance = FOLLOWER_LIKES if (member.username, script.author) in known else STRANGER_LIKES
            at = posted[post] + _delay(LONG_DELAY, rng)
            if member.username != script.author and rng.random() < chance * luck and at < now:
                likes.append(Like(post, member.username, at))
    return sorted(likes, key=lambda like: like.at)


def _comments(scripts: Sequence[Script], likes: list[Like], now: datetime, rng: random.Random) -> list[Comment]:
    """Some of those who like a post say so, each in other words; some authors answer."""
    comments = []
    said: set[tuple[int, str]] = set()
    for like in likes:
        script = scripts[like.post]
        text = remarks.on(rng.choice(script.shots).photo, rng)
        at = like.at + timedelta(seconds=rng.uniform(10, 120))
        if rng.random() >= LIKER_COMMENTS or (like.post, text) in said or at >= now:
            continue
        said.add((like.post, text))
        comments.append(Comment(like.post, like.user, text, at))
        answered = at + _delay(THANKS_DELAY, rng)
        if rng.random() < AUTHOR_THANKS and answered < now:
            comments.append(Comment(like.post, script.author, remarks.thanks(like.user, rng), answered))
    return sorted(comments, key=lambda comment: comment.at)


def _delay(long: timedelta, rng: random.Random) -> timedelta:
    return timedelta(seconds=20 + rng.expovariate(1 / long.total_seconds()) * rng.random() ** 3)
