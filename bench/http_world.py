"""Whom and what the HTTP routes are asked for: some hundred signed-in people of a network, and all the requests."""

import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.actions import follow_user
from accounts.models import Session, Token, User
from accounts.queries import digest_of
from bench.asking import Ask
from bench.network import Network
from content.actions import like_post
from content.models import Comment, Post
from core import clock
from realtime import log
from tests.support.draining import drain_all

VIEWERS = 128  # who ask, by turns
LIKED, LIKERS = 5, 2  # of each viewer's own posts, and by how many: what notifications and events tell of
BEHIND = 5  # events that a poll finds
SEEN_FOR = timedelta(hours=2)  # or each token's and session's first use would be written down while we measure
JSON = ("Content-Type", "application/json")
COMMENT = '{"text":"Lovely light, and what a place to be."}'

_UNDO = {
    "like": "DELETE FROM content_like WHERE user_id = ANY(%(viewers)s) AND post_id = ANY(%(posts)s)",
    "follow": "DELETE FROM accounts_follow WHERE follower_id = ANY(%(viewers)s) AND followee_id = ANY(%(newcomers)s)",
    "comment": "DELETE FROM content_comment WHERE id > %(comment)s",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One of the hottest addresses, and what is asked there: by one person after the other."""

    name: str
    kind: str  # open | bare | read | write
    asks: list[Ask]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks, by token or cookie; and for what."""

    id: int
    token: str
    cookie: str
    events: str  # the cursor
    post_id: int
    profile: str
    newcomer: str


class World:
    """A network that is there, and who asks for what."""

    def __init__(self, viewers: list[Viewer]) -> None:
        self.viewers = viewers
        names = [viewer.newcomer for viewer in viewers]
        self._about: dict[str, Any] = {
            "viewers": [viewer.id for viewer in viewers],
            "posts": [viewer.post_id for viewer in viewers],
            "newcomers": list(User.objects.filter(username__in=names).values_list("id", flat=True)),
            "comment": 0,
        }
        self.keep()

    def routes(self) -> list[Route]:
        """All routes, in the order of the page."""
        api, here = self._by_token, "/api/v1"
        cookies = [f"csrftoken={'x' * 32}; {settings.SESSION_COOKIE_NAME}={viewer.cookie}" for viewer in self.viewers]
        page = [Ask("GET", "/", (("Cookie", cookie),)) for cookie in cookies]
        commented = [
            replace(ask, headers=(*ask.headers, JSON), body=COMMENT)
            for ask in api("POST", lambda viewer: f"{here}/posts/{viewer.post_id}/comments")
        ]
        return [
            Route("instance, nobody", "open", [Ask("GET", f"{here}/instance")] * len(self.viewers)),
            Route("instance", "bare", api("GET", lambda _: f"{here}/instance")),
            Route("page", "read", page),
            Route("feed", "read", api("GET", lambda _: f"{here}/feed")),
            Route("post", "read", api("GET", lambda viewer: f"{here}/posts/{viewer.post_id}")),
            Route("grid", "read", api("GET", lambda viewer: f"{here}/users/{viewer.profile}/posts")),
            Route("notifications", "read", api("GET", lambda _: f"{here}/notifications")),
            Route("unread", "read", api("GET", lambda _: f"{here}/notifications/unread")),
            Route("events", "read", api("GET", lambda viewer: f"{here}/events?after={viewer.events}")),
            Route("like", "write", self._there_and_back(lambda viewer: f"{here}/posts/{viewer.post_id}/like")),
            Route("follow", "write", self._there_and_back(lambda viewer: f"{here}/users/{viewer.newcomer}/follow")),
            Route("comment", "write", commented),
        ]

    def undo(self, route: Route) -> None:
        """Take back what a route has written since `keep`, and what it has announced."""
        if route.name in _UNDO:
            with connection.cursor() as cursor:
                cursor.execute(_UNDO[route.name], self._about)
                cursor.execute("TRUNCATE outbox")

    def keep(self) -> None:
        """Keep the comments that are there: what was recorded reads them again."""
        self._about["comment"] = max(Comment.objects.order_by("-id").values_list("id", flat=True)[:1], default=0)

    def _by_token(self, method: str, path: Callable[[Viewer], str]) -> list[Ask]:
        return [Ask(method, path(viewer), (("Authorization", f"Bearer {viewer.token}"),)) for viewer in self.viewers]

    def _there_and_back(self, path: Callable[[Viewer], str]) -> list[Ask]:
        """All do it, then all take it back: each changes something, as the one is long over when the other comes."""
        return [*self._by_token("PUT", path), *self._by_token("DELETE", path)]


def build(people: int) -> World:
    """Load a network of so many people, in the place of all who are there, and have some of them be told things."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_user, content_tag, outbox CASCADE")
    network = Network(people)
    network.load()
    network.load()
    return gathered(network.active(VIEWERS))


def gathered(ids: list[int]) -> World:
    """The world of these people: each signs in, has been told of likes and a follower, and has a post to look at."""
    newcomers = _newcomers(len(ids))
    _tell(ids, newcomers)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    others = Post.objects.exclude(author_id__in=ids).order_by("id")
    profiles = User.objects.exclude(id__in=ids).order_by("-post_count", "id").values_list("username", flat=True)
    columns = (
        ids,
        _tokens(ids),
        _cookies(ids),
        _cursors(ids),
        _spread(others.values_list("id", flat=True), len(ids)),
        itertools.cycle(profiles[: len(ids)]),
        [newcomer.username for newcomer in newcomers],
    )
    return World([Viewer(*fields) for fields in zip(*columns, strict=False)])


def _newcomers(count: int) -> list[User]:
    """People whom nobody follows."""
    name = secrets.token_hex(4)
    User.objects.bulk_create(User(username=f"n{name}_{number}", password="!") for number in range(count))
    return list(User.objects.filter(username__startswith=f"n{name}_").order_by("id"))


def _tell(ids: list[int], newcomers: list[User]) -> None:
    """Have each be followed by a newcomer, and their latest posts be liked by others of them."""
    posts: dict[int, list[int]] = {}
    for author, post in Post.objects.filter(author_id__in=ids).order_by("-id").values_list("author_id", "id"):
        posts.setdefault(author, []).append(post)
    for at, (viewer, newcomer) in enumerate(zip(ids, newcomers, strict=True)):
        name = User.objects.values_list("username", flat=True).get(id=viewer)
        follow_user(username=name, actor_id=newcomer.id)
        for post, liker in itertools.product(posts.get(viewer, [])[:LIKED], range(1, LIKERS + 1)):
            like_post(post_id=post, actor_id=ids[(at + liker) % len(ids)])
    drain_all()


def _tokens(ids: list[int]) -> list[str]:
    tokens = [secrets.token_urlsafe(32) for _ in ids]
    used = clock.now() + SEEN_FOR
    Token.objects.bulk_create(
        Token(user_id=user, digest=digest_of(token), name="bench", last_used_at=used)
        for user, token in zip(ids, tokens, strict=True)
    )
    return tokens


def _cookies(ids: list[int]) -> Iterator[str]:
    """Sessions as the log-in page makes them."""
    people = User.objects.in_bulk(ids)
    keys = []
    for user in ids:
        client = Client()
        client.force_login(people[user])
        keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    Session.objects.filter(session_key__in=keys).update(last_seen_at=clock.now() + SEEN_FOR)
    return iter(keys)


def _cursors(ids: list[int]) -> list[str]:
    heads = log.heads(ids)
    return [f"{log.epoch()}.{max(0, heads[user] - BEHIND)}" for user in ids]


def _spread(found: Any, count: int) -> Sequence[int]:
    """So many, evenly from all."""
    every = list(found)
    return every[:: max(1, len(every) // count)][:count]
