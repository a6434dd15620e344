"""The ranking behind explore, derived from posts each minute. It says what is loved now; readers ask who may see it.

A post's score is (likes + 2 * comments + 1) / (hours + 2)^1.5: a comment weighs two likes, and what is new and loved by
few stands beside what is old and loved by many. A post of a day needs 25 times the points of one that is an hour old.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, FloatField, Func, Value
from django.db.models.functions import Cast, Power

from content.models import Post, Ranked
from core import clock
from core.ids import id_at

DAYS = 14  # what is older is not ranked
MOST = 2_000  # posts of a ranking
KEPT = timedelta(minutes=15)  # how long a ranking serves those who are in the middle of it
_GRAVITY = 1.5


def rank_posts() -> None:
    """Rank what anybody may see anew, and drop the rankings that have had their time. Any number of times."""
    now = clock.now()
    ranking = id_at(now)
    points = Cast(F("like_count") + 2 * F("comment_count") + 1, FloatField())
    score = points / Power(_hours_until(now) + 2, _GRAVITY)
    recent = Post.objects.visible_to(None).filter(id__gt=id_at(now - timedelta(days=DAYS)))
    best = recent.order_by(score.desc(), "-id").values_list("id", flat=True)[:MOST]
    with transaction.atomic():
        Ranked.objects.bulk_create(
            Ranked(ranking=ranking, rank=rank, post_id=post_id) for rank, post_id in enumerate(best, 1)
        )
        Ranked.objects.filter(ranking__lt=id_at(now - KEPT)).delete()


def _hours_until(now: datetime) -> Func:
    """How long a post has been out; none that came while we looked is younger than nothing."""
    template = "greatest(extract(epoch FROM %(expressions)s) / 3600, 0)::float"
    return Func(Value(now), F("published_at"), template=template, arg_joiner=" - ", output_field=FloatField())
