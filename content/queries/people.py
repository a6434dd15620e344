"""Reads people by their posts: a profile, someone's posts, and who likes a post."""

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from accounts import queries as accounts
from accounts.people import PERSON_FIELDS, Person, person_of
from accounts.policies import known_to
from content import policies
from content.cards import PostCard, ProfilePage
from content.models import Like, Post
from content.queries.posts import visible_cards
from core import replica
from core.cursors import Page, bounded, decode, page_of
from core.prepared import prepared

TILES = 24  # posts a page of a profile: a full grid of three columns
PEOPLE = 30
_NEWEST = 2**63 - 1


def profile_page(viewer_id: int | None, username: str, *, after: str | None = None) -> ProfilePage:
    """A person and a page of their posts, in four queries; name and face alone of one who is not open to the viewer.

    Raises:
        NotFound: if there is no such active person, or they have blocked the viewer.
        Invalid: if `after` is no cursor.
    """
    profile = accounts.profile(username, viewer_id=viewer_id)
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
        posts=_posts_by(profile.person.id, viewer_id, after=after, limit=TILES),
    )


def user_posts(viewer_id: int | None, username: str, *, after: str | None = None, limit: int = TILES) -> Page[PostCard]:
    """A page of someone's posts, newest first, in four queries.

    Raises:
        NotFound: if there is no such person, or they are not open to the viewer.
        Invalid: if `after` is no cursor.
    """
    return _posts_by(accounts.open_person(username, viewer_id=viewer_id).id, viewer_id, after=after, limit=limit)


def likes_page(viewer_id: int | None, post_id: int, *, after: str | None = None, limit: int = PEOPLE) -> Page[Person]:
    """A page of the people who like a post, the latest first, in two queries.

    Raises:
        NotFound: if the viewer may not see the post.
        Invalid: if `after` is no cursor.
    """
    policies.check_can_view_post(viewer_id, post_id)
    limit = bounded(limit)
    rows = Like.objects.filter(known_to(viewer_id, "user"), post_id=post_id, id__lt=decode(after) or _NEWEST)
    fields = (f"user__{name}" for name in PERSON_FIELDS)
    found = rows.select_related("user").only("user_id", *fields).order_by("-id")[: limit + 1]
    return page_of(list(found), limit, key=lambda like: like.id, make=lambda like: person_of(like.user))


def _posts_by(author_id: int, viewer_id: int | None, *, after: str | None, limit: int) -> Page[PostCard]:
    """One's own are never late; of a late page each post is asked about again, and all of it if one is gone."""
    limit, before = bounded(limit), decode(after) or _NEWEST
    asked = {"viewer_id": viewer_id, "author_id": author_id, "before": before}

    def find(alias: str) -> list[int]:
        if alias == replica.ALIAS:
            return [post_id for (post_id,) in _newest_by.build(limit + 1, **asked).using(alias)]
        return [post_id for (post_id,) in _newest_by(limit + 1, **asked)]

    ids = find(DEFAULT_DB_ALIAS) if author_id == viewer_id else replica.found(find)
    cards = visible_cards(viewer_id, ids)
    if len(cards) < len(ids):
        cards = visible_cards(viewer_id, find(DEFAULT_DB_ALIAS))
    return page_of(cards, limit, key=lambda card: card.id, make=lambda card: card)


@prepared
def _newest_by(limit: int, *, viewer_id: int | None, author_id: int, before: int) -> QuerySet[Post, tuple[int]]:
    posts = Post.objects.visible_to(viewer_id).filter(author_id=author_id, id__lt=before)
    return posts.order_by("-id").values_list("id")[:limit]
