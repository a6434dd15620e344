"""How each part of Photophore is run: the web servers, the Celery workers and beat. The services are not in here."""

import http
import http.client
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from project.up.options import ROOT, Options
from project.up.process import Process
from project.up.task_queue import READY_LINE

WEB_COLOUR, WORKER_COLOUR, BEAT_COLOUR, SETUP_COLOUR = 32, 33, 36, 37
GRACEFUL_SECONDS = 10

LISTENS = {"uvicorn": "Uvicorn running on", "daphne": "Listening on", "gunicorn": "server listening on"}

# As in project/server.py, for those who give another application to uvicorn itself.
UVICORN = (
    *("--loop", "uvloop", "--http", "httptools", "--ws", "project.uvicorn_ws:ReadyFrames"),
    *("--ws-max-size", "65536", "--ws-per-message-deflate", "false", "--ws-ping-interval", "0"),
    *("--no-server-header", "--no-access-log", "--lifespan", "off"),
    *("--timeout-graceful-shutdown", str(GRACEFUL_SECONDS)),
)


def setup(*, demo: bool) -> Process:
    """Return the step between the services and the rest: migrations, static files, the demo."""
    flags = [] if demo else ["--no-demo"]
    return Process(
        name="setup",
        argv=[sys.executable, "-m", "project.up.setup", *flags],
        cwd=ROOT,
        colour=SETUP_COLOUR,
        ends_with_us=True,
    )


def parts(options: Options, listener: int) -> list[Process]:
    """Return all that serves people; `listener` is the descriptor of the socket that the web processes share."""
    live = [_worker(f"live-{n}", "live,feeds", "--pool", "solo") for n in range(1, options.workers + 1)]
    media = _worker("media", "media,bulk", "--pool", "prefork", "--concurrency", "1")
    web = [_web(options, number, listener) for number in range(1, options.web + 1)]
    return [*web, *live, media, _beat(options.data)]


def _web(options: Options, number: int, listener: int) -> Process:
    return Process(
        name=f"web-{number}" if options.web > 1 else "web",
        argv=[sys.executable, "-m", *_server(options, listener)],
        env={"PHOTOPHORE_NODE": f"web-{number}", "PHOTOPHORE_DRAIN_NOTICE": "0"},  # no balancer asks before it sends
        cwd=ROOT,
        colour=WEB_COLOUR,
        # Its own line as well: any process may answer on the port that they share.
        ready_line=LISTENS[options.server],
        ready=_answers(options),
        # To ours it means: all of it stops, so do not take long over moving the sockets.
        stop_signal=signal.SIGINT if options.server == "uvicorn" else signal.SIGTERM,
        stop_seconds=GRACEFUL_SECONDS + 10,
        ends_with_us=True,
        pass_fds=(listener,),
    )


def _server(options: Options, listener: int) -> list[str]:
    match options.server:
        case "daphne":
            return ["daphne", "--fd", str(listener), "--verbosity", "0", "asgi:application"]
        case "gunicorn":
            bind = ["--bind", f"fd://{listener}", "--workers", "1", "--worker-class", "asgi", "--no-control-socket"]
            return ["gunicorn", *bind, "--graceful-timeout", str(GRACEFUL_SECONDS), "asgi:application"]
        case _:
            return ["project.server", "--fd", str(listener), *(["--shared"] if options.web > 1 else [])]


def _worker(name: str, queues: str, *pool: str) -> Process:
    node = f"{name}@%h"
    return Process(
        name=name,
        # Mingle waits a second for workers that were just started beside it, and tells them nothing that they need.
        argv=_celery("worker", "-Q", queues, "-n", node, *pool, "--without-mingle", "--without-gossip"),
        env={"PHOTOPHORE_NODE": name},
        cwd=ROOT,
        colour=WORKER_COLOUR,
        ready_line=READY_LINE,
        stop_seconds=20,  # for the task that is under way
        ends_with_us=True,
    )


def _beat(data: Path) -> Process:
    return Process(
        name="beat",
        argv=_celery("beat", "--schedule", str(data.resolve() / "beat-schedule"), "--pidfile", ""),
        env={"PHOTOPHORE_NODE": "beat"},
        cwd=ROOT,
        colour=BEAT_COLOUR,
        ready_line=READY_LINE,
        ends_with_us=True,
    )


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "project.up.task_queue", *arguments]


def _answers(options: Options) -> Callable[[int], bool]:
    """Return the question whether a web process says, over HTTP, that it is ready."""

    def answers(_pid: int) -> bool:
        connection = http.client.HTTPConnection(options.reachable_host, options.port, timeout=1)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return answers
