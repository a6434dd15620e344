"""The Celery edges of the live path: drain a shard, sweep them all. Each makes one call."""

import redis
from celery import shared_task

from events import outbox, wake
from project import beats, feeds, purge, rebuild
from project.drain import drain_shard
from project.drainer import OVERDUE_SECONDS


@shared_task(name="events.drain")
def drain(*, shard: int, **_: object) -> None:  # **_: an old worker may meet a new argument
    """Drain one shard; sent by a wake."""
    drain_shard(shard)


@shared_task(name="events.sweep")
def sweep(**_: object) -> None:
    """Drain what has waited too long: the net under every lost wake, run by beat, which lives if this runs."""
    beats.heard()
    for shard in outbox.waiting_shards(for_seconds=OVERDUE_SECONDS):
        drain_shard(shard)


@shared_task(name="project.rebuild_counters")
def rebuild_counters(*, table: int = 0, after: int = 0, **_: object) -> None:
    """Recount for a while, and send itself for the rest; begun by beat each night."""
    place = rebuild.rebuild_a_turn(rebuild.Place(table, after))
    if place is not None:
        wake.sender().send("project.rebuild_counters", {"table": place.table, "after": place.after}, "bulk")


@shared_task(name="project.purge_accounts")
def purge_accounts(**_: object) -> None:
    """Remove accounts for a while, and send itself for the rest; begun by beat each night."""
    if purge.purge_a_turn():
        wake.sender().send("project.purge_accounts", {}, "bulk")


@shared_task(name="feeds.announce", autoretry_for=(redis.RedisError,), retry_backoff=2, max_retries=6)
def announce(*, author_id: int, post_id: int, gone: bool, ver: int, **_: object) -> None:
    """Hand a post to the followers' feeds, and tell the open ones."""
    feeds.announce(author_id=author_id, post_id=post_id, gone=gone, ver=ver)
