"""The Celery edges of accounts, sent by beat. Each makes one call."""

from celery import shared_task

from accounts import actions


@shared_task(name="accounts.end_mutes")
def end_mutes(**_: object) -> None:  # **_: an old worker may meet a new argument
    """Lift the mutes whose time is over."""
    actions.end_mutes()


@shared_task(name="accounts.forget_names")
def forget_names(**_: object) -> None:
    """Set names free that were given up long ago."""
    actions.forget_names()
