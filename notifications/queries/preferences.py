"""From whom a person wants to hear. Nobody else reads it."""

from notifications.models import Kind, Preference, Senders


def preferences(user_id: int) -> dict[Kind, Senders]:
    """From whom a person wants to hear of each kind of deed."""
    rows = Preference.objects.filter(user_id=user_id).values_list("kind", "senders")
    return dict.fromkeys(Kind, Senders.EVERYONE) | {Kind(kind): Senders(senders) for kind, senders in rows}
