"""Reads explore: the ranking less what the viewer knows already and what they may not see. Ranks nothing."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts import queries as accounts
from accounts.models import Follow, Mute
from content.cards import ExplorePage, PostCard
from content.models import Post, PostQuerySet, Ranked
from content.queries.posts import cards
from core import replica
from core.cursors import Page, bounded, decode_many, encode

TILES = 24  # posts a page: a full grid of three columns
SUGGESTIONS = 8


def explore_page(viewer_id: int, *, after: str | None = None) -> ExplorePage:
    """A page of explore, and people to follow where it has nothing yet: in three queries, or in six.

    Raises:
        Invalid: if `after` is no cursor.
    """
    posts = explore(viewer_id, after=after)
    people = [] if posts.items else accounts.known(accounts.suggestions(viewer_id, limit=SUGGESTIONS), viewer_id)
    return ExplorePage(posts, people)


def explore(viewer_id: int, *, after: str | None = None, limit: int = TILES) -> Page[PostCard]:
    """A page of public posts of people whom the viewer neither is, follows nor mutes, the best first; in three queries.

    A cursor goes on in its own ranking, whatever has been ranked since: pages neither repeat nor skip. One older than
    rankings are kept goes on at its place in the oldest.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit = bounded(limit)
    places = _places(after).filter(Exists(_new_to(viewer_id).filter(pk=OuterRef("post_id")))).order_by("rank")
    chosen = places.values_list("ranking", "rank", "post_id")[: limit + 1]
    found = replica.found(lambda alias: list(chosen.using(alias)))
    shown = {post_id: rank for _, rank, post_id in found[:limit]}
    posts = cards(_new_to(viewer_id).filter(pk__in=shown), viewer_id)
    next_page = encode(*found[limit - 1][:2]) if len(found) > limit else None
    return Page(sorted(posts, key=lambda card: shown[card.id]), next_page)


def _places(after: str | None) -> QuerySet[Ranked]:
    """What follows a cursor in its ranking, or all of the latest ranking."""
    if not (at := decode_many(after, 2)):
        latest = Ranked.objects.order_by("-ranking").values("ranking")[:1]
        return Ranked.objects.filter(ranking=Subquery(latest))
    kept = Ranked.objects.filter(ranking__gte=at[0]).order_by("ranking").values("ranking")[:1]
    return Ranked.objects.filter(ranking=Subquery(kept), rank__gt=at[1])


def _new_to(viewer_id: int) -> PostQuerySet:
    """What anybody may see, and so may the viewer; of nobody they have chosen to see, or not to."""
    follows = Follow.objects.filter(follower_id=viewer_id, followee=OuterRef("author"))
    mutes = Mute.objects.standing().filter(muter_id=viewer_id, muted=OuterRef("author"))
    posts = Post.objects.visible_to(None).visible_to(viewer_id).exclude(author_id=viewer_id)
    return posts.exclude(Exists(follows)).exclude(Exists(mutes))
