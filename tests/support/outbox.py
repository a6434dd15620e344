"""What waits in the outbox, for tests of actions."""

from events import types
from events.models import OutboxRow


def recorded():
    """The events that were recorded, in order."""
    return [types.decode(row.event) for row in OutboxRow.objects.order_by("id")]


def forget():
    OutboxRow.objects.all().delete()
