"""`manage.py simulate`: demo people go on doing things, so that one can watch."""

import argparse
import json
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from project.demo.conditions import RefusedError, check
from project.demo.simulation import FAILED, MISSED, Simulation, Status, crowd, known


class Command(BaseCommand):
    """Simulate a crowd. It refuses where real people may be, as `seed_demo` does."""

    help = "Have demo people like, comment, follow and post until Ctrl-C; most of it happens to ana."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read how many, how fast and how long."""
        parser.add_argument("--users", type=_whole, default=50, metavar="N", help="people who act (default 50)")
        parser.add_argument("--rate", type=_positive, default=20.0, metavar="N", help="deeds a second (default 20)")
        parser.add_argument("--seconds", type=_positive, metavar="N", help="stop after so long (default: never)")
        parser.add_argument("--seed", type=int, metavar="N", help="draw the same lots again")
        parser.add_argument("--dry-run", action="store_true", help="only say who would act and who would be made")
        parser.add_argument("--json", action="store_true", help="report as one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Simulate, with a line every few seconds and one at the end."""
        seed = random.randrange(2**31) if options["seed"] is None else options["seed"]  # noqa: S311 -- a play
        self._as_json = options["json"]
        try:
            if options["dry_run"]:
                return self._foretell(options["users"])
            simulation = Simulation(crowd(options["users"], seed=seed), rate=options["rate"], seed=seed)
        except RefusedError as refused:
            raise CommandError(str(refused)) from refused
        with until_interrupted() as stop:
            self._tell(simulation.run(stop, seconds=options["seconds"], tell=self._tell))

    def _foretell(self, users: int) -> None:
        check()
        made = max(0, users - len(known()))
        body = {"users": users, "made": made}
        words = f"{users} people would act, {made} of them made for it."
        self.stdout.write(json.dumps(body) if self._as_json else words)

    def _tell(self, status: Status) -> None:
        body = {"seconds": round(status.seconds, 1), "deeds": status.deeds, "rate": round(status.rate, 1)}
        self.stdout.write(json.dumps(body | {"done": status.done}) if self._as_json else _words(status))
        self.stdout.flush()


def _words(status: Status) -> str:
    kinds = sorted(status.done.items(), key=lambda item: (item[0] in (FAILED, MISSED), -item[1]))
    parts = ", ".join(f"{kind} {count}" for kind, count in kinds)
    return f"{status.seconds:.0f} s, {status.deeds} deeds, {status.rate:.1f} a second: {parts or 'nothing yet'}"


@contextmanager
def until_interrupted() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; the second of them ends the process as usual."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def give_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        # By a thread: this one may hold the event's lock at this very moment, and would wait for itself.
        threading.Thread(target=stop.set).start()
        give_back()

    for number in before:
        signal.signal(number, interrupt)
    try:
        yield stop
    finally:
        give_back()


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number
