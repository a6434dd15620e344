"""Why somebody was told of something, or not: recorded, waiting, what the rules made of it, and how far it came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.utils.translation import gettext as _

from accounts.viewers import Viewer
from content.models import Comment, Like, Post
from core import ids
from core.problems import Invalid
from notifications import queries
from notifications.models import Group, Kind
from notifications.queries import Known
from ops import audit, trail
from ops.choosing import named
from ops.trail import Hop, Reach, Trail
from ops.words import DEEDS, RULES
from realtime import log
from realtime.models import UserEvent

ABOUT = ("post", "comment", "notification", "event")
MAX_NUMBER = 2**63 - 1
MAX_EVENTS = 500  # of the log, among which a deed's is looked for
BEFORE = timedelta(seconds=1)  # an entry's id is made a little before its event


@dataclass(frozen=True, slots=True)
class Why:
    """What was asked, and the trails of what was found; `said` if there is none."""

    person: str
    about: str
    number: int
    trails: list[Trail]
    said: str = ""


class _Told(msgspec.Struct):
    """What a frame says of a deed; its texts are not read."""

    k: str
    d: msgspec.Raw


_frame = msgspec.json.Decoder(_Told)


def ask(operator: Viewer, *, person: str, about: str, number: str) -> Why:
    """What became, for a person, of what happened to a post, to a comment, in a notification; or of one event.

    Raises:
        Invalid: naming the field that cannot be.
    """
    user_id, username = named(person)
    if about not in ABOUT:
        raise Invalid(_("Choose what it is about."), field="about")
    wanted = number_of(number)
    audit.record(operator, "why", f"user {username}, {about} {wanted}")
    if about == "event":
        return _event(user_id, username, wanted)
    known = queries.known(user_id, about, wanted)
    target = _target(user_id, wanted) if about == "notification" else wanted
    trails = [*trail.waiting(user_id, target), *_own(user_id, about, wanted), *_of_known(user_id, known)]
    return Why(username, about, wanted, trails, "" if trails else _nothing(about, wanted))


def of_deed(user_id: int, post_id: int, actor_id: int) -> list[Trail]:
    """The trail of one person's like of a post, to whom it was told."""
    known = queries.known(user_id, "post", post_id, actor_id=actor_id)
    return _of_known(user_id, [deed for deed in known if deed.kind == Kind.LIKE])


def number_of(text: str, *, field: str = "number") -> int:
    """An id or a seq that somebody typed.

    Raises:
        Invalid: naming the field, if it is none.
    """
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_NUMBER)) and int(text) <= MAX_NUMBER):
        raise Invalid(_("A number, as in the address of a page."), field=field)
    return int(text)


def _target(user_id: int, group_id: int) -> int:
    """What the events of a notification are about."""
    target = Group.objects.filter(recipient=user_id, id=group_id).values_list("target", flat=True).first()
    return group_id if target is None else target


def _own(user_id: int, about: str, number: int) -> Iterator[Trail]:
    """What the person has done to it themselves, of which nobody tells them."""
    if about == "notification":
        return
    comments = Comment.objects.filter(id=number, author=user_id, post__author=user_id)
    likes = Like.objects.filter(post=number, user=user_id, post__author=user_id)
    found = (comments if about == "comment" else likes).values_list("id", flat=True)
    kind = DEEDS[Kind.COMMENT if about == "comment" else Kind.LIKE]
    for fact in found[:1]:
        said = _("Not told, because it is their own act.")
        yield trail.made(
            str(kind), [Hop(_("Recorded"), at=ids.created_at(fact)), Hop(_("Rules"), said, state="stopped")]
        )


def _of_known(user_id: int, known: list[Known]) -> list[Trail]:
    events = _events(user_id, known)
    found = {deed.id: event for deed in known if (event := _told_by(deed, events)) is not None}
    reach = Reach(user_id, [event.seq for event in found.values()]) if found else None
    recorded = _recorded(known)
    return [_trail(deed, recorded.get(deed.id), found.get(deed.id), reach) for deed in known]


def _trail(deed: Known, recorded_at: datetime | None, event: UserEvent | None, reach: Reach | None) -> Trail:
    steps = [Hop(_("Recorded"), at=recorded_at)] if recorded_at else []
    steps.append(Hop(_("Entered"), _("In notification %(id)s.") % {"id": deed.group_id}, ids.created_at(deed.id)))
    if deed.hidden:
        rules = " ".join(str(RULES[rule]) for rule in deed.rules) or _("A rule that has changed since: it is due.")
        steps.append(Hop(_("Rules"), _("Not told, because %(rules)s") % {"rules": rules}, state="stopped"))
    elif event is None or reach is None:
        said = _("It shows in the list. Its event is not in the log: it came into sight later, or that is long ago.")
        steps.append(Hop(_("Told"), said))
    else:
        steps += reach.of(event)
    return trail.made(f"{deed.actor}: {DEEDS[deed.kind]}", steps)


def _recorded(known: list[Known]) -> dict[int, datetime]:
    """When the facts were, by entry, as far as they have an id that tells."""
    likes = {deed.object_id for deed in known if deed.kind == Kind.LIKE}
    fans = {deed.actor_id for deed in known if deed.kind == Kind.LIKE}
    rows = Like.objects.filter(post__in=likes, user__in=fans).values_list("post_id", "user_id", "id")
    facts = {(post, user): fact for post, user, fact in rows}
    for deed in known:
        if deed.kind in (Kind.COMMENT, Kind.REPLY):
            facts[deed.object_id, deed.actor_id] = deed.object_id
    pairs = [(deed.id, facts.get((deed.object_id, deed.actor_id))) for deed in known if deed.kind != Kind.COMMENT_LIKE]
    return {entry: ids.created_at(fact) for entry, fact in pairs if fact}


def _events(user_id: int, known: list[Known]) -> list[UserEvent]:
    """The log since the oldest of these deeds; one query."""
    if not known:
        return []
    since = min(ids.created_at(deed.id) for deed in known) - BEFORE
    rows = UserEvent.objects.filter(user_id=user_id, created_at__gte=since, frame__contains='"k":"notification"')
    return list(rows.order_by("seq")[:MAX_EVENTS])


def _told_by(deed: Known, events: list[UserEvent]) -> UserEvent | None:
    """The first event that told a deed: of its group, and of its actor."""
    group, actor = f'"d":{{"id":"{deed.group_id}"', f'"entry":{{"actor":{{"id":"{deed.actor_id}"'
    since = ids.created_at(deed.id) - BEFORE
    return next((one for one in events if one.created_at >= since and group in one.frame and actor in one.frame), None)


def _event(user_id: int, username: str, seq: int) -> Why:
    event = UserEvent.objects.filter(user_id=user_id, seq=seq).first()
    if event is None:
        stand = log.stand_of([user_id])[user_id]
        said = _("There is no such event: the log of this person goes from %(first)s to %(last)s.")
        return Why(username, "event", seq, [], said % {"first": stand.trimmed + 1, "last": stand.seq})
    return Why(username, "event", seq, [trail.made(_frame.decode(event.frame).k, Reach(user_id, [seq]).of(event))])


def _nothing(about: str, number: int) -> str:
    things = {"post": Post.objects, "comment": Comment.objects, "notification": Group.objects}
    if not things[about].filter(id=number).exists():
        return _("There is nothing with this number, and nothing about it waits in the outbox.")
    return _("Nobody has done anything to it that this person would be told of, and nothing about it waits.")
