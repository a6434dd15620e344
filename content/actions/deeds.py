"""What the deeds that are one statement share: the policy's answer, and the event's way into the outbox."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from core import ids
from core.pipeline import Row
from core.problems import NotFound
from core.statement import Statement
from events import outbox, types


def done(
    statement: Statement, event: types.Event, *, actor: int, missing: Callable[[], NotFound], **target: int
) -> Row:
    """Change a fact and record the event if that changed anything: one transaction, one round trip.

    Args:
        target: what it is done to, by the name that the statement has for it.

    Raises:
        NotFound: as `missing` says it, if the actor may not see the target.
    """
    (target_id,) = target.values()
    found = ids.may_be(target_id) and statement(**target, actor=actor, event=types.encode(event), **outbox.origin())
    if not found:
        raise missing()
    return found[0]


def no_post() -> NotFound:
    """What whoever may not see a post is told."""
    return NotFound(_("There is no such post."))


def no_comment() -> NotFound:
    """What whoever may not see a comment is told."""
    return NotFound(_("There is no such comment."))
