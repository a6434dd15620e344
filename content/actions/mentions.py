"""Whom captions and comments name. A mention is a fact of its own, so that an edit tells whom it names anew."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.policies import hidden_from
from content import queries
from content.models import MAX_MENTIONS, Mention
from content.text import names_in
from events import outbox
from events.types import UserMentioned, UserUnmentioned


def mention(*, post_id: int, actor_id: int, text: str, comment_id: int | None = None) -> None:
    """Make the mentions of a caption, or of a comment, those of its text, in the caller's transaction.

    Call it when a caption has changed, and when its post comes into sight: before that nobody else may see it, and so
    nobody is mentioned. Names of nobody, oneself, and who may not see the post stay plain text. Again: nothing.
    """
    named = _named(post_id, actor_id, text)
    kept = Mention.objects.filter(post_id=post_id, comment_id=comment_id)  # type: ignore[misc]  # None: of the caption
    known = set(kept.values_list("user_id", flat=True))
    rows = [Mention(post_id=post_id, comment_id=comment_id, user_id=user_id) for user_id in sorted(named - known)]
    Mention.objects.bulk_create(rows)
    for row in rows:
        _record(UserMentioned, row, actor_id)
    forget_mentions(kept.exclude(user_id__in=named), {comment_id: actor_id})


def forget_mentions(mentions: "QuerySet[Mention]", actors: dict[int | None, int]) -> None:
    """Take mentions back, in the caller's transaction; `actors` wrote the comments (None: the caption) that named."""
    rows = list(mentions.order_by("pk").select_for_update())
    Mention.objects.filter(pk__in=[row.id for row in rows]).delete()
    for row in rows:
        _record(UserUnmentioned, row, actors[row.comment_id])


def _named(post_id: int, actor_id: int, text: str) -> set[int]:
    names = names_in(text, MAX_MENTIONS)
    if not names:
        return set()
    people = User.objects.filter(username__in=names, is_active=True).exclude(pk=actor_id)
    shown = queries.visible_counts_for([(user_id, post_id) for user_id in people.values_list("pk", flat=True)])
    return {user_id for user_id, _ in shown if user_id is not None} - hidden_from([actor_id])[actor_id]


def _record(kind: type[UserMentioned | UserUnmentioned], row: Mention, actor_id: int) -> None:
    event = kind(user_id=row.user_id, post_id=row.post_id, actor_id=actor_id, comment_id=row.comment_id)
    outbox.record(event, for_user=row.user_id)
