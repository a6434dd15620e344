"""Finds people by what they are called. Shows no more of them than a name and a face, and nobody who is silent."""

from django.db.models import Case, F, FloatField, Func, IntegerField, Q, Value, When
from django.db.models.functions import Cast

from accounts import policies
from accounts.models import User
from accounts.people import PERSON_FIELDS, Person, person_of
from core import replica
from core.cursors import Page, bounded, decode_many, encode
from core.search import begins, joined, plain, resembles

_FIRST = 1_001  # of a username that begins so, above any share of letters in common, in thousandths


def search_people(viewer_id: int | None, text: str, *, after: str | None = None, limit: int = 20) -> Page[Person]:
    """A page of the people whose username or name is like a text of a few words, the likest first, in one query.

    Private people are among them: their profile shows as much to anybody.

    Raises:
        Invalid: if `after` is no cursor.
    """
    limit = bounded(limit)
    words = plain(joined("username", "name"))  # as the index user_by_words has it
    found = begins(words, text, any_word=True) | Q(resembles(words, text))
    share = Func(plain(Value(text)), words, function="word_similarity", output_field=FloatField())
    first = Case(When(begins(words, text), then=_FIRST), default=0)
    rank = first + Cast(share * 1000, IntegerField())
    people = User.objects.filter(found, policies.known_to(viewer_id)).annotate(rank=rank)
    if at := decode_many(after, 2):
        people = people.filter(Q(rank__lt=at[0]) | Q(rank=at[0], id__lt=at[1]))
    ordered = people.only(*PERSON_FIELDS).order_by(F("rank").desc(), "-id")
    rows = replica.first(ordered, limit + 1, read=list)
    shown = rows[:limit]
    more = len(rows) > limit
    last = encode(shown[-1].rank, shown[-1].id) if more else None  # type: ignore[attr-defined]
    return Page([person_of(row) for row in shown], last)
