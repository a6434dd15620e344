"""Finds people, hashtags and captions by words, whatever their case and accents. What the policy hides is not found."""

from typing import Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Collate
from django.utils.translation import gettext as _

from accounts import queries as accounts
from content.cards import Found, PostCard, TagView
from content.models import Post, PostTag, Tag
from content.queries.posts import visible_cards
from content.queries.tags import MAX_COUNTED
from content.text import cleaned
from core import replica
from core.cursors import NEWEST, Page, bounded, decode, encode, page_of
from core.problems import Invalid
from core.search import begins, plain, says

Sought = Literal["people", "tags", "posts"]

MAX_QUERY = 100  # characters
FEW = 6  # of each, where all are asked for
RESULTS = 24  # a page of one
LATEST = 20_000  # posts that are looked through first
_TAG_WORDS = Collate(plain("name"), "C")  # as the index tag_by_prefix has it


def search(
    viewer_id: int | None, text: str, *, kind: Sought | None = None, after: str | None = None, limit: int = RESULTS
) -> Found:
    """A page of one kind of what a text finds, or a few of each: in one query each, posts in up to four.

    Raises:
        Invalid: naming what is wrong with the text or the cursor.
    """
    text = cleaned(text, field="q", limit=MAX_QUERY)
    name = text.lstrip("@#").lstrip()  # typed as captions have it
    if not name:
        raise Invalid(_("Write something first."), field="q")
    if after and kind is None:
        raise Invalid(_("A cursor belongs to one type: say which."), field="type")
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
    posts = Post.objects.published().visible_to(viewer_id).values("pk")
    newest = posts.filter(tags__tag=OuterRef("pk")).order_by("-id")[:1]  # in an index's order, so that one is enough
    latest = PostTag.objects.filter(tag=OuterRef(OuterRef("pk"))).order_by("-post").values("post")[:MAX_COUNTED]
    counted = Func(ArraySubquery(posts.filter(pk__in=latest)), function="cardinality", output_field=IntegerField())
    shown = tags.alias(newest=Subquery(newest)).filter(begins(_TAG_WORDS, name), newest__isnull=False)
    ordered = shown.annotate(posts=counted).order_by("plain", "id")
    rows = replica.first(ordered, limit + 1, read=lambda tags: list(tags.values_list("id", "name", "posts")))
    return page_of(rows, limit, key=lambda row: row[0], make=lambda row: TagView(row[1], row[2]))


def _posts(viewer_id: int | None, text: str, *, after: str | None, limit: int) -> Page[PostCard]:
    """Posts whose captions hold all of the words, newest first."""
    before = decode(after) or NEWEST
    ids = replica.found(lambda alias: _saying(viewer_id, text, alias=alias, before=before, limit=limit + 1))
    shown = ids[:limit]
    return Page(visible_cards(viewer_id, shown), encode(shown[-1]) if len(ids) > limit else None)


def _saying(viewer_id: int | None, text: str, *, alias: str, before: int, limit: int) -> list[int]:
    """Ids of the newest posts that say it: what many say is among the latest, what few say the index has as a whole.

    In one query PostgreSQL would guess which of the two it is, and look through all posts there are for two words that
    are frequent, but not together.
    """
    posts = Post.objects.using(alias).published().visible_to(viewer_id).filter(says(plain("caption"), text))
    floor = Subquery(Post.objects.filter(id__lt=before).order_by("-id").values("id")[LATEST : LATEST + 1])
    latest = posts.filter(id__lt=before, id__gt=Coalesce(floor, 0)).order_by("-id")
    found = list(latest.values_list("id", flat=True)[:limit])
    if len(found) < limit:
        older = posts.annotate(at=F("id") + 0).filter(at__lte=floor).order_by("-at")  # by no index but that of words
        found += older.values_list("id", flat=True)[: limit - len(found)]
    return found
