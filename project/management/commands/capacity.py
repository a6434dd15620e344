"""`manage.py capacity`: what so many people take of each part, and which one is full first."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from project.capacity import Demand, Habits
from project.capacity.habits import described
from project.capacity.page import report
from project.capacity.parts import MOST_PEOPLE, in_order


class Command(BaseCommand):
    """Calculate. Asks nothing of database or Redis."""

    help = "Say what so many people take of each part, which one is full first, and what takes over (docs/scaling.md)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Read how many people, and what they do."""
        parser.add_argument("--people", type=_people, required=True, help="accounts, such as 50000")
        parser.add_argument("--json", action="store_true", help='print [{"part", "unit", "takes", "of", "full_at"}]')
        for name, default, what, _ in described():
            parser.add_argument(
                f"--{name.replace('_', '-')}", type=_positive, default=default, help=f"{what} ({default:g})"
            )

    def handle(self, *args: Any, people: int, **options: Any) -> None:
        """Print each part, the first to be full at the top."""
        habits = Habits(**{name: options[name] for name, *_ in described()})
        if options["json"]:
            self.stdout.write(json.dumps(_rows(people, habits)))
            return
        for line in report(people, habits):
            self.stdout.write(line)


def _rows(people: int, habits: Habits) -> list[dict[str, Any]]:
    demand = Demand(people, habits)
    return [
        {"part": part.name, "unit": part.unit, "takes": part.load(demand), "of": part.room, "full_at": int(full_at)}
        for full_at, part in in_order(habits)
    ]


def _people(text: str) -> int:
    number = _positive(text)
    if number != int(number) or number < 1:
        raise argparse.ArgumentTypeError(f"a whole number, not {text}")
    return int(number)


def _positive(text: str) -> float:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = 0.0
    if not 0 < number <= MOST_PEOPLE:
        raise argparse.ArgumentTypeError(f"a number above 0, up to {MOST_PEOPLE:,.0f}, not {text}")
    return number
