"""`manage.py prune`: removes everything that may go, now instead of tonight, and what nobody else looks for."""

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.template.defaultfilters import filesizeformat

from project import prune
from project.prune import Found, Pruned


class Command(BaseCommand):
    """Prune. Nothing goes that somebody could still have back. It may run beside everything else."""

    help = "Remove what may go: what was deleted long ago, what has expired, and files that nothing refers to."

    def add_arguments(self, parser: CommandParser) -> None:
        """Read whether to remove, and for whom to print."""
        parser.add_argument("--dry-run", action="store_true", help="only say what may go")
        parser.add_argument("--json", action="store_true", help='print [{"what", "found", "left"}]')

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each kind of thing."""
        pruned = prune.prune(dry_run=options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps([dataclasses.asdict(one) for one in pruned]))
            return
        for one in pruned:
            self.stdout.write(_line(one, dry_run=options["dry_run"]))


def _line(one: Pruned, *, dry_run: bool) -> str:
    if dry_run or not one.found.count:
        return f"{one.what:<20} {_amount(one.found)}"
    left = f", {one.left.count} left" if one.left.count else ""
    return f"{one.what:<20} {_amount(one.found)} removed{left}"


def _amount(found: Found) -> str:
    return f"{found.count}" + (f" ({filesizeformat(found.bytes)})" if found.bytes else "")
