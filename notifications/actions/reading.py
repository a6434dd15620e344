"""What a person has seen and what they have read, on all of their devices."""

from typing import Literal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from core.problems import Invalid, NotFound
from events import outbox
from events.types import NotificationsRead, NotificationsSeen
from notifications.models import SEEN_UP_TO, Group

MAX_GROUPS = 200  # ids in one call


def mark_seen(
    *, user_id: int, group_ids: list[int] | None = None, up_to: int | None = None, mut: str | None = None
) -> list[int]:
    """Mark groups as seen: these, or all up to one of them, or all; answer those that were unseen.

    What a group is shown for is marked with it. Again, it changes and announces nothing. Ids of others' groups are
    passed over.

    Raises:
        Invalid: if more than MAX_GROUPS ids are given.
        NotFound: if `up_to` is no group of this person.
    """
    unseen = Group.objects.filter(recipient_id=user_id, latest_id__gt=SEEN_UP_TO)
    with transaction.atomic():
        marked = _mark(_named(unseen, user_id, group_ids, up_to), "seen_id")
        if marked:
            outbox.record(NotificationsSeen(user_id=user_id, group_ids=marked, mut=mut), for_user=user_id)
    return marked


def mark_read(
    *, user_id: int, group_ids: list[int] | None = None, up_to: int | None = None, mut: str | None = None
) -> list[int]:
    """Mark groups as read, and so as seen: these, or all up to one of them, or all; answer those that were unread.

    What a group is shown for is marked with it. Again, it changes and announces nothing. Ids of others' groups are
    passed over.

    Raises:
        Invalid: if more than MAX_GROUPS ids are given.
        NotFound: if `up_to` is no group of this person.
    """
    unread = Group.objects.filter(recipient_id=user_id, latest_id__gt=F("read_id"))
    with transaction.atomic():
        marked = _mark(_named(unread, user_id, group_ids, up_to), "read_id")
        if marked:
            outbox.record(NotificationsRead(user_id=user_id, group_ids=marked, mut=mut), for_user=user_id)
    return marked


def _named(groups: QuerySet[Group], user_id: int, group_ids: list[int] | None, up_to: int | None) -> QuerySet[Group]:
    if group_ids is not None:
        if len(group_ids) > MAX_GROUPS:
            raise Invalid(_("At most %(limit)s ids at a time.") % {"limit": MAX_GROUPS}, field="ids")
        return groups.filter(Q(id__in=group_ids) | Exists(_above(user_id, group_ids)))
    if up_to is not None:
        return groups.filter(latest_id__lte=_latest_of(user_id, up_to))
    return groups


def _above(user_id: int, group_ids: list[int]) -> QuerySet[Group]:
    """Those of the named groups that are shown for a group as well: of the same sitting, and not older."""
    named = Group.objects.filter(recipient_id=user_id, id__in=group_ids)
    return named.filter(sitting=OuterRef("sitting"), latest_id__gte=OuterRef("latest_id"))


def _latest_of(user_id: int, group_id: int) -> int:
    found = Group.objects.filter(recipient_id=user_id, id=group_id).values_list("latest_id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def _mark(groups: QuerySet[Group], column: Literal["seen_id", "read_id"]) -> list[int]:
    """Lock groups in id order, as the drain does, and move this mark of theirs to the newest; answer their ids."""
    ids = [group.id for group in groups.order_by("id").select_for_update()]
    if ids:
        Group.objects.filter(id__in=ids).update(**{column: F("latest_id")}, ver=F("ver") + 1)
    return ids
