"""From a tap to each device: a test event, or one like, with the milliseconds between its hops."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.viewers import Viewer
from content.models import Like
from core import clock, ids
from core.problems import Invalid
from events import outbox
from events.types import Tested
from ops import audit, trail, why
from ops.choosing import named
from ops.trail import Hop, Reach, Trail
from realtime.models import UserEvent

TEST_ID_BYTES = 8
FOUND = timedelta(hours=1)  # so far back the log is searched for a test


@dataclass(frozen=True, slots=True)
class Trace:
    """The trails of one deed: one for each person whom it reaches."""

    trails: list[Trail] = field(default_factory=list)
    said: str = ""  # if there is none


def send_test(operator: Viewer, *, person: str, why_sent: str) -> str:
    """Send a test event to all devices of somebody, as a like would go; answer its id.

    It takes a place in their log, which pages and apps pass over.

    Raises:
        Invalid: naming the field that cannot be.
    """
    user_id, username = named(person)
    audit.record(operator, "send test", f"user {username}", audit.reason(why_sent))
    test_id = secrets.token_hex(TEST_ID_BYTES)
    with transaction.atomic():
        outbox.record(Tested(user_id=user_id, test_id=test_id), for_user=user_id)
    return test_id


def of_test(operator: Viewer, *, person: str, test_id: str) -> Trace:
    """How far a test event has come.

    Raises:
        Invalid: naming the field that cannot be.
    """
    user_id, username = named(person)
    if not (len(test_id) == 2 * TEST_ID_BYTES and test_id.isalnum() and test_id.isascii()):
        raise Invalid(_("This is no test event."), field="test")
    audit.record(operator, "trace", f"test of user {username}")
    words = f'"test":"{test_id}"'
    if (event := _event(user_id, "test", words, clock.now() - FOUND)) is not None:
        recorded_at = datetime.fromisoformat(json.loads(event.frame)["d"]["recorded_at"])
        return Trace([_told(_("A test event for %(username)s") % {"username": username}, user_id, recorded_at, event)])
    waiting = trail.waiting(user_id, test_id)
    return Trace(waiting, "" if waiting else _("This test event is not known any more."))


def of_like(operator: Viewer, *, post: str, person: str) -> Trace:
    """How far somebody's like of a post has come: to its author, and to their own other devices.

    Raises:
        Invalid: naming the field that cannot be.
    """
    user_id, username = named(person)
    post_id = why.number_of(post, field="post")
    audit.record(operator, "trace", f"like of user {username}, post {post_id}")
    like = Like.objects.filter(post=post_id, user=user_id).values_list("id", "post__author").first()
    if like is None:
        return Trace(said=_("%(username)s does not like this post.") % {"username": username})
    like_id, author_id = like
    echo = _echo(username, user_id, post_id, ids.created_at(like_id))
    own = trail.waiting(author_id, post_id, user_id)
    return Trace([*own, *why.of_deed(author_id, post_id, user_id), *echo])


def _echo(username: str, user_id: int, post_id: int, recorded_at: datetime) -> list[Trail]:
    event = _event(user_id, "post.liked", f'"post":"{post_id}"', recorded_at)
    title = _("To the devices of %(username)s") % {"username": username}
    return [_told(title, user_id, recorded_at, event)] if event is not None else []


def _event(user_id: int, kind: str, words: str, since: datetime) -> UserEvent | None:
    """The first event of a kind since a moment, with these words in it."""
    rows = UserEvent.objects.filter(user_id=user_id, created_at__gte=since, frame__contains=words)
    return rows.filter(frame__contains=f'"k":"{kind}"').order_by("seq").first()


def _told(title: str, user_id: int, recorded_at: datetime, event: UserEvent) -> Trail:
    return trail.made(title, [Hop(_("Recorded"), at=recorded_at), *Reach(user_id, [event.seq]).of(event)])
