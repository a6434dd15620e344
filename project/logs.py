"""How workers log, and how a request's id travels with the tasks that it sends: in their headers."""

import logging
from logging.config import dictConfig
from typing import Any

from celery import Task
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.conf import settings

from core.tracking import request_id

HEADER = "request_id"


@setup_logging.connect
def log_as_the_web_does(loglevel: int, **_: Any) -> None:
    """One format in all processes; Celery would set up one of its own. The level is its command line's."""
    dictConfig(settings.LOGGING)
    logging.getLogger().setLevel(loglevel)


@before_task_publish.connect
def send_along(headers: dict[str, Any], **_: Any) -> None:
    """Name in a task the request that sends it, if one does."""
    if current := request_id.get():
        headers[HEADER] = current


@task_prerun.connect
def take_up(task: Task[Any, Any], **_: Any) -> None:
    """Let what a task logs name that request."""
    request_id.set(task.request.get(HEADER) or "")


@task_postrun.connect
def put_down(**_: Any) -> None:
    """And nothing that the worker logs between tasks."""
    request_id.set("")
