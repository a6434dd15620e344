"""The Celery edge of ops, sent by beat. It makes one call."""

from celery import shared_task

from ops import actions


@shared_task(name="ops.purge_cases")
def purge_cases(**_: object) -> None:  # **_: an old worker may meet a new argument
    """Forget what was decided long ago."""
    actions.purge_cases()
