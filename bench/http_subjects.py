"""Whom we measure over HTTP: ourselves, the same views on Django as it comes, under ASGI and WSGI, and the limit."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from bench.servers import Servers, Web
from project.up import plan

OURS, STOCK, WSGI, LIMIT = "photophore", "Django ASGI", "Gunicorn WSGI", "limit"
DJANGOS = (OURS, STOCK, WSGI)
SUBJECTS = (*DJANGOS, LIMIT)

_SETTINGS = {STOCK: "bench.peers.stock_settings", WSGI: "bench.peers.gthread_settings"}
_UVICORN = ("-m", "uvicorn", "--fd", "{fd}", "--loop", "uvloop", "--http", "httptools", "--ws", "none")
_QUIET = ("--no-server-header", "--no-access-log", "--lifespan", "off")
_GTHREAD = ("--worker-class", "gthread", "--workers", "1", "--keep-alive", "75", "--preload", "--no-control-socket")


def arguments(name: str) -> list[str]:
    """How a peer is started; `{fd}` stands for the socket that it serves."""
    threads = ("--threads", str(settings.DOMAIN_THREADS))  # as many as have a connection
    argv = {
        STOCK: (*_UVICORN, *_QUIET, "bench.peers.stock_asgi:application"),
        WSGI: ("-m", "gunicorn", "--bind", "fd://{fd}", *_GTHREAD, *threads, "bench.peers.gthread_wsgi:application"),
        LIMIT: (*_UVICORN, *_QUIET, "--factory", "bench.peers.limit:application"),
    }
    return [sys.executable, *argv[name]]


def environment(name: str, recording: Path) -> dict[str, str]:
    """What a peer is told besides."""
    if name in _SETTINGS:
        return {"DJANGO_SETTINGS_MODULE": _SETTINGS[name]}
    options = settings.DATABASES["default"]["OPTIONS"]
    return {"ANSWERS": str(recording), "OPTIONS": options["options"], "POOL": str(options["pool"]["max_size"])}


READY = {STOCK: plan.LISTENS["uvicorn"], WSGI: "Booting worker with pid", LIMIT: plan.LISTENS["uvicorn"]}


@contextlib.contextmanager
def started(servers: Servers, name: str, recording: Path) -> Iterator[Web]:
    """Start a subject on the server's core, and stop it with the context."""
    if name == OURS:
        with servers.photophore(worker=False) as web:
            yield web
        return
    env = environment(name, recording)
    log = name.replace(" ", "-").lower()
    with servers.peer(log, arguments(name), ready_line=READY[name], env=env) as web:
        yield web
