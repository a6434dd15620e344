"""The composition root: settings, addresses, event → handlers, the runner. Imports all; nothing imports it."""

from project.celery import app as celery_app

__all__ = ["celery_app"]
