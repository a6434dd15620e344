"""A Celery app with one task more: it kills the process that runs it, as one does that takes too much memory."""

import os
import signal

from project.celery import app


@app.task(name="tests.murder")
def murder():
    os.kill(os.getpid(), signal.SIGKILL)
