"""`python -m bench.tiers`: which server the HTTP tier runs on. Requests a second, CPU a request, p99, and memory.

The same application, settings and demo under each; of PostgreSQL and Valkey its own. Speed is of one process on a core
of its own, wrk and the services on the other; memory is of two workers, as PSS with all that is their parent's.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from bench import machine
from bench.servers import Servers, servers
from project.up import plan, ports
from project.up.options import ROOT, Options
from project.up.process import Process

GUNICORN = "gunicorn -c python:project.gunicorn_conf --bind 127.0.0.1:{port} asgi:application"
GRANIAN = (
    "granian --interface asginl --http 1 --no-ws --loop uvloop --no-log --workers {workers} --host 127.0.0.1 "
    "--port {port} --backlog 4096 asgi:application"
)
SCRIPT = """\
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"requests": %d, "failed": %d, "p99_ms": %f}',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99) / 1000))
end
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.tiers", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=6, help="of each of three runs (default: 6)")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--granian", help="a Python that has granian and what is locked; else two are compared")
    options = parser.parse_args()
    machine.pin(0, machine.CLIENT_CORE)  # and so all that we start, unless told otherwise
    with servers() as running:
        setup = plan.setup(demo=True)
        env = {**os.environ, "DEBUG": "true"}  # else it makes no demo, whose password is public
        subprocess.run(setup.argv, cwd=setup.cwd, env=env, check=True, stdout=subprocess.DEVNULL)
        ways = ["project.server", "gunicorn", *(["granian"] if options.granian else [])]
        found = {way: _measured(running, way, options) for way in ways}
    print(json.dumps({"machine": machine.description(), "options": vars(options), "found": found}, indent=2))


def _measured(running: Servers, way: str, options: argparse.Namespace) -> dict[str, object]:
    with _serving(running, way, 1, options) as (port, pids):
        token = _manage("token", "ana")
        routes = {"healthz": ("GET", "/healthz"), "me": ("GET", "/api/v1/me"), "like": ("PUT", _like(port, token))}
        asked = {name: _asked(running, port, pids, token, route, options) for name, route in routes.items()}
    with _serving(running, way, 2, options) as (port, pids):
        for route in routes.values():
            _wrk(running, port, token, route, options)
        asked["pss_mib_of_two"] = _pss_mib(pids)
    return asked


@contextlib.contextmanager
def _serving(running: Servers, way: str, workers: int, options: argparse.Namespace) -> Iterator[tuple[int, list[int]]]:
    """Run a server with so many workers on the server's core, or on both; yield its port and its processes."""
    port = ports.choose()
    with contextlib.ExitStack() as started:
        pids = [
            started.enter_context(running.run(process, core=machine.SERVER_CORE))
            for process in _processes(way, port, workers, options, started)
        ]
        yield port, pids


def _processes(
    way: str, port: int, workers: int, options: argparse.Namespace, started: contextlib.ExitStack
) -> list[Process]:
    if way == "project.server":
        listener = started.enter_context(_listening(port))
        shared = ["--shared"] if workers > 1 else []
        argv = [sys.executable, "-m", "project.server", "--fd", str(listener), *shared]
        return [_process(f"server-{n}", argv, port, fds=(listener,)) for n in range(workers)]
    line = {"gunicorn": GUNICORN, "granian": GRANIAN}[way].format(port=port, workers=workers)
    python = options.granian if way == "granian" else sys.executable
    return [_process(way, [python, "-m", *line.split()], port, workers=workers)]


@contextlib.contextmanager
def _listening(port: int) -> Iterator[int]:
    """A socket that several processes accept on; yields its descriptor."""
    with socket.create_server(("127.0.0.1", port), backlog=4096) as listener:
        listener.set_inheritable(True)
        yield listener.fileno()


def _process(name: str, argv: list[str], port: int, *, workers: int = 1, fds: tuple[int, ...] = ()) -> Process:
    return Process(
        name=name,
        argv=argv,
        env={"WEB_CONCURRENCY": str(workers), "PHOTOPHORE_NODE": name, "PHOTOPHORE_DRAIN_NOTICE": "0"},
        cwd=ROOT,
        ready=plan._answers(Options(port=port)),
        stop_signal=signal.SIGINT if fds else signal.SIGTERM,
        pass_fds=fds,
    )


def _manage(*words: str) -> str:
    argv = [sys.executable, "manage.py", *words]
    return subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _like(port: int, token: str) -> str:
    """The address at which the newest post of somebody's feed is liked."""
    headers = {"Authorization": f"Bearer {token}"}
    asking = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/feed", headers=headers)
    with urllib.request.urlopen(asking) as answer:
        return f"/api/v1/posts/{json.load(answer)['items'][0]['id']}/like"


def _asked(
    running: Servers, port: int, pids: list[int], token: str, route: tuple[str, str], options: argparse.Namespace
) -> dict[str, float]:
    """The medians of three runs, once it is warm."""
    _wrk(running, port, token, route, options)
    runs = [_run(running, port, pids, token, route, options) for _ in range(3)]
    return {name: round(median(run[name] for run in runs), 1) for name in runs[0]}


def _run(
    running: Servers, port: int, pids: list[int], token: str, route: tuple[str, str], options: argparse.Namespace
) -> dict[str, float]:
    before = sum(map(machine.family_cpu_seconds, pids))
    told = _wrk(running, port, token, route, options)
    spent = sum(map(machine.family_cpu_seconds, pids)) - before
    assert not told["failed"], told
    rate, cpu_us = told["requests"] / options.seconds, spent / told["requests"] * 1e6
    return {"a_second": rate, "cpu_us": cpu_us, "p99_ms": told["p99_ms"]}


def _wrk(
    running: Servers, port: int, token: str, route: tuple[str, str], options: argparse.Namespace
) -> dict[str, float]:
    script = running.folder / "wrk.lua"
    script.write_text(f'wrk.method = "{route[0]}"\n{SCRIPT}')
    wrk = shutil.which("wrk") or sys.exit("There is no wrk: install it.")
    words = (wrk, "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "-s", str(script))
    argv = (*words, "-H", f"Authorization: Bearer {token}", f"http://127.0.0.1:{port}{route[1]}")
    told: dict[str, float] = json.loads(
        subprocess.run(argv, check=True, capture_output=True, text=True).stdout.rpartition("\n")[2]
    )
    return told


def _pss_mib(pids: list[int]) -> float:
    """Of these and all their children."""
    everyone = [one for pid in pids for one in (pid, *(child.pid for child in psutil.Process(pid).children(True)))]
    lines = [line for one in everyone for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()]
    return round(sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024, 1)


if __name__ == "__main__":
    main()
