"""The Celery edges of accounts, sent by beat. Each makes one call."""

from celery import shared_task

from accounts import actions


@shared_task(name="accounts.end_mutes")
def end_mutes(**_: object) -> None:  # **_: an old worker may meet a new argument
    """Lift the mutes whose time is over."""
    actions.end_mutes()


@shared_task(name="accounts.end_suspensions")
def end_suspensions(**_: object) -> None:
    """Lift the suspensions whose time is over."""
    actions.end_suspensions()


@shared_task(name="accounts.forget_names")
def forget_names(**_: object) -> None:
    """Set names free that were given up long ago."""
    actions.forget_names()
