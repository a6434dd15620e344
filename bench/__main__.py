"""`python -m bench`: starts everything, measures, writes bench/results, stops everything. Measures nothing itself."""

import argparse
import contextlib
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

from bench import machine, report, tools
from bench.load import Load
from bench.servers import Servers, servers
from bench.swarm import Remote

RESULTS = Path(__file__).parent / "results"
TIME_LIMIT_SECONDS = 2_400  # twice what it takes; then we give up, and everything is stopped
FULL_TIME_LIMIT_SECONDS = 6_000
FULL_TIMES = 3  # as long, each measurement of a full run
DEFAULTS = {
    "like": (2000, 10.0),
    "sockets": (5000, 0.8),
    "storm": (5000, 15.0),
    "stall": (500, 2.0),
    "screen": (100, 0.3),
    "feeds": (200_000, 2.0),
    "http": (20_000, 1.0),
}  # sockets, people or likes, and seconds


def main() -> int:
    options = _options()
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGTERM, _too_long)
    signal.alarm(FULL_TIME_LIMIT_SECONDS if options.full else TIME_LIMIT_SECONDS)
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
    numbers = f"people of feeds and http, likes of screen; default: {_defaults(0)}"
    parser.add_argument("--sockets", type=int, help=numbers)
    parser.add_argument("--seconds", type=float, help=f"of each measurement; default: {_defaults(1)}")
    parser.add_argument("--full", action="store_true", help=f"{FULL_TIMES} times the seconds, and no hurry")
    parser.add_argument("--name", default=f"{os.cpu_count()}-core", help="for the file of the results")
    return parser.parse_args()


def _defaults(which: int) -> str:
    return ", ".join(f"{values[which]:g} for {part}" for part, values in DEFAULTS.items())


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    if options.only in (None, "http"):
        tools.wrk()  # now, and not when all else is measured
    before, began = machine.load(), time.monotonic()
    with servers() as running, contextlib.ExitStack() as clients:
        _set_django_up()
        results = {}
        for part in [options.only] if options.only else DEFAULTS:
            client = Remote() if part == "like" else Load(running.folder)
            clients.callback(client.end)
            results[part] = _part(part, options, running, client)
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


def _part(part: str, options: argparse.Namespace, running: Servers, client: Remote | Load) -> dict[str, Any]:
    sockets, seconds = DEFAULTS[part]
    seconds = options.seconds or seconds * (FULL_TIMES if options.full else 1)
    print(f"{part} …", file=sys.stderr, flush=True)
    result: dict[str, Any] = _module(part).measure(running, client, sockets=options.sockets or sockets, seconds=seconds)
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
