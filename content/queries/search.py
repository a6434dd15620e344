"""Finds people, hashtags and captions by words, whatever their case and accents. What the policy hides is not found."""

from typing import Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Func, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Collate

from accounts import queries as accounts
from content.cards import Found, PostCard, TagView
from content.models import Post, Tag
from content.queries.posts import cards
from content.text import cleaned
from core.cursors import Page, bounded, decode, page_of
from core.problems import Invalid
from core.search import begins, plain, says

Sought = Literal["people", "tags", "posts"]

MAX_QUERY = 100  # characters
FEW = 6  # of each, where all are asked for
RESULTS = 24  # a page of one
MAX_COUNTED = 1_000  # posts of a hashtag; beyond it there are "1,000 or more"
_NEWEST = 2**63 - 1
_TAG_WORDS = Collate(plain("name"), "C")  # as the index tag_by_prefix has it


def search(
    viewer_id: int | None, text: str, *, kind: Sought | None = None, after: str | None = None, limit: int = RESULTS
) -> Found:
    """A page of one kind of what a text finds, or a few of each: a query for people, one for hashtags, two for posts.

    Raises:
        Invalid: naming what is wrong with the text or the cursor.
    """
    text = cleaned(text, field="q", limit=MAX_QUERY)
    name = text.lstrip("@#").lstrip()  # typed as captions have it
    if not name:
        raise Invalid("Write something first.", field="q")
    if after and kind is None:
        raise Invalid("A cursor belongs to one type: say which.", field="type")
    limit = bounded(limit if kind else min(limit, FEW))
    return Found(
        people=accounts.search_people(viewer_id, name, after=after, limit=limit) if kind in (None, "people") else None,
        tags=_tags(viewer_id, name, after=after, limit=limit) if kind in (None, "tags") else None,
        posts=_posts(viewer_id, text, after=after, limit=limit) if kind in (None, "posts") else None,
    )


def _tags(viewer_id: int | None, name: str, *, after: str | None, limit: int) -> Page[TagView]:
    """Hashtags that begin so, in the order of the alphabet; one without a post for the viewer is none."""
    tags = Tag.objects.annotate(plain=_TAG_WORDS)
    if last := decode(after):
        at = Subquery(tags.filter(pk=last).values("plain"))
        tags = tags.filter(Q(plain__gt=at) | Q(plain=at, id__gt=last))
    under = Post.objects.published().visible_to(viewer_id).filter(tags__tag=OuterRef("pk")).values("pk")
    counted = Func(ArraySubquery(under[:MAX_COUNTED]), function="cardinality", output_field=IntegerField())
    rows = tags.filter(begins(_TAG_WORDS, name), Exists(under)).annotate(posts=counted).order_by("plain", "id")
    found = list(rows.values_list("id", "name", "posts")[: limit + 1])
    return page_of(found, limit, key=lambda row: row[0], make=lambda row: TagView(row[1], row[2]))


def _posts(viewer_id: int | None, text: str, *, after: str | None, limit: int) -> Page[PostCard]:
    """Posts whose captions hold all of the words, newest first."""
    posts = Post.objects.published().visible_to(viewer_id).filter(id__lt=decode(after) or _NEWEST)
    found = posts.filter(says(plain("caption"), text)).order_by("-id")[: limit + 1]
    return page_of(cards(found, viewer_id), limit, key=lambda card: card.id, make=lambda card: card)
