"""What a person has read, on all of their devices."""

from django.db import transaction
from django.db.models import F

from core.problems import Invalid, NotFound
from events import outbox
from events.types import NotificationsRead
from notifications.models import Group

MAX_GROUPS = 200  # ids in one call


def mark_read(
    *, user_id: int, group_ids: list[int] | None = None, up_to: int | None = None, mut: str | None = None
) -> list[int]:
    """Mark groups as read: these, or all up to one of them, or all; answer those that were unread.

    Marking them again changes and announces nothing. Ids of others' groups are passed over.

    Raises:
        Invalid: if more than MAX_GROUPS ids are given.
        NotFound: if `up_to` is no group of this person.
    """
    if group_ids is not None and len(group_ids) > MAX_GROUPS:
        raise Invalid(f"At most {MAX_GROUPS} ids at a time.", field="ids")
    with transaction.atomic():
        unread = Group.objects.filter(recipient_id=user_id, latest_id__gt=F("read_id"))
        if group_ids is not None:
            unread = unread.filter(id__in=group_ids)
        elif up_to is not None:
            unread = unread.filter(latest_id__lte=_latest_of(user_id, up_to))
        marked = [group.id for group in unread.order_by("id").select_for_update()]
        if marked:
            Group.objects.filter(id__in=marked).update(read_id=F("latest_id"), ver=F("ver") + 1)
            outbox.record(NotificationsRead(user_id=user_id, group_ids=marked, mut=mut), for_user=user_id)
    return marked


def _latest_of(user_id: int, group_id: int) -> int:
    found = Group.objects.filter(recipient_id=user_id, id=group_id).values_list("latest_id", flat=True).first()
    if found is None:
        raise NotFound
    return found
