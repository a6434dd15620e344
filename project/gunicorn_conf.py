"""The HTTP tier: how Gunicorn serves us. `gunicorn -c python:project.gunicorn_conf asgi:application`.

The application is loaded once, before the workers are forked, so that they share its memory; frozen, the collector does
not write into it. Loading opens no connection and starts no thread: each worker makes its own with its first request.
Sockets belong to project.server, which moves them away before it stops.
"""

import gc
import os
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from project import jit
from project.server import BACKLOG, GC_THRESHOLDS, GRACEFUL_SECONDS

bind = "127.0.0.1:8000"  # `--bind` says otherwise, and so does systemd where it listens for us
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 1)
worker_class = "asgi"
asgi_loop = "uvloop"
asgi_lifespan = "off"
preload_app = True
backlog = BACKLOG
keepalive = 15  # seconds; longer than the proxy keeps a connection (deploy/nginx.conf), so that we never cut a request
graceful_timeout = GRACEFUL_SECONDS
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 -- a heartbeat must not wait for a disk
control_socket_disable = True  # else the master has a thread, and a fork copies its locks

gc.disable()  # while we load: what is freed in between leaves holes, into which the workers would write


def when_ready(server: Any) -> None:
    """Load what each worker would load with its first request, and have the collector leave all of it alone."""
    from django.urls import get_resolver  # noqa: PLC0415 -- the settings are there once the application is loaded

    get_resolver().url_patterns  # noqa: B018 -- reading imports the views
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    gc.enable()
    gc.set_threshold(*GC_THRESHOLDS)
    jit.begin()  # what it compiles is each worker's own


def post_worker_init(worker: Any) -> None:
    """Have the proxy say whose address it is, which Gunicorn's ASGI workers do not ask; else all were one visitor."""
    worker.asgi = ProxyHeadersMiddleware(worker.asgi, os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"))
