"""`python -m bench`: starts everything, measures, writes bench/results, stops everything. Measures nothing itself."""

import argparse
import datetime
import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import machine, report
from bench.servers import Servers, servers
from bench.swarm import Remote

RESULTS = Path(__file__).parent / "results"
TIME_LIMIT_SECONDS = 480  # then we give up, and everything is stopped
DEFAULTS = {"like": (500, 10.0), "fanout": (2000, 2.0)}  # sockets, seconds


def main() -> int:
    options = _options()
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGTERM, _too_long)
    signal.alarm(TIME_LIMIT_SECONDS)
    machine.allow_many_sockets()
    machine.pin(0, machine.CLIENT_CORE)  # and so all that we start, unless told otherwise
    results = _measured(options)
    parts = {part: _module(part) for part in DEFAULTS if part in results}
    text = report.page(results, parts)
    print(text)
    _write(results, text, options)
    return 0 if all(gate.kept for gate in report.gates(results, parts)) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, into bench/results.")
    parser.add_argument("--only", choices=list(DEFAULTS), help="one part; latest.md stays as it is")
    parser.add_argument("--sockets", type=int, help="default: 500 for like, 2000 for fanout")
    parser.add_argument("--seconds", type=float, help="default: 10 a rate for like, 2 a start for fanout")
    parser.add_argument("--name", default=f"{os.cpu_count()}-core", help="for the file of the results")
    return parser.parse_args()


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    before, began = machine.load(), time.monotonic()
    with servers() as running:
        _set_django_up()
        swarm = Remote()
        try:
            results = {
                part: _part(part, options, running, swarm) for part in [options.only] * bool(options.only) or DEFAULTS
            }
        finally:
            swarm.end()
    run = {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": " ".join(["python -m bench", *sys.argv[1:]]),
        "took": time.monotonic() - began,
        "before": before,
        "after": machine.load(),
        "server": machine.SERVER_CORE,
        "client": machine.CLIENT_CORE,
    }
    return {"run": run, "machine": machine.description(), **results}


def _part(part: str, options: argparse.Namespace, running: Servers, swarm: Remote) -> dict[str, Any]:
    sockets, seconds = DEFAULTS[part]
    print(f"{part} …", file=sys.stderr, flush=True)
    result: dict[str, Any] = _module(part).measure(
        running, swarm, sockets=options.sockets or sockets, seconds=options.seconds or seconds
    )
    return result


def _module(part: str) -> ModuleType:
    return importlib.import_module(f"bench.{part}")  # only when the services run: it needs the settings


def _set_django_up() -> None:
    importlib.import_module("django").setup()
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)


def _write(results: dict[str, Any], text: str, options: argparse.Namespace) -> None:
    RESULTS.mkdir(exist_ok=True)
    date = results["run"]["date"].partition(" ")[0]
    name = "-".join([date, options.name, *([options.only] if options.only else [])])
    (RESULTS / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    if not options.only:
        (RESULTS / "latest.md").write_text(text)


def _too_long(number: int, _: object) -> None:
    raise SystemExit(f"stopped by {signal.Signals(number).name}")


if __name__ == "__main__":
    sys.exit(main())
