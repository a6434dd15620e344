"""Reads people by their posts: a profile, someone's posts, and who likes a post."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet, Subquery

from accounts import queries as accounts
from accounts.models import User
from accounts.people import PERSON_FIELDS, Person, person_of
from accounts.policies import known_to
from content import policies
from content.cards import PostCard, ProfilePage
from content.models import Like, Post
from content.queries.posts import visible_cards
from core import replica, sql
from core.cursors import NEWEST, Page, bounded, decode, page_of
from core.prepared import prepared

TILES = 24  # posts a page of a profile: a full grid of three columns
PEOPLE = 30

Later = Callable[[], list[int]]  # ids that were sent for


def profile_page(viewer_id: int | None, username: str, *, after: str | None = None) -> ProfilePage:
    """A person and a page of their posts, in four queries; name and face alone of one who is not open to the viewer.

    Raises:
        NotFound: if there is no such active person, or they have blocked the viewer.
        Invalid: if `after` is no cursor.
    """
    newest = _Newest(viewer_id, accounts.as_kept(username), decode(after) or NEWEST, TILES)
    with sql.pipeline(holds=True):
        head, early = accounts.profile_later(username, viewer_id=viewer_id), newest.early()
    profile = head()
    return ProfilePage(
        person=profile.person,
        bio=profile.bio,
        post_count=profile.post_count,
        follower_count=profile.follower_count,
        following_count=profile.following_count,
        following=profile.relation.following,
        followed_by=profile.relation.followed_by,
        blocking=profile.relation.blocking,
        muting=profile.relation.muting,
        is_self=profile.is_self,
        is_private=profile.is_private,
        is_open=profile.is_open,
        posts=newest.page(profile.person.id, early),
    )


def user_posts(viewer_id: int | None, username: str, *, after: str | None = None, limit: int = TILES) -> Page[PostCard]:
    """A page of someone's posts, newest first, in four queries and two round trips; a replica that is near adds one.

    Raises:
        NotFound: if there is no such person, or they are not open to the viewer.
        Invalid: if `after` is no cursor.
    """
    newest = _Newest(viewer_id, accounts.as_kept(username), decode(after) or NEWEST, bounded(limit))
    with sql.pipeline(holds=True):
        person, early = accounts.open_person_later(username, viewer_id=viewer_id), newest.early()
    return newest.page(person().id, early)


def likes_page(viewer_id: int | None, post_id: int, *, after: str | None = None, limit: int = PEOPLE) -> Page[Person]:
    """A page of the people who like a post, the latest first, in two queries.

    Raises:
        NotFound: if the viewer may not see the post.
        Invalid: if `after` is no cursor.
    """
    policies.check_can_view_post(viewer_id, post_id)
    limit = bounded(limit)
    rows = Like.objects.filter(known_to(viewer_id, "user"), post_id=post_id, id__lt=decode(after) or NEWEST)
    fields = (f"user__{name}" for name in PERSON_FIELDS)
    found = rows.select_related("user").only("user_id", *fields).order_by("-id")[: limit + 1]
    return page_of(list(found), limit, key=lambda like: like.id, make=lambda like: person_of(like.user))


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest posts of one author under an id, so many, and one more that tells of another page."""

    viewer_id: int | None
    username: str  # as it is kept
    before: int
    limit: int

    def early(self) -> Later | None:
        """Their ids, sent for beside whose they are; None where the replica is asked, once it is known."""
        return None if replica.is_near() else self._later()

    def page(self, author_id: int, early: Later | None) -> Page[PostCard]:
        """One's own are never late; of a late page each post is asked about again, and all of it if one is gone."""
        ids = early() if early else self._found(author_id)
        cards = visible_cards(self.viewer_id, ids)
        if len(cards) < len(ids):
            cards = visible_cards(self.viewer_id, self._find(DEFAULT_DB_ALIAS))
        return page_of(cards, self.limit, key=lambda card: card.id, make=lambda card: card)

    def _found(self, author_id: int) -> list[int]:
        return self._find(DEFAULT_DB_ALIAS) if author_id == self.viewer_id else replica.found(self._find)

    def _find(self, alias: str) -> list[int]:
        if alias == replica.ALIAS:
            return [post_id for (post_id,) in _newest_by.build(self.limit + 1, **self._asked).using(alias)]
        return self._later()()

    def _later(self) -> Later:
        rows = _newest_by.later(self.limit + 1, **self._asked)
        return lambda: [post_id for (post_id,) in rows()]

    @property
    def _asked(self) -> dict[str, Any]:
        return {"viewer_id": self.viewer_id, "username": self.username, "before": self.before}


@prepared
def _newest_by(limit: int, *, viewer_id: int | None, username: str, before: int) -> QuerySet[Post, tuple[int]]:
    author = User.objects.filter(username=username).values("id")  # asked first: joined, no index has posts in order
    posts = Post.objects.visible_to(viewer_id).filter(author_id=Subquery(author), id__lt=before)
    return posts.order_by("-id").values_list("id")[:limit]
