"""`python -m bench.memory`: what the HTTP tier costs in memory, with what is shared and without. Its own services.

PSS: what several processes share counts for each by its part, so that the sum over all is what the machine has given.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

import psutil

from bench import machine
from bench.servers import Servers, listening, servers
from project.up import plan
from project.up.options import ROOT, Options
from project.up.process import Process

PATHS = ("/", "/accounts/login/", "/accounts/signup/", "/explore/", "/search/", "/healthz")
PID = "X-Bench-Pid"

# What each way of starting adds to our configuration; the answers say which worker gave them.
TELL = f"""
timeout = 600  # who is paused is not dead
_ours = post_worker_init
def post_worker_init(worker):
    _ours(worker)
    app, pid = worker.asgi, str(worker.pid).encode()
    async def telling(scope, receive, send):
        async def tell(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"{PID.lower()}", pid)]
            await send(message)
        await app(scope, receive, tell)
    worker.asgi = telling
"""
LOADED_BY_EACH = "preload_app = False\ngc.enable()\ndel when_ready\n"
NOT_FROZEN = "gc.enable()\ndel when_ready\n"
WAYS = {"loaded by each worker": LOADED_BY_EACH, "preloaded": NOT_FROZEN, "preloaded and frozen": ""}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--requests", type=int, default=200, help="that each worker answers at least (default: 200)")
    options = parser.parse_args()
    with servers() as running:
        _prepare()
        found = {way: _measured(running, more, options) for way, more in WAYS.items()}
    print(json.dumps({"workers": options.workers, "requests": options.requests, "mib": found}, indent=2))


def _prepare() -> None:
    setup = plan.setup(demo=False)
    subprocess.run(setup.argv, cwd=setup.cwd, check=True, stdout=subprocess.DEVNULL)


def _measured(running: Servers, more: str, options: argparse.Namespace) -> dict[str, float]:
    """MiB of the master and all workers, once each worker has answered so many requests."""
    with listening() as listener:
        conf = running.folder / "gunicorn_conf.py"
        conf.write_text((ROOT / "project/gunicorn_conf.py").read_text() + more + TELL)
        port, bind = listener.getsockname()[1], f"fd://{listener.fileno()}"
        process = Process(
            name="gunicorn",
            argv=[sys.executable, "-m", "gunicorn", "-c", str(conf), "--bind", bind, "asgi:application"],
            env={"WEB_CONCURRENCY": str(options.workers)},
            cwd=ROOT,
            ready=plan._answers(Options(port=port)),
            stop_signal=signal.SIGTERM,
            pass_fds=(listener.fileno(),),
        )
        with running.run(process, core=machine.SERVER_CORE) as pid:
            _ask(port, options)
            return _memory(pid)


def _ask(port: int, options: argparse.Namespace) -> None:
    """Have each worker answer that often: the kernel likes to ask the same one, so who has done its share is paused."""
    answered: Counter[int] = Counter()
    try:
        while sum(answered.values()) < options.workers * options.requests:
            path = PATHS[sum(answered.values()) % len(PATHS)]
            pid = _worker_that_answers(f"http://127.0.0.1:{port}{path}")
            answered[pid] += 1
            if answered[pid] == options.requests:
                os.kill(pid, signal.SIGSTOP)
    finally:
        for pid in answered:
            os.kill(pid, signal.SIGCONT)


def _worker_that_answers(url: str) -> int:
    with urllib.request.urlopen(url) as answer:
        return int(answer.headers[PID])


def _memory(pid: int) -> dict[str, float]:
    """MiB of a process and its children together: PSS, and the part of it that no other process shares."""
    found: Counter[str] = Counter()
    for one in (pid, *(child.pid for child in psutil.Process(pid).children())):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()[1:]:
            name, amount, *_ = line.split()
            found[name.rstrip(":")] += int(amount)
    return {name: round(found[name] / 1024, 1) for name in ("Pss", "Private_Dirty", "Rss")}


if __name__ == "__main__":
    main()
