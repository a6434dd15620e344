"""The Celery edges of realtime. Each makes one call."""

from celery import shared_task

from realtime import partitions, tickets


@shared_task(name="realtime.sweep_tickets")
def sweep_tickets(**_: object) -> None:  # **_: an old worker may meet a new argument
    """Delete expired tickets; sent by beat."""
    tickets.sweep()


@shared_task(name="realtime.keep_log")
def keep_log(**_: object) -> None:
    """Make the log's next partitions and drop its old ones; sent by beat."""
    partitions.keep_up()
