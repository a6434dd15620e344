"""Reads the posts under a hashtag. A hashtag that nobody uses and one of hidden posts look the same: empty."""

from django.db.models import Subquery
from django.utils.translation import gettext as _

from content.cards import PostCard, TagPage, TagView
from content.models import Post, PostQuerySet, Tag
from content.queries.posts import grid
from content.text import tag_name
from core.cursors import Page
from core.problems import NotFound

TILES = 24  # posts a page: a full grid of three columns
MAX_COUNTED = 1_000  # posts of a hashtag; of 1,000 there may be more


def tag_page(viewer_id: int | None, name: str, *, after: str | None = None) -> TagPage:
    """A hashtag with how many posts the viewer may see under it, and a page of them; in three queries.

    Raises:
        NotFound: if no hashtag is written so.
        Invalid: if `after` is no cursor.
    """
    posts = tag_posts(viewer_id, name, after=after)
    count = _under(viewer_id, tag_name(name)).order_by("-id")[:MAX_COUNTED].count()
    return TagPage(TagView(tag_name(name), count), posts)


def tag_posts(viewer_id: int | None, name: str, *, after: str | None = None, limit: int = TILES) -> Page[PostCard]:
    """A page of the posts under a hashtag that the viewer may see, newest first, in two queries.

    Raises:
        NotFound: if no hashtag is written so.
        Invalid: if `after` is no cursor.
    """
    kept = tag_name(name)
    if not kept:
        raise NotFound(_("There is no such hashtag."))
    return grid(_under(viewer_id, kept), viewer_id, after=after, limit=limit)


def _under(viewer_id: int | None, name: str) -> PostQuerySet:
    tag = Tag.objects.filter(name=name).values("id")  # asked first: joined, no index would have its posts in order
    return Post.objects.published().visible_to(viewer_id).filter(tags__tag_id=Subquery(tag))
