"""From whom a person wants to hear, kind by kind. Facts only: what they were told hides and comes back by the drain."""

from collections.abc import Mapping

from django.db import transaction

from events import outbox
from events.types import PreferenceChanged
from notifications import queries
from notifications.models import Kind, Preference, Senders


def set_preferences(*, user_id: int, wanted: Mapping[Kind, Senders]) -> dict[Kind, Senders]:
    """Say from whom to hear of these kinds; answer how it stands for all. Again, it changes and announces nothing."""
    with transaction.atomic():
        before = queries.preferences(user_id)
        for kind, senders in wanted.items():
            if senders != before[kind]:
                _want(user_id, kind, senders)
                outbox.record(PreferenceChanged(user_id=user_id, kind=kind), for_user=user_id)
    return before | dict(wanted)


def _want(user_id: int, kind: Kind, senders: Senders) -> None:
    """Keep what differs from everyone; two of a person's devices may say it at once."""
    if senders == Senders.EVERYONE:
        Preference.objects.filter(user_id=user_id, kind=kind).delete()
    else:
        Preference.objects.update_or_create(user_id=user_id, kind=kind, defaults={"senders": senders})
