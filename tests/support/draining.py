"""Draining here and now, in tests that start no worker."""

from events import outbox
from project import drain


def drain_all():
    """Drain until nothing waits: an event may come again."""
    while shards := outbox.waiting_shards():
        for shard in shards:
            drain.drain_shard(shard)
