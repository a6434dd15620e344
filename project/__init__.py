"""The composition root: settings, addresses, event → handlers, the runner. Imports all; nothing imports it."""

VERSION = "0.1.0"  # settings read it, so before what reads settings

from project.celery import app as celery_app  # noqa: E402

__all__ = ["VERSION", "celery_app"]
