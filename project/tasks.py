"""The Celery edges of the live path: drain a shard, sweep them all. Each makes one call."""

from celery import shared_task

from events import outbox
from project import feeds
from project.drain import drain_shard


@shared_task(name="events.drain")
def drain(*, shard: int, **_: object) -> None:  # **_: an old worker may meet a new argument
    """Drain one shard; sent by a wake."""
    drain_shard(shard)


@shared_task(name="events.sweep")
def sweep(**_: object) -> None:
    """Drain whatever waits: the net under every lost wake, run by beat."""
    for shard in outbox.waiting_shards():
        drain_shard(shard)


@shared_task(name="feeds.announce")
def announce(*, author_id: int, post_id: int, gone: bool, ver: int, **_: object) -> None:
    """Tell the followers' open feeds of a post."""
    feeds.announce(author_id=author_id, post_id=post_id, gone=gone, ver=ver)
