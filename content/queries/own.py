"""Reads what is for one person alone: a post to change, what they keep, their archive, what they deleted lately."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from content.cards import PostCard
from content.models import RESTORABLE, Post, PostQuerySet, Save
from content.queries.posts import cards, post_card, visible_cards
from core import clock
from core.cursors import NEWEST, Page, bounded, decode, encode, page_of
from core.prepared import prepared
from core.problems import Forbidden

POSTS = 24  # a page


def own_post(viewer_id: int, post_id: int) -> PostCard:
    """A post of the viewer's own, for them to change, in two queries.

    Raises:
        NotFound: if they may not see it.
        Forbidden: if it is somebody else's.
    """
    card = post_card(viewer_id, post_id)
    if not card.is_mine:
        raise Forbidden(_("Only its author may change or delete a post."))
    return card


def saved_posts(viewer_id: int, *, after: str | None = None, limit: int = POSTS) -> Page[PostCard]:
    """A page of the posts that the viewer keeps and may still see, the latest kept first, in three queries.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit = bounded(limit)
    saves = _kept(limit + 1, viewer_id=viewer_id, before=decode(after) or NEWEST)
    shown = saves[:limit]
    by_id = {card.id: card for card in visible_cards(viewer_id, [post_id for _, post_id in shown])}
    found = [by_id[post_id] for _, post_id in shown if post_id in by_id]  # one may have gone between the queries
    return Page(found, encode(shown[-1][0]) if len(saves) > limit else None)


@prepared
def _kept(limit: int, *, viewer_id: int, before: int) -> QuerySet[Save, tuple[int, int]]:
    kept = Save.objects.filter(user_id=viewer_id, id__lt=before)
    seen = kept.filter(post__in=Post.objects.visible_to(viewer_id)).order_by("-id")
    return seen.values_list("id", "post_id")[:limit]


def archived_posts(viewer_id: int, *, after: str | None = None, limit: int = POSTS) -> Page[PostCard]:
    """A page of the viewer's archive, the newest post first, in two queries.

    Raises:
        Invalid: if `after` is no cursor.
    """
    return _own(Post.objects.kept().filter(archived_at__isnull=False), viewer_id, after=after, limit=limit)


def deleted_posts(viewer_id: int, *, after: str | None = None, limit: int = POSTS) -> Page[PostCard]:
    """A page of what the viewer deleted lately and may restore, the newest post first, in two queries.

    Raises:
        Invalid: if `after` is no cursor.
    """
    restorable = Post.objects.filter(deleted_at__gt=clock.now() - RESTORABLE, removed_at=None)
    return _own(restorable, viewer_id, after=after, limit=limit)


def _own(posts: PostQuerySet, viewer_id: int, *, after: str | None, limit: int) -> Page[PostCard]:
    limit = bounded(limit)
    mine = posts.filter(author_id=viewer_id, id__lt=decode(after) or NEWEST).order_by("-id")
    return page_of(cards(mine[: limit + 1], viewer_id), limit, key=lambda card: card.id, make=lambda card: card)
