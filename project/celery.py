"""The Celery app and the clock of its periodic tasks; the tasks live in the apps and in project.tasks."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

from core import broker
from project import logs  # noqa: F401 -- its signals, in whatever process sends or takes tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app = Celery("photophore")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["project"], related_name="drainer")
app.autodiscover_tasks(["ops"], related_name="tallies")


@worker_init.connect
def declare_queues(sender: Any, **_: Any) -> None:
    """Declare all queues on RabbitMQ before a worker takes from some: Celery binds the others, and knows no `dead`."""
    conf = sender.app.conf
    if broker.is_rabbitmq(conf.broker_url):
        with sender.app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=None)  # as the worker itself waits for its broker
            for queue in [*conf.task_queues, broker.dead_letters()]:
                queue.bind(connection.default_channel).declare()
