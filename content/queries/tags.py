"""Reads the posts under a hashtag. A hashtag that nobody uses and one of hidden posts look the same: empty."""

from django.db.models import Subquery

from content.cards import PostCard
from content.models import Post, Tag
from content.queries.posts import cards
from content.text import tag_name
from core.cursors import Page, bounded, decode, page_of
from core.problems import NotFound

TILES = 24  # posts a page: a full grid of three columns
_NEWEST = 2**63 - 1


def tag_posts(viewer_id: int | None, name: str, *, after: str | None = None, limit: int = TILES) -> Page[PostCard]:
    """A page of the posts under a hashtag that the viewer may see, newest first, in two queries.

    Raises:
        NotFound: if no hashtag is written so.
        Invalid: if `after` is no cursor.
    """
    kept = tag_name(name)
    if not kept:
        raise NotFound("There is no such hashtag.")
    limit = bounded(limit)
    posts = Post.objects.published().visible_to(viewer_id).filter(id__lt=decode(after) or _NEWEST)
    tag = Tag.objects.filter(name=kept).values("id")  # asked first: joined, no index would have its posts in order
    under = posts.filter(tags__tag_id=Subquery(tag)).order_by("-id")
    return page_of(cards(under[: limit + 1], viewer_id), limit, key=lambda card: card.id, make=lambda card: card)
