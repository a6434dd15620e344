"""What simulated people do: each deed is chosen by lot and done through the real actions."""

import math
import random
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import File
from django.db.models import Q

import accounts.actions
import content.actions
from accounts.models import Follow, User
from content.models import Comment, Like, Post
from project.demo import remarks
from project.demo.captions import AGAIN, SCRIPTS
from project.demo.cast import HEROINE
from project.demo.darkroom import save_cut

# About in a hundred. What is all done already (every post liked) turns into its undoing, so that it never stops.
WEIGHTS = {"like": 58, "unlike": 6, "comment": 16, "delete comment": 2, "follow": 13, "unfollow": 4, "post": 1}
NOTHING = "nothing"
POST_EVERY_SECONDS = 5.0  # at most: rendering photos is the worker's slowest work
GLIMPSE_SECONDS = 2.0  # how long people act on what they saw last
POSTS_SEEN = 40
HER_POSTS_SEEN = 8
HER_WEIGHT = 4.0
HER_FOLLOWS = 0.3  # chance that a follow is for her
PEOPLE_SEEN = 200
RECENT = 20  # own likes and comments that somebody may take back


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What there was to see a moment ago: posts, with what draws people to them, and people."""

    posts: Sequence[tuple[int, int]]  # id, author's id
    weights: Sequence[float]
    usernames: Mapping[int, str]
    taken_at: float


class Deeds:
    """Deeds of a crowd, for any number of threads."""

    def __init__(self, actor_ids: Sequence[int]) -> None:
        self._actors = actor_ids
        self._lock = threading.Lock()
        self._glimpse: Glimpse | None = None
        self._posted_at = -math.inf
        self._kinds: dict[str, Callable[[int, random.Random], str]] = {
            "like": self._like,
            "unlike": self._unlike,
            "comment": self._comment,
            "delete comment": self._delete_comment,
            "follow": self._follow,
            "unfollow": self._unfollow,
            "post": self._post,
        }

    def do(self, rng: random.Random) -> str:
        """Do one thing as somebody; return which, or NOTHING if there was nothing to do it to.

        Raises:
            Problem: if what they saw is gone meanwhile.
            django.db.Error: if the database is away.
        """
        [kind] = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))
        actor = rng.choice(self._actors)
        if kind == "post" and not self._may_post():
            kind = "like"
        done = self._kinds[kind](actor, rng)
        return self._like(actor, rng) if done == NOTHING else done  # a newcomer has nothing to take back yet

    def _like(self, actor: int, rng: random.Random) -> str:
        seen = self._seen()
        others = {
            post: weight for (post, author), weight in zip(seen.posts, seen.weights, strict=True) if author != actor
        }
        liked = set(Like.objects.filter(user_id=actor, post_id__in=others).values_list("post_id", flat=True))
        fresh = {post: weight for post, weight in others.items() if post not in liked}
        if not fresh:
            return self._unlike(actor, rng)
        [post] = rng.choices(list(fresh), list(fresh.values()))
        content.actions.like_post(post_id=post, actor_id=actor)
        return "like"

    def _unlike(self, actor: int, rng: random.Random) -> str:
        recent = Like.objects.filter(user_id=actor).order_by("-id").values_list("post_id", flat=True)[:RECENT]
        if not recent:
            return NOTHING
        content.actions.unlike_post(post_id=rng.choice(list(recent)), actor_id=actor)
        return "unlike"

    def _comment(self, actor: int, rng: random.Random) -> str:
        seen = self._seen()
        if not seen.posts:
            return NOTHING
        [(post, _)] = rng.choices(seen.posts, seen.weights)
        content.actions.comment(post_id=post, actor_id=actor, text=rng.choice(remarks.GENERAL))
        return "comment"

    def _delete_comment(self, actor: int, rng: random.Random) -> str:
        recent = Comment.objects.filter(author_id=actor).order_by("-id").values_list("id", flat=True)[:RECENT]
        if not recent:
            return NOTHING
        content.actions.delete_comment(comment_id=rng.choice(list(recent)), actor_id=actor)
        return "delete comment"

    def _follow(self, actor: int, rng: random.Random) -> str:
        followed = _followed_by(actor)
        others = (username for user_id, username in self._seen().usernames.items() if user_id != actor)
        strangers = [username for username in others if username not in followed]
        if not strangers:
            return self._unfollow(actor, rng)
        for_her = HEROINE in strangers and rng.random() < HER_FOLLOWS
        accounts.actions.follow_user(username=HEROINE if for_her else rng.choice(strangers), actor_id=actor)
        return "follow"

    def _unfollow(self, actor: int, rng: random.Random) -> str:
        followed = sorted(_followed_by(actor))
        if not followed:
            return NOTHING
        accounts.actions.unfollow_user(username=rng.choice(followed), actor_id=actor)
        return "unfollow"

    def _post(self, actor: int, rng: random.Random) -> str:
        shot = rng.choice(rng.choice(SCRIPTS).shots)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "photo.jpg"
            save_cut(shot, path)
            with path.open("rb") as photo:
                caption = rng.choice(AGAIN)
                content.actions.share(author_id=actor, caption=caption, photos=[File(photo)], alt=shot.alt)
        return "post"

    def _may_post(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now - self._posted_at < POST_EVERY_SECONDS:
                return False
            self._posted_at = now
            return True

    def _seen(self) -> Glimpse:
        """What there is to see, read again once it is old; several threads may read it at once, which does no harm."""
        glimpse = self._glimpse
        if glimpse is None or time.monotonic() - glimpse.taken_at > GLIMPSE_SECONDS:
            self._glimpse = glimpse = _look(self._actors)
        return glimpse


def _look(actor_ids: Sequence[int]) -> Glimpse:
    """The latest posts, her latest however old they are, and people: the actors and whoever has come since."""
    newest = Post.objects.visible_to(None).order_by("-id").values_list("id", "author_id")
    hers = newest.filter(author__username=HEROINE)
    her_posts = dict(hers[:HER_POSTS_SEEN])
    posts = sorted((dict(newest[:POSTS_SEEN]) | her_posts).items(), reverse=True)
    # The first is the newest; its share shrinks as others come.
    weights = [(HER_WEIGHT if post in her_posts else 1) / (place + 3) for place, (post, _) in enumerate(posts)]
    people = User.objects.filter(is_active=True)
    known = people.filter(Q(id__in=actor_ids) | Q(username=HEROINE)).order_by("id").values_list("id", "username")
    usernames = dict(known) | dict(people.order_by("-id").values_list("id", "username")[:PEOPLE_SEEN])
    return Glimpse(posts, weights, usernames, time.monotonic())


def _followed_by(actor: int) -> set[str]:
    return set(Follow.objects.filter(follower_id=actor).values_list("followee__username", flat=True))
