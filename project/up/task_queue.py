"""Runs Celery's `worker` or `beat` and says when it is ready, which Celery logs only where it logs each task."""

import sys
import warnings
from typing import Any

READY_LINE = "ready for tasks"


def main(arguments: list[str]) -> None:
    from celery.signals import beat_init, worker_ready  # noqa: PLC0415 -- the plan needs the constant, not Celery

    from project.celery import app  # noqa: PLC0415

    # Its advice not to run as root is about pickled tasks; ours are JSON.
    warnings.filterwarnings("ignore", message=".*superuser privileges")
    worker_ready.connect(_say_ready)
    beat_init.connect(_say_ready)
    app.start(argv=["--quiet", *arguments])


def _say_ready(**_: Any) -> None:
    assert sys.__stdout__  # not sys.stdout, which Celery has turned into a log
    print(READY_LINE, file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
